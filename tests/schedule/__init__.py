"""What the schedule promises."""
