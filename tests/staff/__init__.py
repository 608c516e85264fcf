"""Tests of accounts, passwords, permissions and signing in."""
