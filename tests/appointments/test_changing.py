"""Cancel and move: the old place is let go only when it should be."""

from datetime import datetime, timedelta
from unittest.mock import ANY

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consular.appointments.auditing import audit_capacity
from consular.appointments.queries import AppointmentUnknown, appointment_by_reference
from consular.appointments.rules import NothingToChange, OfficeClosed, Policy, SlotPast, SlotUnknown
from consular.audit.models import JournalEntry
from consular.foundation import clock
from consular.foundation.errors import Refusal
from consular.notifications.models import OutboxMessage
from consular.schedule.claiming import SlotTaken
from tests.appointments.acting import (
    NINE,
    STEP,
    TOMORROW,
    book,
    cancel,
    change,
    move,
    person,
    rows_of,
    seats_at,
)
from tests.databases import on_both_databases
from tests.factories import MORNING, World

pytestmark = on_both_databases
WINDOW = Policy(return_window=timedelta(hours=3))


def _templates(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxMessage.template).order_by(OutboxMessage.id)))


def test_a_cancelled_appointment_frees_its_seats(world: World, session: Session) -> None:
    view = book(service="legalisation")
    cancelled = cancel(view.reference)
    assert (cancelled.status, cancelled.reference, cancelled.sequence) == ("cancelled", view.reference, 1)
    cusco = world.offices["cusco"]
    assert [seats_at(NINE + i * STEP, cusco) for i in range(2)] == [(0, 0, 2), (0, 0, 2)]
    assert _templates(session) == ["appointment-confirmed", "appointment-cancelled"]
    assert audit_capacity().findings == ()
    assert book(service="legalisation").reference != view.reference


def test_cancelling_twice_is_cancelling_once(world: World, session: Session) -> None:
    reference = book().reference
    first = cancel(reference)
    before = rows_of("journal", "outbox", "appointment")
    assert cancel(reference.lower().replace("-", " ")) == first
    assert rows_of("journal", "outbox", "appointment") == before


def test_a_seat_that_returns_later_is_free_only_then(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consular.appointments.changing._draw", lambda: 0.5)
    reference = book(starts_at=TOMORROW).reference
    book(person(1), starts_at=TOMORROW)
    cancel(reference, WINDOW)
    returns_at = MORNING + timedelta(minutes=90)
    with clock.stopped(returns_at - timedelta(microseconds=1)), pytest.raises(SlotTaken):
        book(person(2), starts_at=TOMORROW)
    with clock.stopped(returns_at):
        assert book(person(2), starts_at=TOMORROW).status == "booked"


@pytest.mark.parametrize("status", ["arrived", "serving", "served", "no_show", "moved"])
def test_what_has_ended_or_begun_can_be_neither_cancelled_nor_moved(
    world: World, session: Session, status: str
) -> None:
    reference = book().reference
    change("UPDATE appointment SET status = :status", status=status)
    with pytest.raises(NothingToChange) as refused:
        cancel(reference)
    assert refused.value.facts == {"status": status}
    with pytest.raises(NothingToChange):
        move(reference, TOMORROW)
    assert appointment_by_reference(reference).status == status


def test_its_time_having_come_ends_the_right_to_change(world: World, session: Session) -> None:
    reference = book().reference
    with clock.stopped(NINE):
        with pytest.raises(NothingToChange):
            cancel(reference)
        with pytest.raises(NothingToChange):
            move(reference, TOMORROW)
    with clock.stopped(NINE - timedelta(microseconds=1)):
        assert cancel(reference).status == "cancelled"


@pytest.mark.parametrize("reference", ["", "K7QM-4T3X", "nonsense", "\x00", "' OR 1=1"])
def test_what_is_not_there_can_be_neither_cancelled_nor_moved(
    world: World, session: Session, reference: str
) -> None:
    with pytest.raises(AppointmentUnknown):
        cancel(reference)
    with pytest.raises(AppointmentUnknown):
        move(reference, TOMORROW)


def test_a_move_keeps_the_reference_and_gives_the_old_seat_back(world: World, session: Session) -> None:
    view = book()
    moved = move(view.reference, TOMORROW)
    assert (moved.reference, moved.secret) == (view.reference, view.secret)
    assert (moved.starts_at, moved.status, moved.moves, moved.sequence) == (TOMORROW, "booked", 1, 1)
    assert (moved.given_names, moved.document_tail, moved.email) == ("Rosa María", "410", "rosa@example.pe")
    assert moved == appointment_by_reference(view.reference)
    cusco = world.offices["cusco"]
    assert (seats_at(NINE, cusco), seats_at(TOMORROW, cusco)) == ((0, 0, 2), (1, 0, 1))
    assert _templates(session) == ["appointment-confirmed", "appointment-moved"]
    assert audit_capacity().findings == ()


def test_a_move_is_written_down(world: World, session: Session) -> None:
    reference = book().reference
    move(reference, TOMORROW)
    entry = session.scalars(select(JournalEntry).where(JournalEntry.action == "move")).one()
    assert (entry.subject, entry.details) == (reference, {"to": ANY})
    assert datetime.fromisoformat(entry.details["to"]) == TOMORROW


def test_moving_to_the_same_start_changes_nothing(world: World, session: Session) -> None:
    view = book()
    before = rows_of("journal", "outbox", "appointment")
    assert move(view.reference, NINE) == view
    assert rows_of("journal", "outbox", "appointment") == before


def test_a_move_back_and_forth_ends_where_it_began(world: World, session: Session) -> None:
    reference = book().reference
    for starts_at in (TOMORROW, NINE, TOMORROW, NINE):
        view = move(reference, starts_at)
    assert (view.starts_at, view.moves) == (NINE, 4)
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 1)
    assert audit_capacity().findings == ()


