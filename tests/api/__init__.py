"""The programs' door, as strict programs use it."""
