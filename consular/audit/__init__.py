"""Audit: who did what to which record."""
