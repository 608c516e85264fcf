"""Cancel and move: what a citizen may do with an appointment until its time comes."""

import random
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult

from consular.appointments import letters
from consular.appointments.booking import check_may_book
from consular.appointments.facts import facts
from consular.appointments.models import Appointment, Booking
from consular.appointments.queries import AppointmentUnknown, appointment_by_reference
from consular.appointments.rules import NothingToChange, Policy, seat_returns_at
from consular.appointments.view import AppointmentView
from consular.appointments.writing import insert_appointment, where_and_when
from consular.audit import journal
from consular.foundation.clock import now
from consular.foundation.database import FAR_FUTURE, db
from consular.foundation.references import normalise_reference
from consular.offices.models import Office, Service
from consular.schedule.claiming import claim

CHANGEABLE = ("booked", "displaced")
_draw = random.SystemRandom().random  # unpredictable, or a freed seat could be handed over on time


def cancel(reference: str, *, policy: Policy, actor: str) -> AppointmentView:
    """End an appointment; its seats are free again. Cancelling twice is cancelling once.

    Raises:
        AppointmentUnknown, NothingToChange
    """
    row = _changeable(reference, also=("cancelled",))
    if row.status == "cancelled":
        return appointment_by_reference(reference)
    instant = now()
    returns_at = seat_returns_at(instant, row.starts_at, policy.return_window, _draw())
    _end(row, "cancelled", instant, returns_at)
    journal.record(actor, "cancel", "booking", row.reference)
    view = appointment_by_reference(reference)
    letters.cancelled(view)
    return view


def move(reference: str, starts_at: datetime, *, policy: Policy, actor: str) -> AppointmentView:
    """The same person, service, office and reference at another start.

    The old seat and the new one change hands in one transaction: if the new one cannot be had, the
    caller's rollback leaves the old appointment as it was. Moving to the present start changes nothing.

    Raises:
        AppointmentUnknown, NothingToChange, SlotUnknown, SlotPast, OfficeClosed, SlotTaken
    """
    row = _changeable(reference)
    if row.status == "booked" and row.starts_at == starts_at:
        return appointment_by_reference(reference)
    known = facts(row.office_slug, row.service_code, starts_at, row.documents)
    instant = now()
    check_may_book(known, policy, instant)
    returns_at = seat_returns_at(instant, row.starts_at, policy.return_window, _draw())
    if known.starts_at < row.ends_at and row.starts_at < known.ends_at:
        returns_at = instant  # the new time overlaps the old one: this person needs a seat of it again
    _end(row, "moved", instant, returns_at)
    token = secrets.token_urlsafe(16)
    claim(known.slot_ids, 1, token, FAR_FUTURE, instant, preferential=row.preferential)
    insert_appointment(
        booking_id=row.booking_id,
        **where_and_when(known),
        status="booked",
        hold=token,
        person_key=row.person_key,
        document_type=row.document_type,
        document_number=row.document_number,
        document_country=row.document_country,
        given_names=row.given_names,
        family_names=row.family_names,
        preferential=row.preferential,
        documents=row.documents,
        created_at=instant,
    )
    journal.record(actor, "move", "booking", row.reference, to=starts_at.isoformat())
    view = appointment_by_reference(reference)
    letters.moved(view, before=row.starts_at)
    return view


def _changeable(reference: str, also: tuple[str, ...] = ()) -> Any:
    """The booking's present appointment, locked, so that two clicks at once take turns."""
    row = _present(reference)
    if row.status == "moved":  # it moved while we waited for it: now its booking has a newer one
        row = _present(reference)
    may_change = row.status in CHANGEABLE and (row.status == "displaced" or row.starts_at > now())
    if not may_change and row.status not in also:
        raise NothingToChange(status=row.status)
    return row


def _present(reference: str) -> Any:
    row = db.session.execute(
        select(
            *(Booking.reference, Appointment.booking_id, Appointment.id, Appointment.status),
            *(Appointment.starts_at, Appointment.ends_at, Appointment.person_key),
            *(Appointment.document_type, Appointment.document_number, Appointment.document_country),
            *(Appointment.given_names, Appointment.family_names),
            *(Appointment.preferential, Appointment.documents),
            Office.slug.label("office_slug"),
            Service.code.label("service_code"),
        )
        .join(Booking, Booking.id == Appointment.booking_id)
        .join(Office, Office.id == Appointment.office_id)
        .join(Service, Service.id == Appointment.service_id)
        .where(Booking.reference == (normalise_reference(reference) or ""))
        .order_by(Appointment.id.desc())
        .limit(1)
        .with_for_update(of=Appointment)
    ).one_or_none()
    if row is None:
        raise AppointmentUnknown()
    return row


def _end(row: Any, status: str, instant: datetime, returns_at: datetime) -> None:
    ended = db.session.execute(
        update(Appointment)
        .where(Appointment.id == row.id, Appointment.status == row.status)
        .values(status=status, ended_at=instant, seat_free_from=returns_at)
        .execution_options(synchronize_session=False)
    )
    # Somebody else changed it between our read and this write.
    if isinstance(ended, CursorResult) and ended.rowcount != 1:
        raise NothingToChange(status=row.status)
