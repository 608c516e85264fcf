"""The rules of booking, as pure functions: offices, instants, changes of status."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from consular.foundation.errors import Refusal

OCCUPYING = ("booked", "arrived", "serving", "served", "no_show")
ACTIVE = ("booked", "arrived", "serving")
STATUSES = (*OCCUPYING, "cancelled", "moved", "displaced")
MOST_DOCUMENTS = 20

# What a clerk may do next, undoing included. All of these keep the seat.
STATUS_CHANGES: dict[str, frozenset[str]] = {
    "booked": frozenset({"arrived", "no_show"}),
    "arrived": frozenset({"serving", "no_show", "booked"}),
    "serving": frozenset({"served", "arrived"}),
    "served": frozenset({"serving"}),
    "no_show": frozenset({"booked", "arrived"}),
}


@dataclass(frozen=True)
class Policy:
    """What a ministry may decide, passed in by the door.

    lead: how long before its start a slot can still be taken. hold: how long seats are kept while a
    form is filled. horizon_days: how far ahead the calendar is open. return_window: the longest delay
    before a cancelled seat is offered again. persons_kept: how long after an appointment it still says whom it
    was for; no law names a number of days, so the default is a proposal.
    """

    lead: timedelta = timedelta(minutes=60)
    hold: timedelta = timedelta(minutes=12)
    horizon_days: int = 60
    return_window: timedelta = timedelta(0)
    persons_kept: timedelta = timedelta(days=365)


class SlotPast(Refusal):
    """The start is past, or nearer than the lead time."""


class SlotUnknown(Refusal):
    """No slot of this office and service begins at that instant (or too few follow it)."""

    status = 404


class OfficeClosed(Refusal):
    """The office takes no appointments then. Facts: office_status (`open`: it opens later), opens_on."""


class ServiceNotOffered(Refusal):
    """The office is known not to offer this service."""


class TooManyDocuments(Refusal):
    """One visit is for 1 to `most` documents."""

    status = 422


class AlreadyBooked(Refusal):
    """This document has an active appointment for this service. Says nothing about it."""


class HoldExpired(Refusal):
    """The time for the form ran out and somebody else has the seat."""

    status = 410


class SubmissionReused(Refusal):
    """The same submission key came again with another request; `reference` is what it made the first time.

    Only for whoever sent the key: a door never shows it to anybody else.
    """

    status = 422


class StatusNotAllowed(Refusal):
    """The appointment cannot go from its present status to that one (`present`, `asked`)."""


class NotToday(Refusal):
    """A person cannot arrive before the day of the appointment."""


class NothingToChange(Refusal):
    """The appointment has ended, or its time has come: it can no longer be moved or cancelled."""


def check_documents(documents: int) -> None:
    """Refuse a number of documents that no visit can be for.

    Raises:
        TooManyDocuments
    """
    if not 1 <= documents <= MOST_DOCUMENTS:
        raise TooManyDocuments(most=MOST_DOCUMENTS)


def check_slot_is_ahead(starts_at: datetime, now: datetime, lead: timedelta) -> None:
    """Refuse a start that is past or nearer than the lead time.

    Raises:
        SlotPast
    """
    if starts_at < now + lead:
        raise SlotPast(starts_at=starts_at)


def check_office_takes_appointments(
    status: str, opens_on: date | None, offers: str | None, starts_on: date
) -> None:
    """Refuse an office that is not open (or not yet on that day) or that does not offer the service.

    Raises:
        OfficeClosed, ServiceNotOffered
    """
    if status != "open" or (opens_on is not None and starts_on < opens_on):
        raise OfficeClosed(office_status=status, opens_on=opens_on)
    if offers is None or offers == "no":
        raise ServiceNotOffered()


def check_status_change(present: str, asked: str, starts_at: datetime, now: datetime, timezone: str) -> None:
    """Whether the desk may move an appointment from one status to another now.

    Raises:
        StatusNotAllowed, NotToday
    """
    if asked not in STATUS_CHANGES.get(present, frozenset()):
        raise StatusNotAllowed(present=present, asked=asked)
    zone = ZoneInfo(timezone)
    if now.astimezone(zone).date() < starts_at.astimezone(zone).date():
        raise NotToday(starts_at=starts_at)


def seat_returns_at(now: datetime, starts_at: datetime, window: timedelta, draw: float) -> datetime:
    """When a cancelled seat is offered again: now + draw * min(window, time left / 4).

    `draw` is uniform in [0, 1). At once when less than 2 hours are left. A delay that nobody can
    predict makes it useless to cancel a seat in order to hand it to somebody (DESIGN 4b).
    """
    left = starts_at - now
    if left < timedelta(hours=2):
        return now
    return now + draw * min(window, left / 4)
