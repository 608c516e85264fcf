"""Conditions in SQL that claims and reads share: when a seat is free, how many slots a service takes."""

from datetime import datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func

from consular.schedule.models import OpeningRule, Seat


def is_free(
    now: datetime | ColumnElement[datetime], *, preferential: bool = False, seat: type[Seat] = Seat
) -> ColumnElement[bool]:
    """The condition that a seat is free at `now` (an expired hold is free again by the clock alone).

    Seats kept for preferential attention count only when it was asked for, until their own instant.
    `seat` is an alias where a query looks at two seats.
    """
    free = and_(seat.appointment_id.is_(None), seat.free_from <= now)
    return free if preferential else and_(free, seat.general_from <= now)


def needed_slots(
    duration_minutes: SQLColumnExpression[int | None],
    extra_minutes: SQLColumnExpression[int | None],
    documents: int | ColumnElement[int],
) -> ColumnElement[int]:
    """`slots.slots_needed` in SQL, under the rule that is joined: ceil(duration / slot length)."""
    visit = duration_minutes + func.coalesce(extra_minutes, 0) * (documents - 1)
    duration: ColumnElement[int] = func.coalesce(visit, OpeningRule.slot_minutes)
    return (duration + OpeningRule.slot_minutes - 1) // OpeningRule.slot_minutes