FAILURES = {
    "between slots": (NINE + timedelta(minutes=1), "SELECT 1", SlotUnknown),
    "too soon": (NINE - timedelta(days=3), "SELECT 1", SlotUnknown),
    "closed": (TOMORROW, "UPDATE office SET status = 'suspended'", OfficeClosed),
    "beyond the horizon": (NINE + timedelta(days=15), "SELECT 1", SlotTaken),
}


@pytest.mark.parametrize(("starts_at", "statement", "refusal"), FAILURES.values(), ids=FAILURES.keys())
def test_a_move_that_fails_leaves_the_old_place(
    world: World, session: Session, starts_at: datetime, statement: str, refusal: type[Refusal]
) -> None:
    view = book()
    if not statement.startswith("SELECT"):
        change(statement)
    before = rows_of("journal", "outbox", "appointment")
    with pytest.raises(refusal):
        move(view.reference, starts_at)
    assert appointment_by_reference(view.reference) == view
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 1)
    assert rows_of("journal", "outbox", "appointment") == before


def test_a_move_to_a_full_slot_leaves_the_old_place(world: World, session: Session) -> None:
    view = book()
    for number in range(2):
        book(person(number), starts_at=TOMORROW)
    with pytest.raises(SlotTaken):
        move(view.reference, TOMORROW)
    assert appointment_by_reference(view.reference) == view
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 1)
    assert audit_capacity().findings == ()


def test_a_move_obeys_the_lead_time(world: World, session: Session) -> None:
    view = book(starts_at=TOMORROW)
    with pytest.raises(SlotPast):
        move(view.reference, NINE, Policy(lead=timedelta(hours=3)))
    assert appointment_by_reference(view.reference) == view


@pytest.mark.parametrize("policy", [Policy(), WINDOW], ids=["at once", "returned later"])
def test_a_longer_service_moves_onto_its_own_second_slot(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch, policy: Policy
) -> None:
    """Its own seat is the only one left there, and it must not wait for its own return."""
    monkeypatch.setattr("consular.appointments.changing._draw", lambda: 0.5)
    reference = book(service="legalisation", starts_at=TOMORROW).reference
    book(person(1), starts_at=TOMORROW + STEP)
    assert seats_at(TOMORROW + STEP, world.offices["cusco"]) == (2, 0, 0)
    moved = move(reference, TOMORROW + STEP, policy)
    assert (moved.starts_at, moved.ends_at) == (TOMORROW + STEP, TOMORROW + 3 * STEP)
    assert audit_capacity().findings == ()


def test_a_displaced_appointment_can_be_cancelled(world: World, session: Session) -> None:
    reference = book().reference
    change("UPDATE appointment SET status = 'displaced'")
    assert cancel(reference).status == "cancelled"
    assert audit_capacity().findings == ()


def test_a_displaced_appointment_can_be_moved(world: World, session: Session) -> None:
    reference = book().reference
    change("UPDATE appointment SET status = 'displaced'")
    with clock.stopped(NINE + timedelta(hours=5)):  # even after its time: it was not the citizen's doing
        moved = move(reference, TOMORROW)
    assert (moved.status, moved.starts_at) == ("booked", TOMORROW)
    assert seats_at(NINE, world.offices["cusco"]) == (0, 0, 2)
    assert audit_capacity().findings == ()


def test_a_change_that_somebody_else_made_first_is_refused(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clerk marks the arrival between the citizen's read and write."""
    view = book()
    monkeypatch.setattr(
        "consular.appointments.changing.seat_returns_at",
        lambda *_: session.connection().exec_driver_sql("UPDATE appointment SET status = 'arrived'") and NINE,
    )
    with pytest.raises(NothingToChange):
        cancel(view.reference)
    assert appointment_by_reference(view.reference).status == "booked"  # rolled back whole
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 1)
