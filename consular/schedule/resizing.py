"""More or fewer seats in a slot; a taken seat is never removed."""

from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select, tuple_

from consular.audit import journal
from consular.foundation.database import FAR_PAST, db
from consular.foundation.errors import Refusal, Unknown
from consular.schedule.models import Seat, Slot

MOST_SEATS = 200  # the same bound as an opening rule's


class SlotNotFound(Unknown):
    """No such slot at this office."""


class SeatsChanged(Refusal):
    """The slot has not the number of seats that the change was made from (`present`)."""


class SeatsInUse(Refusal):
    """Fewer free seats (`removable`) than would have to go."""


class SlotBegun(Refusal):
    """The slot has begun: what its seats were is history now."""


class SeatsOutOfRange(Refusal):
    """Not a number from 0 to MOST_SEATS."""

    status = 422


def set_seats(*, office_id: int, slot_id: int, seats: int, seen: int, now: datetime, actor: str) -> None:
    """Give a slot of an office `seats` seats; `seen` is how many it had when the change was decided.

    Seats that are taken, or held by somebody who is filling a form, stay.

    Raises:
        SeatsOutOfRange, SlotNotFound, SlotBegun, SeatsChanged, SeatsInUse
    """
    if not 0 <= seats <= MOST_SEATS:
        raise SeatsOutOfRange(most=MOST_SEATS)
    slot = db.session.execute(
        select(Slot.starts_at, Slot.office_id)
        .where(Slot.id == slot_id, Slot.office_id == office_id)
        .with_for_update()  # two changes of one slot take turns
    ).one_or_none()
    if slot is None:
        raise SlotNotFound()
    if slot.starts_at <= now:
        raise SlotBegun()
    present = db.session.scalar(select(func.count()).where(Seat.slot_id == slot_id)) or 0
    if present != seen:
        raise SeatsChanged(present=present)
    if seats > present:
        _add(slot_id, office_id, slot.starts_at, seats - present)
    elif seats < present:
        _remove(slot_id, present - seats, now)
    journal.record(actor, "set_seats", "slot", str(slot_id), before=present, after=seats)


def _add(slot_id: int, office_id: int, starts_at: datetime, number: int) -> None:
    last = db.session.scalar(select(func.max(Seat.no)).where(Seat.slot_id == slot_id)) or 0
    # A slot beyond the horizon opens by the clock: a new seat opens with the others of its day.
    opens = db.session.scalar(
        select(func.max(Seat.free_from)).where(
            Seat.office_id == office_id,
            Seat.starts_at == starts_at,
            Seat.appointment_id.is_(None),
            Seat.hold.is_(None),
        )
    )
    db.session.execute(
        insert(Seat),
        [
            {
                "slot_id": slot_id,
                "no": last + i,
                "office_id": office_id,
                "starts_at": starts_at,
                "free_from": opens or FAR_PAST,
                "general_from": FAR_PAST,
            }
            for i in range(1, number + 1)
        ],
    )


def _remove(slot_id: int, number: int, now: datetime) -> None:
    removable = db.session.execute(
        select(Seat.slot_id, Seat.no)
        .where(
            Seat.slot_id == slot_id,
            Seat.appointment_id.is_(None),
            or_(Seat.hold.is_(None), Seat.free_from <= now),
        )
        .order_by(Seat.no.desc())
        .limit(number)
        .with_for_update()
    ).all()
    if len(removable) < number:
        raise SeatsInUse(removable=len(removable))
    keys = [(slot, no) for slot, no in removable]
    db.session.execute(
        delete(Seat)
        .where(tuple_(Seat.slot_id, Seat.no).in_(keys))
        .execution_options(synchronize_session=False)
    )
