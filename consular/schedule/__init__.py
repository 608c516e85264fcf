"""Schedule: opening rules, closures, slots and their seats."""
