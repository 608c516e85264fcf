"""When an office, a slot, a status and a returned seat are possible."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consular.appointments.rules import (
    ACTIVE,
    OCCUPYING,
    STATUSES,
    NotToday,
    OfficeClosed,
    ServiceNotOffered,
    SlotPast,
    StatusNotAllowed,
    check_office_takes_appointments,
    check_slot_is_ahead,
    check_status_change,
    seat_returns_at,
)

NOON = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)
LIMA = "America/Lima"
HOUR = timedelta(hours=1)

# Every change that a clerk may make, one a line: forward, and back again.
ALLOWED = {
    ("booked", "arrived"),
    ("booked", "no_show"),
    ("arrived", "serving"),
    ("arrived", "no_show"),
    ("arrived", "booked"),
    ("serving", "served"),
    ("serving", "arrived"),
    ("served", "serving"),
    ("no_show", "booked"),
    ("no_show", "arrived"),
}


@pytest.mark.parametrize(("present", "asked"), sorted(ALLOWED))
def test_changes_of_status_that_a_clerk_may_make(present: str, asked: str) -> None:
    assert check_status_change(present, asked, NOON, NOON, LIMA) is None


@pytest.mark.parametrize(
    ("present", "asked"),
    [pair for pair in product((*STATUSES, "", "BOOKED"), repeat=2) if pair not in ALLOWED],
)
def test_every_other_change_is_refused(present: str, asked: str) -> None:
    with pytest.raises(StatusNotAllowed) as refused:
        check_status_change(present, asked, NOON, NOON, LIMA)
    assert refused.value.facts == {"present": present, "asked": asked}


def test_a_clerk_never_gives_a_seat_away() -> None:
    assert {status for pair in ALLOWED for status in pair} == set(OCCUPYING)
    assert set(ACTIVE) < set(OCCUPYING) < set(STATUSES)


def test_nobody_arrives_before_the_day() -> None:
    starts_at = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)  # 9:00 in Lima
    midnight = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
    with pytest.raises(NotToday):
        check_status_change("booked", "arrived", starts_at, midnight - timedelta(microseconds=1), LIMA)
    assert check_status_change("booked", "arrived", starts_at, midnight, LIMA) is None
    assert check_status_change("booked", "no_show", starts_at, midnight + timedelta(days=9), LIMA) is None


@pytest.mark.parametrize("lead", [timedelta(0), HOUR, timedelta(days=2)])
def test_the_lead_time_is_kept_to_the_microsecond(lead: timedelta) -> None:
    assert check_slot_is_ahead(NOON + lead, NOON, lead) is None
    with pytest.raises(SlotPast):
        check_slot_is_ahead(NOON + lead - timedelta(microseconds=1), NOON, lead)


@pytest.mark.parametrize(
    ("status", "opens_on", "offers", "refusal"),
    [
        ("open", None, "yes", None),
        ("open", None, "unknown", None),
        ("open", date(2026, 11, 30), "yes", None),
        ("open", date(2026, 12, 1), "yes", OfficeClosed),
        ("announced", None, "yes", OfficeClosed),
        ("announced", date(2026, 1, 1), "yes", OfficeClosed),
        ("suspended", None, "yes", OfficeClosed),
        ("closed", None, "yes", OfficeClosed),
        ("open", None, "no", ServiceNotOffered),
        ("open", None, None, ServiceNotOffered),
        ("suspended", None, "no", OfficeClosed),
    ],
)
def test_which_offices_take_appointments(
    status: str, opens_on: date | None, offers: str | None, refusal: type[Exception] | None
) -> None:
    day = date(2026, 11, 30)
    if refusal is None:
        assert check_office_takes_appointments(status, opens_on, offers, day) is None
        return
    with pytest.raises(refusal):
        check_office_takes_appointments(status, opens_on, offers, day)


def test_a_refused_day_says_when_the_office_opens() -> None:
    with pytest.raises(OfficeClosed) as refused:
        check_office_takes_appointments("open", date(2026, 12, 1), "yes", date(2026, 11, 30))
    assert refused.value.facts == {"office_status": "open", "opens_on": date(2026, 12, 1)}


@pytest.mark.parametrize(
    ("left", "window", "draw", "delay"),
    [
        (24 * HOUR, timedelta(0), 0.99, timedelta(0)),
        (24 * HOUR, HOUR, 0.0, timedelta(0)),
        (24 * HOUR, HOUR, 0.5, timedelta(minutes=30)),
        (4 * HOUR, 3 * HOUR, 0.5, timedelta(minutes=30)),  # a quarter of what is left, not the window
        (2 * HOUR, 3 * HOUR, 0.5, timedelta(minutes=15)),
        (2 * HOUR - timedelta(seconds=1), 3 * HOUR, 0.99, timedelta(0)),
        (-HOUR, 3 * HOUR, 0.99, timedelta(0)),
    ],
)
def test_when_a_cancelled_seat_returns(
    left: timedelta, window: timedelta, draw: float, delay: timedelta
) -> None:
    assert seat_returns_at(NOON, NOON + left, window, draw) == NOON + delay


@given(
    left=st.timedeltas(timedelta(days=-2), timedelta(days=90)),
    window=st.timedeltas(timedelta(0), timedelta(days=1)),
    draw=st.floats(0, 1, exclude_max=True),
)
def test_a_seat_never_returns_before_now_nor_too_late_to_be_used(
    left: timedelta, window: timedelta, draw: float
) -> None:
    returns_at = seat_returns_at(NOON, NOON + left, window, draw)
    assert NOON <= returns_at <= NOON + window
    assert returns_at == NOON or returns_at <= NOON + left / 4
    assert returns_at == NOON or left >= 2 * HOUR
