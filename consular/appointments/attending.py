"""The day at the desk: arrived, serving, served, did not come; and undoing each."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError

from consular.appointments.models import Appointment, Booking
from consular.appointments.queries import AppointmentUnknown
from consular.appointments.rules import OCCUPYING, AlreadyBooked, StatusNotAllowed, check_status_change
from consular.appointments.writing import ONE_ACTIVE
from consular.audit import journal
from consular.foundation.clock import now
from consular.foundation.database import db
from consular.foundation.references import normalise_reference
from consular.offices.models import Office


def set_status(reference: str, asked: str, *, office_id: int, actor: str) -> None:
    """Move an appointment of this office to another status of the day; asking twice changes it once.

    Raises:
        AppointmentUnknown: not an appointment of this office. StatusNotAllowed, NotToday.
        AlreadyBooked: undoing a no-show of somebody who has booked again meanwhile.
    """
    row = db.session.execute(
        select(Appointment.id, Appointment.status, Appointment.starts_at, Office.timezone, Booking.reference)
        .join(Booking, Booking.id == Appointment.booking_id)
        .join(Office, Office.id == Appointment.office_id)
        .where(
            Booking.reference == normalise_reference(reference),
            Appointment.office_id == office_id,
            Appointment.status.in_(OCCUPYING),
        )
        .order_by(Appointment.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise AppointmentUnknown()
    if row.status == asked:
        return
    instant = now()
    check_status_change(row.status, asked, row.starts_at, instant, row.timezone)
    _write(row.id, row.status, asked, instant)
    journal.record(actor, f"set_{asked}", "booking", row.reference, before=row.status)


def _write(appointment_id: int, present: str, asked: str, instant: datetime) -> None:
    try:
        written = db.session.execute(
            update(Appointment)
            # Only from the status that was seen: two clerks at once cannot undo each other unseen.
            .where(Appointment.id == appointment_id, Appointment.status == present)
            .values(status=asked, **_instants(present, asked, instant))
            .execution_options(synchronize_session=False)
        )
    except IntegrityError as error:
        if ONE_ACTIVE in str(error.orig) or "appointment.person_key" in str(error.orig):
            raise AlreadyBooked() from error
        raise
    if isinstance(written, CursorResult) and written.rowcount != 1:
        raise StatusNotAllowed(present=None, asked=asked)


def _instants(present: str, asked: str, instant: datetime) -> dict[str, datetime | None]:
    """What each status records; going back clears what the later status had recorded."""
    if asked == "booked":
        return {"arrived_at": None, "serving_at": None, "ended_at": None}
    if asked == "arrived":
        kept = {} if present == "serving" else {"arrived_at": instant}
        return {**kept, "serving_at": None, "ended_at": None}
    if asked == "serving":
        kept = {} if present == "served" else {"serving_at": instant}
        return {**kept, "ended_at": None}
    return {"ended_at": instant}
