"""What a hold still has: the seats that are kept while a citizen fills the form."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from consular.foundation.database import FAR_PAST, db
from consular.offices.models import Office
from consular.schedule.models import Seat


@dataclass(frozen=True)
class Held:
    """How many seats a hold has in each slot, by the slot's id, and until when nobody else can take them."""

    seats: dict[int, int]
    until: datetime


def held_by(token: str) -> Held:
    """The seats of a hold; none when there is no such hold. One statement.

    A hold whose time is over keeps its seats until somebody else claims them: then nobody was wronged.
    """
    rows = db.session.execute(
        select(Seat.slot_id, func.count().label("seats"), func.min(Seat.free_from).label("until"))
        .where(Seat.hold == token)
        .group_by(Seat.slot_id)
    ).all()
    return Held({row.slot_id: row[1] for row in rows}, min((row.until for row in rows), default=FAR_PAST))


def office_of_hold(token: str) -> str | None:
    """The slug of the office whose seats a hold has; None when it has none. One statement."""
    held = select(Office.slug).join(Seat, Seat.office_id == Office.id).where(Seat.hold == token)
    slug: str | None = db.session.scalar(held.limit(1))
    return slug
