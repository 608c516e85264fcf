"""What happens when somebody books with a document that has an appointment: only its own contact is told."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, update
from sqlalchemy.engine import CursorResult

from consular.appointments import letters
from consular.appointments.models import Booking
from consular.appointments.people import Citizen, read_citizen
from consular.appointments.queries import AppointmentUnknown, active_appointment
from consular.audit import journal
from consular.foundation.clock import now
from consular.foundation.database import db

# Whoever tries again and again with somebody's document sends them one letter in this time.
WARNED_EVERY = timedelta(hours=12)


def warn_holder(citizen: Citizen, service: str, *, actor: str) -> None:
    """Tell the contact of a person's active appointment that somebody tried to book it again.

    For a transaction of its own, after the one that `AlreadyBooked` rolled back. The door answers the same
    whatever happens here: no appointment any more, no contact, told already in the last WARNED_EVERY.

    Raises:
        InvalidCitizen
    """
    _citizen, document = read_citizen(citizen)
    try:
        meant = active_appointment(document, service)
    except AppointmentUnknown:  # it ended in this moment
        return
    if _is_first_of_late(meant.reference, now()):
        journal.record(actor, "try-again", "booking", meant.reference, service=service)
        letters.tried_again(meant)


def _is_first_of_late(reference: str, instant: datetime) -> bool:
    """Whether nobody was told lately; of several tries at once, one is the first."""
    told: CursorResult[Any] = db.session.execute(  # type: ignore[assignment]  # an UPDATE answers this kind
        update(Booking)
        .where(
            Booking.reference == reference,
            or_(Booking.warned_at.is_(None), Booking.warned_at <= instant - WARNED_EVERY),
        )
        .values(warned_at=instant)
        .execution_options(synchronize_session=False)
    )
    return told.rowcount == 1
