"""Appointments: who takes which seats, and what happens to them until the day is over."""
