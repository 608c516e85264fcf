"""The only place that reads the clock, so that a test can stop it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_stopped_at: datetime | None = None


def now() -> datetime:
    """The present instant, aware UTC, whole microseconds."""
    return _stopped_at if _stopped_at is not None else datetime.now(UTC)


def day_in(timezone: str, instant: datetime) -> date:
    """The local date of an instant in an IANA zone (an office's day, not the server's)."""
    return instant.astimezone(ZoneInfo(timezone)).date()


@contextmanager
def stopped(instant: datetime) -> Iterator[datetime]:
    """Stop this process's clock at an aware instant (tests and reproducible demonstrations)."""
    global _stopped_at
    if instant.tzinfo is None:
        raise ValueError("a stopped clock needs an aware instant")
    before, _stopped_at = _stopped_at, instant.astimezone(UTC)
    try:
        yield _stopped_at
    finally:
        _stopped_at = before
