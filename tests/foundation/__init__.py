"""What the foundation promises."""
