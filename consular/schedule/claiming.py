"""Claim seats: the only statements of the program by which a seat stops being free."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import CTE, Integer, Select, Table, bindparam, select, tuple_, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.sql.dml import ReturningUpdate

from consular.foundation.database import FAR_FUTURE, Instant, connection, db, writing
from consular.foundation.errors import Refusal
from consular.foundation.rows import Giving, Step
from consular.foundation.statements import ready, send_given
from consular.schedule.conditions import is_free
from consular.schedule.models import BigId, Seat, Slot


class SlotTaken(Refusal):
    """Fewer seats are free than were asked for: somebody was faster."""


def claim(
    slot_ids: Sequence[int], places: int, token: str, until: datetime, now: datetime, *, preferential: bool
) -> None:
    """Hold `places` free seats in each slot (given in ascending start) for `token` until an instant.

    Whoever updates the rows first has them: the database decides, not a count that was read before.

    Raises:
        SlotTaken: a slot had fewer free seats; what was claimed before is free again, whatever the caller answers.
    """
    statement = ready(_claim(preferential), connection().dialect)
    values = {"places": places, "now": now, "token": token, "until": until}
    asked = [statement.given({**values, "slot": slot_id}) for slot_id in slot_ids]
    on, claimed = writing(), 0
    for each in asked:
        found = len(send_given(on, statement, each))
        claimed += found
        if found < places:
            if claimed:
                release(token, now)
            raise SlotTaken()


def seat_for(appointments: Table, slot_id: int, now: datetime, *, preferential: bool) -> Step:
    """A free seat of one slot, taken by the appointment that the same statement writes: nobody holds it before.

    Where `rows.one_statement()`; nothing is picked when `claim` would raise SlotTaken.
    """
    values = {"slot": slot_id, "places": 1, "now": now}
    return Step(_giving(appointments, preferential), values)


@cache
def _giving(appointments: Table, preferential: bool) -> Giving:
    pick = _free_seats(preferential).cte("pick")

    def taken(appointment: CTE) -> CTE:
        return (
            update(Seat)
            .where(Seat.slot_id == pick.c.slot_id, Seat.no == pick.c.no)
            .values(appointment_id=appointment.c.id, hold=None, free_from=FAR_FUTURE)
            .cte("taken")
        )

    return Giving(pick, appointments, taken)


@cache
def _claim(preferential: bool) -> ReturningUpdate[int]:
    """Built once for each kind: building it takes longer than running it."""
    pick = _free_seats(preferential).cte("pick")
    return (
        update(Seat)
        .where(tuple_(Seat.slot_id, Seat.no).in_(select(pick.c.slot_id, pick.c.no)))
        .values(hold=bindparam("token"), free_from=bindparam("until", type_=Instant))
        .returning(Seat.no)  # counted, because sqlite3 has no row count for a statement that begins WITH
    )


def _free_seats(preferential: bool) -> Select[int, int]:
    """The seats to take, locked; SQLite ignores the locks, its writers take turns anyway.

    Claimants of one slot take turns at its row, and slots are taken in ascending start, so two of them
    never wait for each other. Waiting for a seat's lock instead deadlocks: see decision 3. When the wait
    is over, PostgreSQL looks at each seat again as it is then, not as the statement first saw it.
    """
    slot = bindparam("slot", type_=BigId)
    turn = select(Slot.id).where(Slot.id == slot).with_for_update(key_share=True).cte("turn")
    # Preferential seats first for those who may have them, so that general ones stay for the others.
    order = (Seat.general_from.desc(), Seat.no) if preferential else (Seat.no,)
    return (
        select(Seat.slot_id, Seat.no)
        .where(
            Seat.slot_id == slot,
            Seat.slot_id.in_(select(turn.c.id)),
            is_free(bindparam("now", type_=Instant), preferential=preferential),
        )
        .order_by(*order)
        .limit(bindparam("places", type_=Integer))
        .with_for_update(of=Seat)
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
