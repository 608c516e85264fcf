"""What the ministry decided, from the settings: the doors pass it to the features."""

from flask import current_app

from consular.appointments.rules import Policy


def policy() -> Policy:
    """Lead time, length of a hold, how far ahead the calendar is open."""
    decided: Policy = current_app.extensions["consular"].policy
    return decided
