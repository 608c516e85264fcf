"""Shapes a schedule's answers for the calendar page: weeks of cells, halves of a day, the open window. Pure."""

import re
from calendar import Calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from consular.schedule.queries import DayTotal
from consular.schedule.slots import Start

FEW = 3  # from here down a day says «quedan pocos», so that nobody travels on a day about to fill
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Years that every zone can be computed in, and no further than anybody books.
_INSTANT = re.compile(r"20\d{2}-\d{2}-\d{2}T\d{2}:\d{2}Z", re.ASCII)
_NOON, _EVENING = 12, 18


class NotADate(ValueError):
    """A month, a day or an instant that no calendar has."""


@dataclass(frozen=True)
class Window:
    """The days that the calendar is open for, both included, in the office's zone."""

    first: date
    last: date

    @classmethod
    def of(cls, now: datetime, timezone: str, horizon_days: int) -> "Window":
        today = now.astimezone(ZoneInfo(timezone)).date()
        return cls(today, today + timedelta(days=horizon_days))

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last

    def month_within(self, month: date) -> date:
        """The first day of that month, or of the nearest month that the window touches."""
        return min(max(month.replace(day=1), self.first.replace(day=1)), self.last.replace(day=1))


@dataclass(frozen=True)
class DayCell:
    """One day of the table. `state` is free, few, none, closed, or outside (before today, not open yet)."""

    day: date
    state: str
    places_left: int
    reason: str | None
    chosen: bool
    today: bool


@dataclass(frozen=True)
class MonthView:
    """A month as weeks from Monday, past ones left out; None fills the days of its neighbours."""

    first: date
    weeks: tuple[tuple[DayCell | None, ...], ...]
    previous: date | None
    following: date | None
    places_left: int


@dataclass(frozen=True)
class Half:
    """The starts of a morning, an afternoon or an evening."""

    name: str
    starts: tuple[Start, ...]


def read_month(typed: str | None) -> date | None:
    """The first day of ``YYYY-MM``; None when nothing was asked.

    Raises:
        NotADate
    """
    if not typed:
        return None
    if not _MONTH.fullmatch(typed):
        raise NotADate(typed)
    return read_day(f"{typed}-01")


def read_day(typed: str | None) -> date | None:
    """The day of ``YYYY-MM-DD``; None when nothing was asked.

    Raises:
        NotADate
    """
    if not typed:
        return None
    if not _DAY.fullmatch(typed):
        raise NotADate(typed)
    try:
        return date.fromisoformat(typed)
    except ValueError as reason:
        raise NotADate(typed) from reason


def read_instant(typed: str | None) -> datetime:
    """The instant that `instant_code` wrote.

    Raises:
        NotADate
    """
    if not typed or not _INSTANT.fullmatch(typed):
        raise NotADate(typed)
    try:
        return datetime.strptime(typed, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
    except ValueError as reason:
        raise NotADate(typed) from reason


def instant_code(instant: datetime) -> str:
    """How a start is written in an address or a button: ``2026-12-01T14:30Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def first_free_day(totals: Iterable[DayTotal]) -> date | None:
    """The first day with a place."""
    return next((total.day for total in totals if total.places_left), None)


def month_view(month: date, totals: Sequence[DayTotal], window: Window, chosen: date | None) -> MonthView:
    """The table of one month; `totals` covers at least the days of it that the window holds."""
    known = {total.day: total for total in totals}
    first = month.replace(day=1)
    weeks = tuple(
        tuple(_cell(day, known, window, chosen) if day.month == first.month else None for day in week)
        for week in Calendar(firstweekday=0).monthdatescalendar(first.year, first.month)
        if week[-1] >= window.first  # a phone has no room for weeks that are over
    )
    before, after = first - timedelta(days=1), (first + timedelta(days=31)).replace(day=1)
    return MonthView(
        first=first,
        weeks=weeks,
        previous=before.replace(day=1) if before >= window.first else None,
        following=after if after <= window.last else None,
        places_left=sum(cell.places_left for week in weeks for cell in week if cell),
    )


def _cell(day: date, known: Mapping[date, DayTotal], window: Window, chosen: date | None) -> DayCell:
    total = known.get(day)
    if total is None or not window.holds(day):
        state, left, reason = "outside", 0, None
    elif total.places_left:
        state, left, reason = "few" if total.places_left <= FEW else "free", total.places_left, None
    else:
        state, left, reason = "closed" if total.closed else "none", 0, total.closed
    return DayCell(day, state, left, reason, chosen=day == chosen, today=day == window.first)


def halves(starts: Iterable[Start], timezone: str) -> list[Half]:
    """A day's starts by half of the day, local time, without the empty halves."""
    zone = ZoneInfo(timezone)
    grouped: dict[str, list[Start]] = {"morning": [], "afternoon": [], "evening": []}
    for start in starts:
        hour = start.starts_at.astimezone(zone).hour
        grouped["morning" if hour < _NOON else "afternoon" if hour < _EVENING else "evening"].append(start)
    return [Half(name, tuple(found)) for name, found in grouped.items() if found]
