"""The day at the desk: each step, each way back, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consular.appointments.auditing import audit_capacity
from consular.appointments.queries import AppointmentUnknown, TodayRow, today
from consular.appointments.rules import AlreadyBooked, NotToday, StatusNotAllowed
from consular.audit.models import JournalEntry
from consular.foundation import clock
from tests.appointments.acting import (
    NINE,
    STEP,
    TOMORROW,
    book,
    cancel,
    move,
    person,
    rows_of,
    seats_at,
    set_status,
)
from tests.databases import on_both_databases
from tests.factories import JULIO, MORNING, ZONE, World

pytestmark = on_both_databases
MONDAY = NINE.date()


def _row(world: World, reference: str, office: str = "cusco") -> TodayRow:
    (row,) = [row for row in today(world.offices[office], ZONE, MONDAY) if row.reference == reference]
    return row


def _at(world: World, reference: str, minutes: int, asked: str) -> datetime:
    """Ask for a status some minutes after nine; the instant of it."""
    instant = NINE + timedelta(minutes=minutes)
    with clock.stopped(instant):
        set_status(reference, asked, world.offices["cusco"])
    return instant


def test_a_visit_records_each_of_its_instants(world: World, session: Session) -> None:
    reference = book().reference
    arrived = _at(world, reference, -5, "arrived")
    serving = _at(world, reference, 3, "serving")
    served = _at(world, reference, 14, "served")
    row = _row(world, reference)
    assert row.status == "served"
    assert (row.arrived_at, row.serving_at, row.ended_at) == (arrived, serving, served)
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 1)
    actions = select(JournalEntry.action, JournalEntry.actor).where(JournalEntry.action != "book")
    expected = [(f"set_{step}", "staff:mirta@example.pe") for step in ("arrived", "serving", "served")]
    assert session.execute(actions.order_by(JournalEntry.id)).all() == expected
    assert audit_capacity().findings == ()


def test_each_step_can_be_undone_and_forgets_what_it_recorded(world: World, session: Session) -> None:
    reference = book().reference
    arrived = _at(world, reference, 0, "arrived")
    serving = _at(world, reference, 1, "serving")
    _at(world, reference, 2, "served")
    _at(world, reference, 3, "serving")
    row = _row(world, reference)
    assert (row.arrived_at, row.serving_at, row.ended_at) == (arrived, serving, None)
    _at(world, reference, 4, "arrived")
    row = _row(world, reference)
    assert (row.arrived_at, row.serving_at, row.ended_at) == (arrived, None, None)
    _at(world, reference, 5, "booked")
    row = _row(world, reference)
    assert (row.status, row.arrived_at, row.serving_at, row.ended_at) == ("booked", None, None, None)


def test_who_did_not_come_may_still_come(world: World, session: Session) -> None:
    reference = book().reference
    ended = _at(world, reference, 20, "no_show")
    assert _row(world, reference).ended_at == ended
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 1)
    arrived = _at(world, reference, 30, "arrived")
    row = _row(world, reference)
    assert (row.status, row.arrived_at, row.ended_at) == ("arrived", arrived, None)


def test_asking_twice_changes_it_once(world: World, session: Session) -> None:
    reference = book().reference
    first = _at(world, reference, 0, "arrived")
    _at(world, reference.lower(), 5, "arrived")
    assert _row(world, reference).arrived_at == first
    assert rows_of("journal") == {"journal": 2}


@pytest.mark.parametrize("asked", ["serving", "served", "cancelled", "moved", "displaced", "", "nonsense"])
def test_a_step_that_is_not_next_is_refused(world: World, session: Session, asked: str) -> None:
    reference = book().reference
    with pytest.raises(StatusNotAllowed) as refused:
        _at(world, reference, 0, asked)
    assert refused.value.facts == {"present": "booked", "asked": asked}
    assert _row(world, reference).status == "booked"
    assert rows_of("journal") == {"journal": 1}


def test_nobody_arrives_before_the_day(world: World, session: Session) -> None:
    reference = book(starts_at=TOMORROW).reference
    with pytest.raises(NotToday):
        set_status(reference, "arrived", world.offices["cusco"])
    with clock.stopped(datetime(2026, 12, 1, 5, 0, tzinfo=UTC)):  # midnight in Lima
        set_status(reference, "arrived", world.offices["cusco"])
    (row,) = today(world.offices["cusco"], ZONE, TOMORROW.date())
    assert row.status == "arrived"


def test_another_offices_appointment_is_not_there(world: World, session: Session) -> None:
    reference = book().reference
    with pytest.raises(AppointmentUnknown):
        set_status(reference, "arrived", world.offices["tacna"])
    assert _row(world, reference).status == "booked"


@pytest.mark.parametrize("reference", ["", "K7QM-4T3X", "\x00", "nonsense"])
def test_what_is_not_there_cannot_arrive(world: World, session: Session, reference: str) -> None:
    with pytest.raises(AppointmentUnknown):
        set_status(reference, "arrived", world.offices["cusco"])


def test_what_was_cancelled_is_no_longer_there(world: World, session: Session) -> None:
    reference = book().reference
    cancel(reference)
    with pytest.raises(AppointmentUnknown):
        set_status(reference, "arrived", world.offices["cusco"])


def test_what_was_moved_is_attended_at_its_new_time(world: World, session: Session) -> None:
    reference = book().reference
    move(reference, NINE + STEP)
    _at(world, reference, 15, "arrived")
    row = _row(world, reference)
    assert (row.status, row.starts_at) == ("arrived", NINE + STEP)


def test_a_no_show_who_booked_again_cannot_be_undone(world: World, session: Session) -> None:
    reference = book().reference
    _at(world, reference, 20, "no_show")
    book(starts_at=TOMORROW)
    for asked in ("booked", "arrived"):
        with pytest.raises(AlreadyBooked):
            _at(world, reference, 30, asked)
    assert _row(world, reference).status == "no_show"
    assert audit_capacity().findings == ()


def test_two_clerks_at_once_do_not_undo_each_other(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = book().reference
    _at(world, reference, 0, "arrived")

    def meanwhile(*_: object) -> None:
        session.connection().exec_driver_sql("UPDATE appointment SET status = 'serving'")

    monkeypatch.setattr("consular.appointments.attending.check_status_change", meanwhile)
    with pytest.raises(StatusNotAllowed):
        _at(world, reference, 1, "no_show")
    assert _row(world, reference).status == "arrived"


def test_todays_list_is_the_offices_own_day_in_order(world: World, session: Session) -> None:
    second = book(starts_at=NINE + STEP, service="legalisation", preferential=True)
    first = book(JULIO)
    book(person(1), office="tacna")
    book(person(2), starts_at=TOMORROW)
    cancel(book(person(3)).reference)
    moved = book(person(4))
    move(moved.reference, TOMORROW + STEP)
    rows = today(world.offices["cusco"], ZONE, MONDAY)
    assert [row.reference for row in rows] == [first.reference, second.reference]
    assert (rows[0].document_type, rows[0].document_tail, rows[0].given_names) == ("ce", "567", "Julio")
    assert (rows[1].service_code, rows[1].preferential, rows[1].ends_at) == (
        "legalisation",
        True,
        NINE + 3 * STEP,
    )
    assert len(today(world.offices["cusco"], ZONE, TOMORROW.date())) == 2
    assert today(world.offices["ancash"], ZONE, MONDAY) == []


def test_a_day_of_the_list_is_local(world: World, session: Session) -> None:
    reference = book().reference
    day_before, day_after = MONDAY - timedelta(days=1), MONDAY + timedelta(days=1)
    cusco = world.offices["cusco"]
    assert today(cusco, ZONE, day_before) == today(cusco, ZONE, day_after) == []
    # 9:00 in Lima is 23:00 in Tokyo: the same instant is that day's there, and the next in Auckland.
    assert [row.reference for row in today(cusco, "Asia/Tokyo", MONDAY)] == [reference]
    assert [row.reference for row in today(cusco, "Pacific/Auckland", day_after)] == [reference]
    assert clock.now() == MORNING
