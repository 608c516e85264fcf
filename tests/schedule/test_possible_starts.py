"""Where a service of one, two or three slots can begin among the slots that are free."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consular.schedule.slots import FreeSlot, Start, possible_starts

NINE = datetime(2026, 11, 30, 14, 0, tzinfo=UTC)
STEP = timedelta(minutes=15)


def _slot(number: int, free: int = 1, needed: int = 1, rule_id: int = 1) -> FreeSlot:
    """The slot that begins `number` steps after nine; its sequence says so too."""
    begins = NINE + number * STEP
    return FreeSlot(rule_id, 1000 + number, begins, begins + STEP, free, needed)


def _numbers(starts: list[Start]) -> list[int]:
    return [int((start.starts_at - NINE) / STEP) for start in starts]


@pytest.mark.parametrize(
    ("needed", "free", "starts"),
    [
        (1, [0, 1, 2, 3], [0, 1, 2, 3]),
        (2, [0, 1, 2, 3], [0, 1, 2]),
        (3, [0, 1, 2, 3], [0, 1]),
        (1, [0, 2, 5], [0, 2, 5]),
        (2, [0, 2, 3, 5], [2]),
        (3, [0, 1, 3, 4, 5], [3]),
        (2, [0], []),
        (3, [0, 1], []),
        (5, [0, 1, 2, 3, 4], [0]),
        (1, [], []),
    ],
)
def test_a_service_needs_its_slots_in_a_row(needed: int, free: list[int], starts: list[int]) -> None:
    found = possible_starts(_slot(number, needed=needed) for number in free)
    assert _numbers(found) == starts
    assert all(start.ends_at - start.starts_at == needed * STEP for start in found)


def test_the_fullest_slot_says_how_many_places_are_left() -> None:
    found = possible_starts([_slot(0, 4, 2), _slot(1, 1, 2), _slot(2, 3, 2)])
    assert [start.places_left for start in found] == [1, 1]


def test_slots_of_two_rules_never_make_a_run() -> None:
    assert possible_starts([_slot(0, needed=2, rule_id=1), _slot(1, needed=2, rule_id=2)]) == []


def test_each_rule_counts_its_own_slots_and_the_answer_is_in_order() -> None:
    found = possible_starts(
        [_slot(4, 2, 2, rule_id=2), _slot(5, 2, 2, rule_id=2), _slot(0, 1, 3), _slot(1, 1, 3), _slot(2, 1, 3)]
    )
    assert _numbers(found) == [0, 4]
    assert [start.places_left for start in found] == [1, 2]


@given(
    free=st.dictionaries(st.integers(0, 14), st.integers(1, 4)),
    needed=st.integers(1, 4),
    order=st.randoms(use_true_random=False),
)
def test_every_start_and_only_those(free: dict[int, int], needed: int, order: object) -> None:
    slots = [_slot(number, places, needed) for number, places in free.items()]
    order.shuffle(slots)  # type: ignore[attr-defined]
    expected = {
        number: min(free[number + i] for i in range(needed))
        for number in sorted(free)
        if all(number + i in free for i in range(needed))
    }
    found = possible_starts(slots)
    assert dict(zip(_numbers(found), [start.places_left for start in found], strict=True)) == expected
    assert _numbers(found) == list(expected)
