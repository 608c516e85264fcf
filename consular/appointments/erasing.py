"""Erase whom appointments were for once they are long over: what remains counts visits and names nobody (DESIGN rule 9)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased

from consular.appointments.models import Appointment, Booking
from consular.audit import journal
from consular.foundation.database import writing
from consular.notifications.outbox import forget_given_up

AT_ONCE = 500  # appointments a transaction, so that nobody waits long for it
NOBODY = ""  # the person of an erased appointment; the guards let an ended one become nobody, and never somebody else

# What was never said to have ended, as a booking of the same person would end it (booking.py).
_ENDS = {"served": ("arrived", "serving"), "no_show": ("booked",)}


class Erased(NamedTuple):
    """How many were erased, and the id of the last of them: None when no later one is to be erased."""

    appointments: int
    last: int | None


def erase_persons(kept: timedelta, now: datetime, after: int = 0) -> Erased:
    """Erase document, names and contact of appointments that ended more than `kept` ago, AT_ONCE of them at most.

    What was left open so long is ended first. The contact of a booking goes with the last of its appointments, and so do
    messages that could not be sent. Seats, times, service and what became of it remain. Seven statements, or two.

    after: the last id of the transaction before, so that many of them read the table once and not once each.
    """
    before = now - kept
    forget_given_up(before)
    over = writing().scalars(
        select(Appointment.id)
        .where(Appointment.id > after, Appointment.ends_at < before, Appointment.person_key != NOBODY)
        .order_by(Appointment.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    if numbers := list(over):
        _end(numbers, now)
        _erase(numbers)
        journal.record(
            "system", "erase-persons", "appointment", f"before {before.date()}", count=len(numbers)
        )
    return Erased(len(numbers), numbers[-1] if len(numbers) == AT_ONCE else None)


def _end(numbers: Sequence[int], now: datetime) -> None:
    for after, left_open in _ENDS.items():
        still = [Appointment.id.in_(numbers), Appointment.status.in_(left_open)]
        writing().execute(update(Appointment).where(*still).values(status=after, ended_at=now))


def _erase(numbers: Sequence[int]) -> None:
    writing().execute(
        update(Appointment)
        .where(Appointment.id.in_(numbers))
        .values(person_key=NOBODY, document_number="", document_country=None, given_names="", family_names="")
    )
    another = aliased(Appointment)
    theirs = select(Appointment.booking_id).where(Appointment.id.in_(numbers))
    somebody = exists().where(another.booking_id == Booking.id, another.person_key != NOBODY)
    writing().execute(
        update(Booking)
        .where(Booking.id.in_(theirs), ~somebody)
        .values(email=None, phone=None, contact_name=None, submission_digest=None)
    )
