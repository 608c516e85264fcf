"""What is free, asked of the database and of plain Python over random schedules: the same answers."""

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy.orm import Session

from consular.appointments.auditing import audit_capacity
from consular.foundation.database import transaction
from consular.schedule.first_free import Days
from consular.schedule.queries import first_free, free_days, free_starts, office_service
from tests.conftest import Statements
from tests.databases import on_both_databases
from tests.factories import MORNING
from tests.schedule.random_schedules import HORIZON, Oracle, invent, local_day, taken_seats

pytestmark = on_both_databases
Count = Callable[[], AbstractContextManager[Statements]]
SERVICES = ("apostille", "legalisation", "visa", "passport")
MOMENTS = [MORNING + timedelta(minutes=m) for m in (-600, 0, 90, 24 * 60, 3 * 24 * 60 + 17)]
FIRST, LAST = date(2026, 11, 29), date(2026, 11, 29) + timedelta(days=HORIZON + 10)


@pytest.fixture(params=range(3))
def schedule(request: pytest.FixtureRequest, session: Session, morning: datetime) -> random.Random:
    """A random schedule, committed; the draw that made it."""
    draw = random.Random(request.param)
    with transaction():
        invent(draw)
    return draw


def _questions(draw: random.Random) -> list[tuple[datetime, timedelta, int, bool]]:
    """Moments, each with a lead time, a number of documents and a right to be attended first."""
    return [
        (now, timedelta(minutes=draw.choice([0, 60, 700])), draw.choice([1, 1, 2, 4]), draw.random() < 0.4)
        for now in MOMENTS
    ]


def test_the_starts_are_those_that_a_plain_count_finds(schedule: random.Random) -> None:
    oracle, found = Oracle(), 0
    for now, lead, documents, preferential in _questions(schedule):
        for office, code in product(oracle.offices.values(), SERVICES):
            starts = free_starts(
                office_service(office.slug, code),
                *(FIRST, LAST, now, lead),
                documents=documents,
                preferential=preferential,
            )
            expected = oracle.starts(office.id, code, now, lead, documents, preferential)
            assert [(s.starts_at, s.ends_at, s.places_left) for s in starts] == expected
            found += len(starts)
    assert found > 500  # an empty answer to everything would agree with an empty schedule
    assert taken_seats() > 4
    assert audit_capacity().findings == ()


def test_a_calendar_adds_up_the_starts_of_each_local_day(schedule: random.Random) -> None:
    oracle, places = Oracle(), 0
    for office in oracle.offices.values():
        target = office_service(office.slug, "legalisation", FIRST, LAST)
        days = free_days(target, FIRST, LAST, MORNING, timedelta(0))
        assert [day.day for day in days] == [FIRST + timedelta(days=i) for i in range(HORIZON + 11)]
        starts = oracle.starts(office.id, "legalisation", MORNING, timedelta(0), 1, preferential=False)
        for day in days:
            on_it = [start for start in starts if local_day(start[0], office.timezone) == day.day]
            assert day.places_left == sum(left for _start, _end, left in on_it)
            # One day alone is cut at the office's own midnights, and no run of slots is lost there.
            alone = free_starts(target, day.day, day.day, MORNING, timedelta(0))
            assert [(s.starts_at, s.ends_at, s.places_left) for s in alone] == on_it
            places += day.places_left
    assert places > 0


def test_the_first_place_of_each_office(schedule: random.Random) -> None:
    oracle, found = Oracle(), 0
    for now, lead, documents, preferential in _questions(schedule):
        for code in (*SERVICES, None):
            answer = first_free(code, now, lead, documents=documents, preferential=preferential)
            assert answer == oracle.first(code, now, lead, documents, preferential)
            found += len(answer)
        assert first_free("nonsense", now, lead) == {}
    assert found > 10


def test_reads_take_one_statement_however_much_is_free(
    session: Session, morning: datetime, count_statements: Count
) -> None:
    with transaction():
        invent(random.Random(9))
    for code in ("apostille", None):
        with count_statements() as statements:
            first_free(code, MORNING, timedelta(0))
        assert len(statements) == 1, statements
    with count_statements() as statements:
        target = office_service("office-0", "apostille", FIRST, LAST)
        free_days(target, FIRST, LAST, MORNING, timedelta(0))
    assert len(statements) == 2, statements
    with count_statements() as statements:
        free_starts(target, FIRST, LAST, MORNING, timedelta(0))
    assert len(statements) == 1, statements


def test_the_first_place_within_days_of_each_office(schedule: random.Random) -> None:
    """Days are of each office's own calendar, in three zones; only the offices that were named are answered."""
    oracle, found = Oracle(), 0
    named = {office.id: office.timezone for office in oracle.offices.values()}
    named.pop(min(named))
    first, last = MORNING.date() + timedelta(days=1), MORNING.date() + timedelta(days=2)
    for code in SERVICES:
        expected = {}
        for office_id, zone in named.items():
            starts = [
                start
                for start, _end, _places in oracle.starts(office_id, code, MORNING, timedelta(0), 1, False)
                if first <= local_day(start, zone) <= last
            ]
            offered = oracle.offers.get((office_id, oracle.services[code].id)) in ("yes", "unknown")
            if starts and offered and oracle.offices[office_id].status == "open":
                expected[office_id] = starts[0]
        days = Days(first, last)
        assert first_free(code, MORNING, timedelta(0), offices=named, days=days) == expected
        found += len(expected)
    assert found > 3
    assert first_free("apostille", MORNING, timedelta(0), offices={}) == {}
