"""The week's slots as a grid: one row a starting time, one column a local day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

from consular.schedule.queries import WeekSlot


@dataclass(frozen=True)
class Grid:
    """`rows` maps each local starting time to one list of slots a day, in the order of `days`."""

    days: list[date]
    rows: dict[time, list[list[WeekSlot]]]
    seats: int
    taken: int
    held: int

    @property
    def free(self) -> int:
        return self.seats - self.taken - self.held


def grid(slots: Sequence[WeekSlot], monday: date, timezone: str) -> Grid:
    """Arrange a week. Saturday and Sunday are columns only when something happens on them.

    A cell holds several slots when rules with other services begin at the same time.
    """
    zone = ZoneInfo(timezone)
    starts = [slot.starts_at.astimezone(zone) for slot in slots]
    busy = {start.date() for start in starts}
    week = [monday + timedelta(days=i) for i in range(7)]
    days = [day for day in week if day.weekday() < 5 or day in busy]
    rows: dict[time, list[list[WeekSlot]]] = {
        at: [[] for _ in days] for at in sorted({start.time() for start in starts})
    }
    for slot, start in zip(slots, starts, strict=True):
        rows[start.time()][days.index(start.date())].append(slot)
    return Grid(
        days, rows, sum(s.seats for s in slots), sum(s.taken for s in slots), sum(s.held for s in slots)
    )


def monday_of(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())
