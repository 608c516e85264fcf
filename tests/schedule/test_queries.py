"""Reads of the schedule: one office and service, the desk's week, closures, the last published day."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy.orm import Session

from consular.foundation.database import transaction
from consular.offices.queries import OfficeUnknown, ServiceUnknown
from consular.schedule.models import Closure
from consular.schedule.queries import (
    ClosureAhead,
    closures_ahead,
    first_free,
    free_days,
    last_published_day,
    office_service,
    week,
)
from consular.schedule.slots import ClosedTime
from tests.appointments.acting import NINE, POLICY, STEP, TOMORROW, book, change, hold, person
from tests.conftest import Statements
from tests.databases import on_both_databases
from tests.factories import MORNING, ZONE, World

pytestmark = on_both_databases
Count = Callable[[], AbstractContextManager[Statements]]
MONDAY = date(2026, 11, 30)


def _close(office_id: int | None, day: date, *times: time, kind: str = "other", reason: str = "x") -> None:
    begin, end = times or (None, None)
    with transaction() as session:
        session.add(
            Closure(office_id=office_id, day=day, from_time=begin, to_time=end, kind=kind, reason=reason)
        )


def test_an_office_and_a_service_are_found_by_their_codes(
    world: World, session: Session, count_statements: Count
) -> None:
    with count_statements() as statements:
        found = office_service("cusco", "legalisation")
    assert len(statements) == 1, statements
    assert (found.office_id, found.service_id) == (world.offices["cusco"], world.services["legalisation"])
    assert (found.name, found.status, found.timezone, found.duration_minutes) == ("Cusco", "open", ZONE, 30)
    assert (found.offers, found.attendance, found.bookable) == ("yes", "both", True)
    assert found.takes_appointments
    assert found.closures == ()


def test_nothing_known_of_an_offer_is_none(world: World, session: Session) -> None:
    found = office_service("ancash", "apostille")
    assert (found.status, found.offers, found.attendance) == ("announced", None, None)
    assert not found.takes_appointments


def test_what_is_not_there_is_refused_by_its_name(world: World, session: Session) -> None:
    with pytest.raises(OfficeUnknown) as office:
        office_service("atlantis", "apostille")
    assert office.value.facts == {"office": "atlantis"}
    with pytest.raises(ServiceUnknown) as service:
        office_service("cusco", "alchemy")
    assert service.value.facts == {"service": "alchemy"}
    with pytest.raises(OfficeUnknown):
        office_service("' OR 1=1 --", "apostille")


def test_closures_of_the_days_asked_for_come_along(world: World, session: Session) -> None:
    cusco, tacna = world.offices["cusco"], world.offices["tacna"]
    _close(None, MONDAY + timedelta(days=8), kind="holiday", reason="Inmaculada Concepción")
    _close(cusco, MONDAY, time(9), time(10), reason="Corte de luz")
    _close(cusco, MONDAY + timedelta(days=9), reason="Capacitación")
    _close(tacna, MONDAY + timedelta(days=1), reason="Paro")
    found = office_service("cusco", "apostille", MONDAY, MONDAY + timedelta(days=8))
    assert found.closures == (
        ClosedTime(MONDAY, time(9), time(10), "Corte de luz"),
        ClosedTime(MONDAY + timedelta(days=8), None, None, "Inmaculada Concepción"),
    )
    days = free_days(found, MONDAY, MONDAY + timedelta(days=8), MORNING, timedelta(0))
    assert [day.closed for day in days] == [None] * 8 + ["Inmaculada Concepción"]


def test_the_first_place_follows_what_is_taken(world: World, session: Session) -> None:
    cusco, tacna = world.offices["cusco"], world.offices["tacna"]
    assert first_free("apostille", MORNING, timedelta(0)) == {cusco: NINE, tacna: NINE}
    book(person(1))
    hold()
    assert first_free("apostille", MORNING, timedelta(0)) == {cusco: NINE + STEP, tacna: NINE}
    assert first_free("apostille", MORNING + POLICY.hold, timedelta(0))[cusco] == NINE
    assert first_free("apostille", MORNING, timedelta(hours=2, minutes=16))[cusco] == NINE + 2 * STEP


def test_a_service_done_online_only_has_no_place_anywhere(world: World, session: Session) -> None:
    change("UPDATE service SET bookable = false WHERE code = 'apostille'")
    assert first_free("apostille", MORNING, timedelta(0)) == {}


def test_the_desks_week_counts_every_seat(world: World, session: Session, count_statements: Count) -> None:
    book(person(1))
    hold()
    book(person(2), starts_at=TOMORROW, service="legalisation")
    cusco = world.offices["cusco"]
    with count_statements() as statements:
        slots = week(cusco, ZONE, MONDAY, MORNING)
    assert len(statements) == 2, statements
    assert len(slots) == 5 * 12
    assert [s.starts_at for s in slots] == sorted(s.starts_at for s in slots)
    counts = {s.starts_at: (s.seats, s.taken, s.held, s.free) for s in slots}
    assert counts[NINE] == (2, 1, 1, 0)
    assert counts[TOMORROW] == counts[TOMORROW + STEP] == (2, 1, 0, 1)
    assert counts[TOMORROW + 2 * STEP] == (2, 0, 0, 2)
    assert {s.services for s in slots} == {("apostille", "legalisation")}
    over = {s.starts_at: s for s in week(cusco, ZONE, MONDAY, MORNING + POLICY.hold)}
    assert (over[NINE].held, over[NINE].free) == (0, 1)


def test_a_week_begins_and_ends_at_local_midnight(world: World, session: Session) -> None:
    cusco = world.offices["cusco"]
    assert week(cusco, ZONE, MONDAY - timedelta(days=7), MORNING) == []
    assert week(world.offices["ancash"], ZONE, MONDAY, MORNING) == []
    sunday = {s.starts_at for s in week(cusco, ZONE, MONDAY - timedelta(days=1), MORNING)}
    assert min(sunday) == NINE
    assert max(sunday) == NINE + timedelta(days=4, hours=2, minutes=45)


def test_a_slot_without_seats_stays_in_the_week(world: World, session: Session) -> None:
    change("DELETE FROM seat WHERE office_id = :cusco", cusco=world.offices["cusco"])
    slots = week(world.offices["cusco"], ZONE, MONDAY, MORNING)
    assert {(s.seats, s.taken, s.held, s.free) for s in slots} == {(0, 0, 0, 0)}


def test_closures_ahead_begin_today_and_are_in_order(world: World, session: Session) -> None:
    cusco = world.offices["cusco"]
    for days, reason in ((-1, "yesterday"), (3, "later"), (0, "today"), (60, "last"), (61, "too far")):
        _close(cusco, MONDAY + timedelta(days=days), reason=reason)
    _close(None, MONDAY + timedelta(days=2), kind="holiday", reason="everywhere")
    _close(world.offices["tacna"], MONDAY + timedelta(days=2), reason="elsewhere")
    found = closures_ahead(cusco, ZONE, MORNING)
    assert [closure.reason for closure in found] == ["today", "everywhere", "later", "last"]
    assert found[1] == ClosureAhead(MONDAY + timedelta(days=2), None, None, "holiday", "everywhere")


def test_the_last_published_day_moves_at_midnight(world: World, session: Session) -> None:
    cusco = world.offices["cusco"]
    assert last_published_day(cusco, ZONE, MORNING) == MONDAY + timedelta(days=14)
    midnight = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
    assert last_published_day(cusco, ZONE, midnight) == MONDAY + timedelta(days=15)
    assert last_published_day(world.offices["ancash"], ZONE, MORNING) is None
