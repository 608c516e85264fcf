"""The actions of appointments as a door calls them: one transaction each, with the defaults of a test."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text

from consular.appointments import attending, booking, changing, holding
from consular.appointments.people import Citizen
from consular.appointments.rules import Policy
from consular.appointments.view import AppointmentView
from consular.foundation.database import db, transaction
from consular.schedule.models import Seat, Slot
from tests.factories import ROSA

POLICY = Policy(horizon_days=14)
NINE = datetime(2026, 11, 30, 14, 0, tzinfo=UTC)  # Monday, 9:00 in Lima: two hours after MORNING
STEP = timedelta(minutes=15)
TOMORROW = NINE + timedelta(days=1)


def person(number: int, **changes: str | None) -> Citizen:
    """A citizen who is nobody else, without an e-mail address."""
    return replace(ROSA, document_number=f"{number:08d}", email=None, phone=None, **changes)


def book(citizen: Citizen = ROSA, starts_at: datetime = NINE, **changes: object) -> AppointmentView:
    """Book at Cusco for an apostille, as a citizen on the site."""
    asked = {
        "office": "cusco",
        "service": "apostille",
        "policy": POLICY,
        "actor": "citizen",
        "channel": "site",
        **changes,
    }
    with transaction(begins_late=True):
        return booking.book(citizen=citizen, starts_at=starts_at, **asked)


def hold(starts_at: datetime = NINE, **changes: object) -> holding.Hold:
    """Hold places at Cusco for an apostille."""
    asked = {"office": "cusco", "service": "apostille", "policy": POLICY, **changes}
    with transaction():
        return holding.hold_places(starts_at=starts_at, **asked)


def release(token: str) -> None:
    with transaction():
        holding.release_hold(token)


def cancel(reference: str, policy: Policy = POLICY) -> AppointmentView:
    with transaction():
        return changing.cancel(reference, policy=policy, actor="citizen")


def move(reference: str, starts_at: datetime, policy: Policy = POLICY) -> AppointmentView:
    with transaction():
        return changing.move(reference, starts_at, policy=policy, actor="citizen")


def set_status(reference: str, asked: str, office_id: int) -> None:
    with transaction():
        attending.set_status(reference, asked, office_id=office_id, actor="staff:mirta@example.pe")


def change(statement: str, **values: object) -> None:
    """Change rows from outside the actions, as a later part of the program (or a console) would."""
    with transaction() as session:
        session.execute(text(statement), values)


def seats_at(starts_at: datetime, office_id: int) -> tuple[int, int, int]:
    """Seats of the slot that begins then: taken, held, and neither."""
    total, taken, held = db.session.execute(
        select(func.count(), func.count(Seat.appointment_id), func.count(Seat.hold))
        .join(Slot, Slot.id == Seat.slot_id)
        .where(Slot.office_id == office_id, Slot.starts_at == starts_at)
    ).one()
    db.session.rollback()
    return taken, held, total - taken - held


def rows_of(*tables: str) -> dict[str, int]:
    """How many rows each table has: nothing at all may remain of what was refused."""
    counted = {table: db.session.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables}  # noqa: S608
    db.session.rollback()
    return counted
