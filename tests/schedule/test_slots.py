"""From rules and closures to slots, and from free slots to starts: no database, milliseconds."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consular.schedule.slots import (
    ClosedTime,
    PlannedSlot,
    Rule,
    Start,
    day_begins,
    places_by_day,
    slots_for_day,
    slots_needed,
)

MONDAY = date(2026, 11, 30)
RULE = Rule(
    id=7,
    office_id=3,
    weekday=0,
    opens=time(9),
    closes=time(12),
    slot_minutes=15,
    seats=2,
    valid_from=date(2026, 1, 1),
    valid_until=None,
    timezone="America/Lima",
)


def _local(slots: list[PlannedSlot], zone: str = RULE.timezone) -> list[str]:
    return [f"{slot.starts_at.astimezone(ZoneInfo(zone)):%H:%M}" for slot in slots]


def _closed(*times: time, day: date = MONDAY) -> ClosedTime:
    begin, end = times or (None, None)
    return ClosedTime(day, begin, end, "Feriado")


def test_a_rule_makes_whole_slots_from_opening_to_closing() -> None:
    slots = slots_for_day(RULE, MONDAY, [])
    assert _local(slots)[:3] == ["09:00", "09:15", "09:30"]
    assert len(slots) == 12
    assert slots[-1].ends_at == datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
    assert {(s.rule_id, s.office_id, s.seats) for s in slots} == {(7, 3, 2)}


def test_what_is_left_over_before_closing_is_no_slot() -> None:
    slots = slots_for_day(replace(RULE, closes=time(9, 50), slot_minutes=20), MONDAY, [])
    assert _local(slots) == ["09:00", "09:20"]
    assert slots_for_day(replace(RULE, closes=time(9, 14)), MONDAY, []) == []


@pytest.mark.parametrize("days", range(1, 7))
def test_other_weekdays_have_no_slots(days: int) -> None:
    assert slots_for_day(RULE, MONDAY + timedelta(days=days), []) == []


@pytest.mark.parametrize(
    ("changes", "attends"),
    [
        ({"valid_from": MONDAY}, True),
        ({"valid_from": MONDAY + timedelta(days=1)}, False),
        ({"valid_until": MONDAY}, True),
        ({"valid_until": MONDAY - timedelta(days=1)}, False),
        ({"opens_on": MONDAY}, True),
        ({"opens_on": MONDAY + timedelta(days=1)}, False),
    ],
)
def test_the_first_and_last_days_of_a_rule_count(changes: dict[str, date], attends: bool) -> None:
    assert bool(slots_for_day(replace(RULE, **changes), MONDAY, [])) is attends


@pytest.mark.parametrize(
    ("closure", "missing"),
    [
        (_closed(), "all"),
        (_closed(time(10), time(10, 30)), ["10:00", "10:15"]),
        (_closed(time(10, 5), time(10, 10)), ["10:00"]),
        (_closed(time(10, 14), time(10, 16)), ["10:00", "10:15"]),
        (_closed(time(8), time(9)), []),
        (_closed(time(12), time(18)), []),
        (_closed(time(8), time(9, 1)), ["09:00"]),
        (_closed(time(11, 59), time(18)), ["11:45"]),
        (_closed(day=MONDAY + timedelta(days=1)), []),
        (_closed(time(0), time(23, 59)), "all"),
    ],
)
def test_no_slot_touches_a_closure(closure: ClosedTime, missing: list[str] | str) -> None:
    every = _local(slots_for_day(RULE, MONDAY, []))
    left = _local(slots_for_day(RULE, MONDAY, [closure]))
    assert [start for start in every if start not in left] == (every if missing == "all" else missing)


def test_several_closures_of_one_day_add_up() -> None:
    closures = [_closed(time(9), time(9, 30)), _closed(time(9, 15), time(10)), _closed(time(11), time(12))]
    assert _local(slots_for_day(RULE, MONDAY, closures)) == ["10:00", "10:15", "10:30", "10:45"]


def test_adjacent_slots_have_adjacent_numbers_and_a_closure_leaves_a_gap() -> None:
    slots = slots_for_day(RULE, MONDAY, [_closed(time(10), time(10, 30))])
    numbers = [slot.sequence for slot in slots]
    assert [b - a for a, b in zip(numbers, numbers[1:], strict=False)] == [1, 1, 1, 3, 1, 1, 1, 1, 1]


def test_numbers_of_two_days_never_meet() -> None:
    whole_day = replace(RULE, opens=time(0), closes=time(23, 59), slot_minutes=5)
    first = slots_for_day(whole_day, MONDAY, [])
    second = slots_for_day(replace(whole_day, weekday=1), MONDAY + timedelta(days=1), [])
    assert second[0].sequence - first[-1].sequence > 1


# Chile's clocks went forward at midnight of Sunday 6 September 2026 and go back in April 2027.
SANTIAGO = replace(RULE, timezone="America/Santiago", weekday=6)


@pytest.mark.parametrize(
    ("day", "first_utc"),
    [
        (date(2026, 8, 30), datetime(2026, 8, 30, 13, 0, tzinfo=UTC)),  # winter: -4
        (date(2026, 9, 6), datetime(2026, 9, 6, 12, 0, tzinfo=UTC)),  # summer: -3
        (date(2027, 4, 4), datetime(2027, 4, 4, 13, 0, tzinfo=UTC)),  # winter again
    ],
)
def test_local_hours_stay_when_the_clock_changes(day: date, first_utc: datetime) -> None:
    slots = slots_for_day(SANTIAGO, day, [])
    assert slots[0].starts_at == first_utc
    assert _local(slots, "America/Santiago")[0] == "09:00"
    assert len(slots) == 12


def test_a_night_with_one_hour_less_has_one_hour_less_of_slots() -> None:
    night = replace(SANTIAGO, opens=time(0, 30), closes=time(3), slot_minutes=30)
    plain = slots_for_day(night, date(2026, 8, 30), [])
    shorter = slots_for_day(night, date(2026, 9, 6), [])
    assert (len(plain), len(shorter)) == (5, 3)
    assert _local(shorter, "America/Santiago")[-1] == "02:30"


def test_a_night_with_one_hour_more_repeats_no_instant() -> None:
    night = replace(SANTIAGO, weekday=5, opens=time(21), closes=time(23, 59), slot_minutes=30)
    slots = slots_for_day(night, date(2027, 4, 3), [])
    starts = [slot.starts_at for slot in slots]
    assert len(slots) == 5
    assert len(set(starts)) == len(starts)
    assert all(b - a == timedelta(minutes=30) for a, b in zip(starts, starts[1:], strict=False))


def test_a_day_closed_at_a_change_of_the_clock_is_closed_whole() -> None:
    night = replace(SANTIAGO, opens=time(0), closes=time(23, 59), slot_minutes=30)
    assert slots_for_day(night, date(2026, 9, 6), [_closed(day=date(2026, 9, 6))]) == []


def test_a_day_begins_at_its_own_midnight() -> None:
    assert day_begins(MONDAY, "America/Lima") == datetime(2026, 11, 30, 5, 0, tzinfo=UTC)
    assert day_begins(MONDAY, "Asia/Tokyo") == datetime(2026, 11, 29, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("duration", "slot", "needed"),
    [(None, 15, 1), (1, 15, 1), (15, 15, 1), (16, 15, 2), (30, 15, 2), (31, 15, 3), (600, 5, 120)],
)
def test_how_many_slots_a_service_takes(duration: int | None, slot: int, needed: int) -> None:
    assert slots_needed(duration, slot) == needed


def test_places_are_counted_on_the_local_day() -> None:
    late = datetime(2026, 12, 1, 4, 45, tzinfo=UTC)  # 23:45 in Lima
    starts = [
        Start(late, late + timedelta(minutes=15), 2),
        Start(late - timedelta(hours=1), late, 1),
        Start(late + timedelta(minutes=15), late + timedelta(minutes=30), 4),
    ]
    assert places_by_day(starts, "America/Lima") == {date(2026, 11, 30): 3, date(2026, 12, 1): 4}
    assert places_by_day(starts, "UTC") == {date(2026, 12, 1): 7}
    assert places_by_day([], "UTC") == {}


TIMES = st.times(min_value=time(0), max_value=time(23, 59)).map(lambda t: t.replace(second=0, microsecond=0))
SPANS = st.tuples(TIMES, TIMES).filter(lambda pair: pair[0] != pair[1]).map(sorted)


@given(
    hours=SPANS,
    minutes=st.integers(5, 480),
    pauses=st.lists(SPANS, max_size=3),
    zone=st.sampled_from(["America/Lima", "America/Santiago", "Europe/Madrid"]),
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)
def test_slots_are_inside_the_hours_outside_the_closures_and_apart(
    hours: list[time], minutes: int, pauses: list[list[time]], zone: str, day: date
) -> None:
    rule = replace(
        RULE, weekday=day.weekday(), opens=hours[0], closes=hours[1], slot_minutes=minutes, timezone=zone
    )
    slots = slots_for_day(rule, day, [_closed(*pause, day=day) for pause in pauses])
    for slot in slots:
        assert slot.ends_at - slot.starts_at == timedelta(minutes=minutes)
        assert datetime.combine(day, hours[0], ZoneInfo(zone)).astimezone(UTC) <= slot.starts_at
        assert slot.ends_at <= datetime.combine(day, hours[1], ZoneInfo(zone)).astimezone(UTC)
        for begin, end in pauses:
            assert slot.ends_at <= datetime.combine(day, begin, ZoneInfo(zone)).astimezone(
                UTC
            ) or slot.starts_at >= datetime.combine(day, end, ZoneInfo(zone)).astimezone(UTC)
    for one, next_one in zip(slots, slots[1:], strict=False):
        adjacent = next_one.starts_at == one.ends_at
        assert next_one.starts_at >= one.ends_at
        assert (next_one.sequence - one.sequence == 1) is adjacent
