"""Publish slots: write the seats that the opening rules make, some days before the public may take them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import insert, or_, select

from consular.foundation.clock import day_in
from consular.foundation.database import FAR_PAST, db
from consular.offices.models import Office
from consular.schedule.models import Closure, OpeningRule, Seat, Slot
from consular.schedule.slots import ClosedTime, PlannedSlot, Rule, day_begins, slots_for_day

AHEAD_DAYS = 7  # written this long before they open, so that a day's opening waits for no worker
T = TypeVar("T")
_ROWS = 2000  # rows an INSERT, far below the parameter limits of both databases


def publish(horizon_days: int, now: datetime, *, since: datetime | None = None) -> int:
    """Write every slot that is missing up to the horizon and a week beyond; the number written.

    A day beyond the horizon opens by the clock, at its local midnight `horizon_days` before: the seat's
    `free_from` says so. `since` (now, unless given) is the earliest start. Running it twice, or twice at once, writes nothing twice.
    """
    rules = _rules()
    closures = _closures()
    written = 0
    for rule in rules:
        today = day_in(rule.timezone, now)
        planned = [
            slot
            for offset in range(horizon_days + AHEAD_DAYS + 1)
            for slot in slots_for_day(rule, today + timedelta(days=offset), closures[rule.office_id])
            if slot.starts_at > (since or now)
        ]
        written += _write(planned, rule.timezone, horizon_days, now)
    return written


def _rules() -> list[Rule]:
    rows = db.session.execute(
        select(
            OpeningRule.id,
            OpeningRule.office_id,
            OpeningRule.weekday,
            OpeningRule.opens,
            OpeningRule.closes,
            OpeningRule.slot_minutes,
            OpeningRule.seats,
            OpeningRule.valid_from,
            OpeningRule.valid_until,
            Office.timezone,
            Office.opens_on,
        )
        .join(Office, Office.id == OpeningRule.office_id)
        .where(Office.status == "open")
        .order_by(OpeningRule.id)
        .with_for_update(of=OpeningRule)  # two publishers at once take turns, rule by rule
    )
    return [Rule(*row) for row in rows]


def _closures() -> defaultdict[int, list[ClosedTime]]:
    rows = db.session.execute(
        select(Office.id, Closure.day, Closure.from_time, Closure.to_time, Closure.reason).join(
            Closure, or_(Closure.office_id.is_(None), Closure.office_id == Office.id)
        )
    )
    closures: defaultdict[int, list[ClosedTime]] = defaultdict(list)
    for office_id, day, from_time, to_time, reason in rows:
        closures[office_id].append(ClosedTime(day, from_time, to_time, reason))
    return closures


def _write(planned: list[PlannedSlot], timezone: str, horizon_days: int, now: datetime) -> int:
    if not planned:
        return 0
    rule_id = planned[0].rule_id
    present = set(
        db.session.scalars(
            select(Slot.sequence).where(Slot.rule_id == rule_id, Slot.sequence >= planned[0].sequence)
        )
    )
    missing = [slot for slot in planned if slot.sequence not in present]
    for some in _pieces(missing, _ROWS):
        ids = _insert_slots(some)
        seats = [
            {
                "slot_id": ids[slot.sequence],
                "no": no,
                "office_id": slot.office_id,
                "starts_at": slot.starts_at,
                "free_from": _opens_to_public(slot, timezone, horizon_days, now),
                "general_from": FAR_PAST,
            }
            for slot in some
            for no in range(1, slot.seats + 1)
        ]
        for rows in _pieces(seats, _ROWS):
            db.session.execute(insert(Seat), list(rows))
    return len(missing)


def _insert_slots(slots: Iterable[PlannedSlot]) -> dict[int, int]:
    rows = db.session.execute(
        insert(Slot).returning(Slot.sequence, Slot.id),
        [
            {
                "rule_id": slot.rule_id,
                "office_id": slot.office_id,
                "sequence": slot.sequence,
                "starts_at": slot.starts_at,
                "ends_at": slot.ends_at,
            }
            for slot in slots
        ],
    )
    return {sequence: id_ for sequence, id_ in rows}


def _opens_to_public(slot: PlannedSlot, timezone: str, horizon_days: int, now: datetime) -> datetime:
    opening = day_begins(day_in(timezone, slot.starts_at) - timedelta(days=horizon_days), timezone)
    return FAR_PAST if opening <= now else opening


def _pieces(items: list[T], size: int) -> Iterator[list[T]]:
    return (items[i : i + size] for i in range(0, len(items), size))


def last_open_day(horizon_days: int, timezone: str, now: datetime) -> date:
    """The last local day that the calendar shows today."""
    return day_in(timezone, now) + timedelta(days=horizon_days)
