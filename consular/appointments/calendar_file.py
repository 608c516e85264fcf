"""An appointment as a calendar file (RFC 5545 and 5546) that phones and desks can read."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, vCalAddress, vText

from consular.foundation.geography import Position

_REMIND_BEFORE = timedelta(days=1)


@dataclass(frozen=True)
class CalendarEvent:
    """What a calendar shows. All instants are aware; words are already in the reader's language.

    `reference` and `organizer` (an e-mail address) make the identity that lets a calendar replace the
    entry it has, when `sequence` is higher. `position` only where the door itself is known.
    """

    reference: str
    sequence: int
    stamped_at: datetime
    starts_at: datetime
    ends_at: datetime
    timezone: str
    summary: str
    description: str
    location: str
    organizer: str
    organizer_name: str
    position: Position | None = None
    cancelled: bool = False


def method(event: CalendarEvent) -> str:
    """PUBLISH, or CANCEL: the file takes the entry out of the calendar again."""
    return "CANCEL" if event.cancelled else "PUBLISH"


def calendar_file(event: CalendarEvent) -> str:
    """The whole `.ics` file, with CRLF line ends.

    Times are on the office's clock with its zone's definition, so that a calendar in another country
    shows both right, and a change of the zone's rules does not move an appointment.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Consular appointments//consular//ES")
    calendar.add("version", "2.0")
    calendar.add("method", method(event))
    calendar.add_component(_entry(event))
    year = event.starts_at.year
    calendar.add_missing_timezones(first_date=date(year, 1, 1), last_date=date(year + 2, 1, 1))
    written: bytes = calendar.to_ical()
    return written.decode()


def _entry(event: CalendarEvent) -> Event:
    zone = ZoneInfo(event.timezone)
    entry = Event()
    entry.add("uid", f"{event.reference}@{event.organizer.rpartition('@')[2]}")
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", event.stamped_at)
    entry.add("dtstart", event.starts_at.astimezone(zone))
    entry.add("dtend", event.ends_at.astimezone(zone))
    entry.add("summary", event.summary)
    entry.add("description", event.description)
    entry.add("location", event.location)
    entry.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    entry.add("class", "PRIVATE")
    organizer = vCalAddress(f"mailto:{event.organizer}")
    organizer.params["cn"] = vText(event.organizer_name)
    entry.add("organizer", organizer)
    if event.position is not None:
        entry.add("geo", (event.position.latitude, event.position.longitude))
    if not event.cancelled:
        entry.add_component(_alarm(event.summary))
    return entry


def _alarm(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", -_REMIND_BEFORE)
    return alarm
