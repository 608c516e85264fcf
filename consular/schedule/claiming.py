"""Claim seats: the only statement of the program by which a seat stops being free."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select, tuple_, update
from sqlalchemy.engine import CursorResult

from consular.foundation.database import db
from consular.foundation.errors import Refusal
from consular.schedule.conditions import is_free
from consular.schedule.models import Seat


class SlotTaken(Refusal):
    """Fewer seats are free than were asked for: somebody was faster."""


def claim(
    slot_ids: Sequence[int], places: int, token: str, until: datetime, now: datetime, *, preferential: bool
) -> None:
    """Hold `places` free seats in each slot (given in ascending start) for `token` until an instant.

    Whoever updates the rows first has them: the database decides, not a count that was read before.

    Raises:
        SlotTaken: a slot had fewer free seats; the caller's transaction must be rolled back.
    """
    for slot_id in slot_ids:
        missing = places - _claim_some(slot_id, places, token, until, now, preferential, wait=False)
        if missing and db.engine.dialect.name == "postgresql":
            # Seats locked by another transaction were skipped; it may yet roll back, so wait once.
            missing -= _claim_some(slot_id, missing, token, until, now, preferential, wait=True)
        if missing:
            raise SlotTaken()


def _claim_some(
    slot_id: int, places: int, token: str, until: datetime, now: datetime, preferential: bool, *, wait: bool
) -> int:
    free = _free_seats(slot_id, places, now, preferential).with_for_update(skip_locked=not wait)
    pick = free.cte("pick")  # a CTE that locks is evaluated once, so LIMIT is a limit
    claimed = db.session.execute(
        update(Seat)
        .where(tuple_(Seat.slot_id, Seat.no).in_(select(pick.c.slot_id, pick.c.no)))
        .values(hold=token, free_from=until)
        .returning(Seat.no)  # counted, because sqlite3 has no row count for a statement that begins WITH
        .execution_options(synchronize_session=False)
    )
    return len(claimed.all())


def _free_seats(slot_id: int, places: int, now: datetime, preferential: bool) -> Select[int, int]:
    # Preferential seats first for those who may have them, so that general ones stay for the others.
    order = (Seat.general_from.desc(), Seat.no) if preferential else (Seat.no,)
    return (
        select(Seat.slot_id, Seat.no)
        .where(Seat.slot_id == slot_id, is_free(now, preferential=preferential))
        .order_by(*order)
        .limit(places)
    )


def release(token: str, now: datetime) -> int:
    """Give back the seats that a hold still has; the number of them. Taken seats are never touched."""
    released = db.session.execute(
        update(Seat)
        .where(Seat.hold == token)
        .values(hold=None, free_from=now)
        .execution_options(synchronize_session=False)
    )
    return released.rowcount if isinstance(released, CursorResult) else 0
