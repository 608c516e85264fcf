"""When an office attends, by its published hours and its closures: now, later today, and next. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

# Local hours of one weekday (0 is Monday).
Span = tuple[int, time, time]
# Beyond three weeks of closed days nobody should count on the published hours.
LOOK_AHEAD_DAYS = 21


class Closed(Protocol):
    """A closure: a local day, whole when it has no times."""

    @property
    def day(self) -> date: ...
    @property
    def from_time(self) -> time | None: ...
    @property
    def to_time(self) -> time | None: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True)
class Today:
    """The office's day as it stands: `open` (until `at`), `later` (opens `at`), `over`, `closed`, `unknown`.

    `reason` names the closure when there is one.
    """

    state: str
    at: time | None = None
    reason: str | None = None


def today(spans: Sequence[Span], closures: Iterable[Closed], timezone: str, now: datetime) -> Today:
    """Whether the office as a whole attends now, by its published hours and its closures."""
    here = now.astimezone(ZoneInfo(timezone))
    for closure in closures:
        if closure.day == here.date() and _covers(closure, here.time()):
            return Today("closed", reason=closure.reason)
    if not spans:
        return Today("unknown")
    hours = sorted((opens, closes) for weekday, opens, closes in spans if weekday == here.weekday())
    for opens, closes in hours:
        if here.time() < opens:
            return Today("later", opens)
        if here.time() < closes:
            return Today("open", closes)
    return Today("over" if hours else "closed")


def next_opening(
    spans: Sequence[Span], closures: Sequence[Closed], timezone: str, since: datetime
) -> datetime | None:
    """The first instant from `since` on at which the office attends: `since` itself when it is open then.

    None when no hours are published, or all of three weeks is closed. A closure of some hours moves the
    opening to its end.
    """
    zone = ZoneInfo(timezone)
    here = since.astimezone(zone)
    for offset in range(LOOK_AHEAD_DAYS + 1 if spans else 0):
        day = here.date() + timedelta(days=offset)
        shut = sorted((c.from_time or time.min, c.to_time or time.max) for c in closures if c.day == day)
        for opens, closes in sorted((s[1], s[2]) for s in spans if s[0] == day.weekday()):
            begin = max(opens, here.time().replace(tzinfo=None)) if offset == 0 else opens
            for closed_from, closed_until in shut:
                if closed_from <= begin < closed_until:
                    begin = closed_until
            if begin < closes:
                return max(datetime.combine(day, begin, zone), since).astimezone(since.tzinfo)
    return None


def _covers(closure: Closed, moment: time) -> bool:
    if closure.from_time is None or closure.to_time is None:
        return True
    return closure.from_time <= moment < closure.to_time
