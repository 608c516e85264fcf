"""Rules of the house that no reviewer should have to remember: each is a test of the source or the routes."""
