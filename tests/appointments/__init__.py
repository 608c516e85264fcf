"""What booking promises."""
