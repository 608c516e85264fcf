"""Is it open now, and how does its week read: rules on plain values."""

from datetime import UTC, date, datetime, time

import pytest

from consular.offices.queries import HoursRow
from consular.schedule.queries import ClosureAhead
from consular.site.office_hours import DaysOfHours, Today, opening_today, timetable

LIMA = "America/Lima"
MONDAY = date(2026, 11, 30)


def _row(weekday: int, opens: int, closes: int, service: str | None = None) -> HoursRow:
    return HoursRow(service, weekday, time(opens), time(closes), "S2", "2026-06")


def _at(hour: int, minute: int = 0) -> datetime:
    """An instant of that Monday by the clock of Lima."""
    return datetime(2026, 11, 30, hour + 5, minute, tzinfo=UTC)


CUSCO = [row for day in range(5) for row in (_row(day, 9, 13), _row(day, 15, 18))]


@pytest.mark.parametrize(
    ("moment", "today"),
    [
        (_at(8, 59), Today("later", time(9))),
        (_at(9), Today("open", time(13))),
        (_at(12, 59), Today("open", time(13))),
        (_at(13), Today("later", time(15))),
        (_at(17, 30), Today("open", time(18))),
        (_at(18), Today("over")),
    ],
)
def test_a_day_with_a_midday_break(moment: datetime, today: Today) -> None:
    assert opening_today(CUSCO, [], LIMA, moment) == today


def test_a_day_of_the_week_without_hours_is_closed() -> None:
    assert opening_today([_row(1, 9, 13)], [], LIMA, _at(10)) == Today("closed")


def test_no_hours_at_all_is_unknown_never_closed() -> None:
    assert opening_today([], [], LIMA, _at(10)) == Today("unknown")


def test_the_hours_of_one_service_say_nothing_of_the_office() -> None:
    assert opening_today([_row(0, 9, 12, "apostille")], [], LIMA, _at(10)) == Today("unknown")


def test_a_holiday_closes_even_an_office_whose_hours_nobody_knows() -> None:
    holiday = ClosureAhead(MONDAY, None, None, "holiday", "Inmaculada Concepción")
    assert opening_today([], [holiday], LIMA, _at(10)) == Today("closed", reason="Inmaculada Concepción")


def test_half_a_day_closed_is_closed_only_then() -> None:
    training = ClosureAhead(MONDAY, time(15), time(18), "training", "Capacitación")
    assert opening_today(CUSCO, [training], LIMA, _at(10)) == Today("open", time(13))
    assert opening_today(CUSCO, [training], LIMA, _at(16)) == Today("closed", reason="Capacitación")


def test_the_day_is_the_offices_own() -> None:
    late_monday_in_lima = datetime(2026, 12, 1, 2, tzinfo=UTC)
    holiday = ClosureAhead(date(2026, 12, 1), None, None, "holiday", "mañana")
    assert opening_today(CUSCO, [holiday], LIMA, late_monday_in_lima) == Today("over")


def test_equal_neighbouring_days_share_a_line() -> None:
    rows = [*CUSCO, _row(5, 9, 13)]
    (week,) = timetable(rows)
    assert week.service is None
    assert week.days == (
        DaysOfHours(0, 4, ((time(9), time(13)), (time(15), time(18)))),
        DaysOfHours(5, 5, ((time(9), time(13)),)),
    )


def test_days_apart_are_not_joined() -> None:
    (week,) = timetable([_row(0, 9, 13), _row(2, 9, 13)])
    assert [(run.first, run.last) for run in week.days] == [(0, 0), (2, 2)]


def test_a_service_has_its_own_week() -> None:
    weeks = timetable([*CUSCO, _row(0, 9, 12, "apostille")])
    assert [week.service for week in weeks] == [None, "apostille"]
