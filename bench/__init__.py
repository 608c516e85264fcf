"""Measurements: invented data of any size, and what the program does with it."""
