"""Offices: where citizens are attended, what is done there, and how to find the nearest one."""
