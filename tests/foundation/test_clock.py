"""The clock: one place that tells the time, and that a test can stop."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from consular.foundation import clock

NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def test_a_stopped_clock_stands_still_and_goes_on_afterwards() -> None:
    before = datetime.now(UTC)
    with clock.stopped(NOON) as instant:
        assert instant == NOON
        assert clock.now() == clock.now() == NOON
    assert before <= clock.now() <= datetime.now(UTC)


def test_a_clock_stopped_twice_returns_to_the_first_stop() -> None:
    with clock.stopped(NOON):
        with clock.stopped(NOON + timedelta(hours=1)):
            assert clock.now() == NOON + timedelta(hours=1)
        assert clock.now() == NOON


def _fail_at_noon() -> None:
    with clock.stopped(NOON):
        raise ValueError("inside")


def test_an_error_starts_the_clock_again() -> None:
    with pytest.raises(ValueError, match="inside"):
        _fail_at_noon()
    assert clock.now() != NOON


def test_the_present_is_always_utc() -> None:
    lima = timezone(timedelta(hours=-5))
    with clock.stopped(NOON.astimezone(lima)):
        assert clock.now() == NOON
        assert clock.now().utcoffset() == timedelta(0)
    assert clock.now().utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_cannot_stop_the_clock() -> None:
    with pytest.raises(ValueError, match="aware"), clock.stopped(datetime(2026, 11, 30)):  # noqa: DTZ001
        pass


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("America/Lima", datetime(2026, 12, 1, 4, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
        ("America/Lima", datetime(2026, 12, 1, 5, 0, tzinfo=UTC), date(2026, 12, 1)),
        ("America/Santiago", datetime(2026, 12, 1, 2, 59, tzinfo=UTC), date(2026, 11, 30)),  # summer, -3
        ("America/Santiago", datetime(2026, 7, 1, 3, 59, tzinfo=UTC), date(2026, 6, 30)),  # winter, -4
        ("Asia/Tokyo", datetime(2026, 11, 30, 15, 0, tzinfo=UTC), date(2026, 12, 1)),
    ],
)
def test_the_day_is_the_offices_own(zone: str, instant: datetime, day: date) -> None:
    assert clock.day_in(zone, instant) == day
