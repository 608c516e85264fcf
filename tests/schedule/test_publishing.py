"""Publishing: rules and closures become slots and seats, once, and days open by the clock."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from consular.foundation import clock
from consular.foundation.clock import day_in
from consular.foundation.database import FAR_PAST, transaction
from consular.schedule.holidays import load_holidays
from consular.schedule.models import Closure, Seat, Slot
from consular.schedule.publishing import AHEAD_DAYS, last_open_day, publish
from tests.databases import on_both_databases
from tests.factories import MORNING, ZONE, make_offer, make_office, make_rule, make_service

pytestmark = on_both_databases
HORIZON = 14
MONDAY = date(2026, 11, 30)


@pytest.fixture
def office(session: Session, morning: datetime) -> int:
    """An office that attends Monday to Friday from 9 to 12, two seats a quarter of an hour; nothing published."""
    with transaction():
        cusco, apostille = make_office("cusco", "Cusco"), make_service("apostille")
        make_offer(cusco, apostille)
        for weekday in range(5):
            make_rule(cusco, [apostille], weekday)
        return cusco.id


def _publish(horizon_days: int = HORIZON, since: datetime | None = None) -> int:
    with transaction():
        return publish(horizon_days, clock.now(), since=since)


def _days(session: Session) -> list[date]:
    starts = session.scalars(select(Slot.starts_at).order_by(Slot.starts_at))
    return sorted({day_in(ZONE, starts_at) for starts_at in starts})


def test_every_day_up_to_the_horizon_and_a_week_beyond_is_written(session: Session, office: int) -> None:
    written = _publish()
    last = MONDAY + timedelta(days=HORIZON + AHEAD_DAYS)
    weekdays = [d for i in range(HORIZON + AHEAD_DAYS + 1) if (d := MONDAY + timedelta(days=i)).weekday() < 5]
    assert _days(session) == weekdays
    assert weekdays[-1] == last
    assert written == 12 * len(weekdays) == session.scalar(select(func.count()).select_from(Slot))
    assert session.scalar(select(func.count()).select_from(Seat)) == 2 * written


def test_publishing_twice_writes_nothing_twice(session: Session, office: int) -> None:
    assert _publish() > 0
    before = session.execute(select(Seat.slot_id, Seat.no, Seat.free_from)).all()
    assert _publish() == 0
    with clock.stopped(MORNING + timedelta(hours=3)):
        assert _publish() == 0
    assert session.execute(select(Seat.slot_id, Seat.no, Seat.free_from)).all() == before


def test_each_new_day_adds_one_day_at_the_end(session: Session, office: int) -> None:
    _publish()
    with clock.stopped(MORNING + timedelta(days=1)):
        assert _publish() == 12
    assert _days(session)[-1] == MONDAY + timedelta(days=HORIZON + AHEAD_DAYS + 1)


def test_what_was_published_late_misses_only_what_is_past(session: Session, office: int) -> None:
    with clock.stopped(datetime(2026, 11, 30, 14, 45, tzinfo=UTC)):  # 9:45 in Lima
        _publish(1)
    first = session.scalar(select(func.min(Slot.starts_at)))
    assert first == datetime(2026, 11, 30, 15, 0, tzinfo=UTC)


def test_a_publishing_since_the_morning_writes_the_whole_day(session: Session, office: int) -> None:
    with clock.stopped(datetime(2026, 11, 30, 20, 0, tzinfo=UTC)):
        _publish(1, since=datetime(2026, 11, 30, 5, 0, tzinfo=UTC))
    assert session.scalar(select(func.min(Slot.starts_at))) == datetime(2026, 11, 30, 14, 0, tzinfo=UTC)


def test_a_day_within_the_horizon_is_open_and_one_beyond_opens_at_its_midnight(
    session: Session, office: int
) -> None:
    _publish()
    opens = {
        day_in(ZONE, starts_at): free_from
        for starts_at, free_from in session.execute(select(Seat.starts_at, Seat.free_from))
    }
    for day, free_from in opens.items():
        ahead = (day - MONDAY).days
        local_midnight = datetime(2026, 11, 30, 5, 0, tzinfo=UTC) + timedelta(days=ahead - HORIZON)
        assert free_from == (FAR_PAST if ahead <= HORIZON else local_midnight), day
    assert max(opens) > last_open_day(HORIZON, ZONE, clock.now()) == MONDAY + timedelta(days=HORIZON)


def test_a_shorter_horizon_later_closes_nothing_that_is_open(session: Session, office: int) -> None:
    _publish()
    before = session.scalars(select(Seat.free_from).order_by(Seat.slot_id, Seat.no)).all()
    _publish(2)
    assert session.scalars(select(Seat.free_from).order_by(Seat.slot_id, Seat.no)).all() == before


def test_closures_of_the_office_and_of_the_country_are_not_published(session: Session, office: int) -> None:
    with transaction():
        load_holidays([(date(2026, 12, 8), "Inmaculada Concepción")])
        session.add(Closure(office_id=office, day=date(2026, 12, 2), kind="training", reason="Capacitación"))
        session.add(
            Closure(
                office_id=office,
                day=date(2026, 12, 3),
                from_time=time(10),
                to_time=time(11),
                kind="other",
                reason="Corte de luz",
            )
        )
    _publish()
    days = _days(session)
    assert date(2026, 12, 8) not in days
    assert date(2026, 12, 2) not in days
    third = [s for s in session.scalars(select(Slot.starts_at)) if day_in(ZONE, s) == date(2026, 12, 3)]
    assert len(third) == 8
    assert datetime(2026, 12, 3, 15, 0, tzinfo=UTC) not in third


def test_another_offices_closure_closes_nothing_here(session: Session, office: int) -> None:
    with transaction():
        tacna = make_office("tacna", "Tacna", "23")
        session.add(Closure(office_id=tacna.id, day=MONDAY, kind="strike", reason="Paro"))
    _publish()
    assert MONDAY in _days(session)


@pytest.mark.parametrize("status", ["announced", "suspended", "closed"])
def test_an_office_that_is_not_open_publishes_nothing(
    session: Session, morning: datetime, status: str
) -> None:
    with transaction():
        ancash, apostille = make_office("ancash", "Áncash", "02", status=status), make_service("apostille")
        make_rule(ancash, [apostille], 0)
    assert _publish() == 0


def test_an_office_publishes_from_the_day_it_opens(session: Session, morning: datetime) -> None:
    with transaction():
        ancash = make_office("ancash", "Áncash", "02", opens_on=date(2026, 12, 7))
        make_rule(ancash, [make_service("apostille")], 0)
    _publish()
    assert _days(session)[0] == date(2026, 12, 7)


def test_a_rule_that_changes_keeps_what_is_published(session: Session, office: int) -> None:
    """Fewer seats or shorter hours are for the days that are not written yet: nobody loses a place."""
    _publish()
    before = session.execute(select(Seat.slot_id, Seat.no)).all()
    with transaction():
        session.connection().exec_driver_sql("UPDATE opening_rule SET seats = 1, closes = '10:00'")
    assert _publish() == 0
    assert session.execute(select(Seat.slot_id, Seat.no)).all() == before


def test_many_rows_are_written_in_few_statements(session: Session, office: int, count_statements) -> None:  # type: ignore[no-untyped-def]
    with transaction() as writing, count_statements() as statements:
        rules = 5
        publish(HORIZON, clock.now())
        written = writing.scalar(select(func.count()).select_from(Seat))
    assert written is not None
    assert written > 300
    assert len(statements) <= 2 + 3 * rules + 1, statements


def test_holidays_are_loaded_once_and_keep_their_corrections(session: Session, office: int) -> None:
    days = [(date(2026, 12, 8), "Inmaculada Concepción"), (date(2026, 12, 25), "Navidad")]
    with transaction():
        assert load_holidays(days) == 2
    with transaction():
        session.connection().exec_driver_sql(
            "UPDATE closure SET reason = 'Corrected' WHERE day = '2026-12-08'"
        )
    with transaction():
        assert load_holidays([*days, (date(2027, 1, 1), "Año Nuevo")]) == 1
    session.expire_all()
    names = session.execute(select(Closure.day, Closure.reason, Closure.kind).order_by(Closure.day)).all()
    assert [tuple(row) for row in names] == [
        (date(2026, 12, 8), "Corrected", "holiday"),
        (date(2026, 12, 25), "Navidad", "holiday"),
        (date(2027, 1, 1), "Año Nuevo", "holiday"),
    ]


def test_a_holiday_named_twice_is_written_once(session: Session, office: int) -> None:
    with transaction():
        assert load_holidays([(date(2026, 12, 8), "A"), (date(2026, 12, 8), "B")]) == 1


def test_an_offices_own_closure_is_no_national_holiday(session: Session, office: int) -> None:
    with transaction():
        session.add(Closure(office_id=office, day=date(2026, 12, 8), kind="strike", reason="Paro"))
    with transaction():
        assert load_holidays([(date(2026, 12, 8), "Inmaculada Concepción")]) == 1
