"""Published hours as a reader wants them: is it open now, and a week with its midday break. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby
from zoneinfo import ZoneInfo

from consular.offices.queries import HoursRow
from consular.schedule.queries import ClosureAhead


@dataclass(frozen=True)
class Today:
    """The office's day as it stands: `open` (until `at`), `later` (opens `at`), `over`, `closed`, `unknown`.

    `reason` names the closure when there is one.
    """

    state: str
    at: time | None = None
    reason: str | None = None


@dataclass(frozen=True)
class DaysOfHours:
    """A run of weekdays (0 is Monday, both included) with the same hours, in order."""

    first: int
    last: int
    spans: tuple[tuple[time, time], ...]


@dataclass(frozen=True)
class Timetable:
    """The week of one service, or of the whole office when `service` is None."""

    service: str | None
    days: tuple[DaysOfHours, ...]


def opening_today(
    hours: Sequence[HoursRow], closures: Iterable[ClosureAhead], timezone: str, now: datetime
) -> Today:
    """Whether the office as a whole attends now, by its published hours and its closures."""
    general = [row for row in hours if row.service is None]
    here = now.astimezone(ZoneInfo(timezone))
    for closure in closures:
        if closure.day == here.date() and _covers(closure, here.time()):
            return Today("closed", reason=closure.reason)
    if not general:
        return Today("unknown")
    spans = sorted((row.opens, row.closes) for row in general if row.weekday == here.weekday())
    for opens, closes in spans:
        if here.time() < opens:
            return Today("later", opens)
        if here.time() < closes:
            return Today("open", closes)
    return Today("over" if spans else "closed")


def _covers(closure: ClosureAhead, moment: time) -> bool:
    if closure.from_time is None or closure.to_time is None:
        return True
    return closure.from_time <= moment < closure.to_time


def timetable(hours: Sequence[HoursRow]) -> tuple[Timetable, ...]:
    """The hours by service, the whole office first, with equal neighbouring days in one line."""
    by_service: dict[str | None, list[HoursRow]] = {}
    for row in hours:
        by_service.setdefault(row.service, []).append(row)
    return tuple(Timetable(service, _runs(rows)) for service, rows in by_service.items())


def _runs(rows: Iterable[HoursRow]) -> tuple[DaysOfHours, ...]:
    ordered = sorted(rows, key=lambda row: (row.weekday, row.opens))
    days = [
        (weekday, tuple((row.opens, row.closes) for row in group))
        for weekday, group in groupby(ordered, key=lambda row: row.weekday)
    ]
    runs: list[DaysOfHours] = []
    for weekday, spans in days:
        if runs and runs[-1].spans == spans and runs[-1].last == weekday - 1:
            runs[-1] = DaysOfHours(runs[-1].first, weekday, spans)
        else:
            runs.append(DaysOfHours(weekday, weekday, spans))
    return tuple(runs)
