"""An appointment's calendar file, in the reader's language: the message's attachment and the page's download."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import gettext

from consular.appointments.calendar_file import CalendarEvent, calendar_file, method
from consular.foundation.geography import Position


def appointment_calendar(facts: Mapping[str, Any], *, cancelled: bool = False) -> tuple[str, str, str]:
    """File name, content type and text of the `.ics`; `facts` are those of `letters.facts`.

    The secret link is left out on purpose: people share their calendars.
    """
    event = CalendarEvent(
        reference=facts["reference"],
        sequence=facts["sequence"],
        stamped_at=datetime.fromisoformat(facts["told_at"]),
        starts_at=datetime.fromisoformat(facts["starts_at"]),
        ends_at=datetime.fromisoformat(facts["ends_at"]),
        timezone=facts["timezone"],
        summary=gettext(
            "Appointment: %(service)s, %(office)s", service=facts["service"], office=facts["office"]
        ),
        description=_description(facts),
        location=", ".join(where_lines(facts)),
        organizer=current_app.extensions["consular"].mail_from,
        organizer_name=facts["office"],
        position=_door(facts),
        cancelled=cancelled,
    )
    name = gettext("appointment-%(reference)s.ics", reference=facts["reference"])
    return name, f"text/calendar; charset=utf-8; method={method(event)}", calendar_file(event)


def where_lines(facts: Mapping[str, Any]) -> list[str]:
    """Office, address and town, each once; an address that nobody has published is left out."""
    lines = [facts["office"], facts["address"], facts["city"] or facts["region"]]
    return [line for position, line in enumerate(lines) if line and line not in lines[:position]]


def _description(facts: Mapping[str, Any]) -> str:
    lines = [gettext("Code: %(reference)s", reference=facts["reference"])]
    if facts["bring"]:
        lines += ["", gettext("What to bring:"), *(f"- {item}" for item in facts["bring"])]
    return "\n".join(lines)


def _door(facts: Mapping[str, Any]) -> Position | None:
    """Coordinates only when they lead to the door: a navigator would take a city's centre for it."""
    if facts["location_precision"] != "address":
        return None
    return Position(facts["latitude"], facts["longitude"])
