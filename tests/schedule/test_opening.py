"""When an office attends by its published hours: both sides of each edge."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest

from consular.schedule.opening import Today, next_opening, today

LIMA = "America/Lima"
# Monday to Friday, with a midday break.
WEEK = tuple((day, *hours) for day in range(5) for hours in ((time(9), time(13)), (time(15), time(18))))


@dataclass(frozen=True)
class Shut:
    day: date
    from_time: time | None = None
    to_time: time | None = None
    reason: str = "Fiesta"


def lima(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026 by the clock of Lima (5 hours behind UTC); the 30th is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) + timedelta(hours=5)


@pytest.mark.parametrize(
    ("now", "stands"),
    [
        (lima(30, 8, 59), Today("later", time(9))),
        (lima(30, 9), Today("open", time(13))),
        (lima(30, 13), Today("later", time(15))),
        (lima(30, 17, 59), Today("open", time(18))),
        (lima(30, 18), Today("over")),
        (lima(29, 10), Today("closed")),
    ],
)
def test_how_it_stands(now: datetime, stands: Today) -> None:
    assert today(WEEK, [], LIMA, now) == stands


def test_a_closure_and_unknown_hours_are_said() -> None:
    assert today(WEEK, [Shut(date(2026, 11, 30))], LIMA, lima(30, 10)) == Today("closed", reason="Fiesta")
    assert today((), [], LIMA, lima(30, 10)) == Today("unknown")


@pytest.mark.parametrize(
    ("since", "opens"),
    [
        (lima(30, 7), lima(30, 9)),
        (lima(30, 10, 30), lima(30, 10, 30)),  # open now: now
        (lima(30, 13), lima(30, 15)),
        (lima(27, 18), lima(30, 9)),  # Friday evening: Monday
    ],
)
def test_when_it_opens_next(since: datetime, opens: datetime) -> None:
    assert next_opening(WEEK, [], LIMA, since) == opens


def test_closures_put_it_off() -> None:
    morning = Shut(date(2026, 11, 30), time(8), time(11, 30))
    assert next_opening(WEEK, [morning], LIMA, lima(30, 7)) == lima(30, 11, 30)
    whole_day = Shut(date(2026, 11, 30))
    assert next_opening(WEEK, [whole_day], LIMA, lima(30, 7)) == lima(30, 9) + timedelta(days=1)
    forever = [Shut(date(2026, 11, 30) + timedelta(days=n)) for n in range(40)]
    assert next_opening(WEEK, forever, LIMA, lima(30, 7)) is None
    assert next_opening((), [], LIMA, lima(30, 7)) is None
