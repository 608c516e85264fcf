"""From opening rules and closures to slots, and from free slots to possible starts: pure functions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

SEQUENCES_A_DAY = 1440  # a rule has fewer slots than this in a day: they last 5 minutes at least
MOST_SLOTS = 96  # of one appointment: a whole day of quarters of an hour


@dataclass(frozen=True)
class Rule:
    """An opening rule as values; times are local to `timezone`."""

    id: int
    office_id: int
    weekday: int
    opens: time
    closes: time
    slot_minutes: int
    seats: int
    valid_from: date
    valid_until: date | None
    timezone: str
    opens_on: date | None = None


@dataclass(frozen=True)
class ClosedTime:
    """A closure as values: the whole day, or local times [from_time, to_time)."""

    day: date
    from_time: time | None
    to_time: time | None
    reason: str


@dataclass(frozen=True)
class PlannedSlot:
    """A slot that a rule makes, before it is written."""

    rule_id: int
    office_id: int
    sequence: int
    starts_at: datetime
    ends_at: datetime
    seats: int


class FreeSlot(NamedTuple):
    """A slot with free seats. `needed` is how many slots the service takes under its rule."""

    rule_id: int
    sequence: int
    starts_at: datetime
    ends_at: datetime
    free: int
    needed: int


class Start(NamedTuple):
    """An instant at which a service can begin; the least of its slots' free seats is `places_left`."""

    starts_at: datetime
    ends_at: datetime
    places_left: int


def slots_needed(
    duration_minutes: int | None, slot_minutes: int, documents: int = 1, extra_minutes: int | None = None
) -> int:
    """How many adjacent slots a visit takes; one when the service's duration is unknown.

    Each document after the first adds `extra_minutes`.
    """
    if duration_minutes is None:
        return 1
    return -(-visit_minutes(duration_minutes, documents, extra_minutes) // slot_minutes)


def visit_minutes(duration_minutes: int, documents: int, extra_minutes: int | None) -> int:
    """How long a visit for so many documents takes."""
    return duration_minutes + (extra_minutes or 0) * (documents - 1)


def slots_for_day(rule: Rule, day: date, closures: Iterable[ClosedTime]) -> list[PlannedSlot]:
    """The slots that a rule makes on a local day: whole ones only, none that touches a closure.

    Steps are of real time from the opening, so a change of the clock neither repeats nor skips a slot.
    """
    if day.weekday() != rule.weekday or day < rule.valid_from:
        return []
    if (rule.valid_until and day > rule.valid_until) or (rule.opens_on and day < rule.opens_on):
        return []
    zone = ZoneInfo(rule.timezone)
    closed = [_closed_instants(c, zone) for c in closures if c.day == day]
    opens, closes = _at(day, rule.opens, zone), _at(day, rule.closes, zone)
    step = timedelta(minutes=rule.slot_minutes)
    slots = []
    for i in range(int((closes - opens) / step)):
        starts_at, ends_at = opens + i * step, opens + (i + 1) * step
        if all(ends_at <= begin or starts_at >= end for begin, end in closed):
            sequence = day.toordinal() * SEQUENCES_A_DAY + i
            slots.append(PlannedSlot(rule.id, rule.office_id, sequence, starts_at, ends_at, rule.seats))
    return slots


def possible_starts(free_slots: Iterable[FreeSlot]) -> list[Start]:
    """Where a service can begin: each slot followed, without a gap in its rule, by the others it needs."""
    slots = list(free_slots)
    if all(slot.needed == 1 for slot in slots):  # mostly, and a month has a thousand
        starts = [Start(slot.starts_at, slot.ends_at, slot.free) for slot in slots]
    else:
        starts = _runs(slots)
    return sorted(starts, key=attrgetter("starts_at"))


def _runs(free_slots: Iterable[FreeSlot]) -> list[Start]:
    by_rule: dict[int, dict[int, FreeSlot]] = defaultdict(dict)
    for slot in free_slots:
        by_rule[slot.rule_id][slot.sequence] = slot
    starts = []
    for slots in by_rule.values():
        for sequence, first in slots.items():
            if first.needed > MOST_SLOTS:  # booking refuses it
                continue
            run = [slots.get(sequence + i) for i in range(first.needed)]
            whole = [slot for slot in run if slot is not None]
            if len(whole) == first.needed:
                starts.append(Start(first.starts_at, whole[-1].ends_at, min(s.free for s in whole)))
    return starts


def places_by_day(starts: Sequence[Start], timezone: str) -> dict[date, int]:
    """Places left on each local day that has any."""
    zone = ZoneInfo(timezone)
    totals: dict[date, int] = defaultdict(int)
    for start in starts:
        totals[start.starts_at.astimezone(zone).date()] += start.places_left
    return dict(totals)


def day_begins(day: date, timezone: str) -> datetime:
    """The first instant of a local day, in UTC."""
    return _at(day, time.min, ZoneInfo(timezone))


def _at(day: date, local: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, local, zone).astimezone(UTC)


def _closed_instants(closure: ClosedTime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    if closure.from_time is None or closure.to_time is None:
        return _at(closure.day, time.min, zone), _at(closure.day + timedelta(days=1), time.min, zone)
    return _at(closure.day, closure.from_time, zone), _at(closure.day, closure.to_time, zone)
