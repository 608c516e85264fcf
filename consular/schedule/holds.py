"""What a hold still has: the seats that are kept while a citizen fills the form."""

from sqlalchemy import func, select

from consular.foundation.database import db
from consular.schedule.models import Seat


def seats_of(token: str) -> dict[int, int]:
    """How many seats the hold has in each slot, by the slot's id. One statement.

    A hold whose time is over keeps its seats until somebody else claims them: then nobody was wronged.
    """
    rows = db.session.execute(
        select(Seat.slot_id, func.count()).where(Seat.hold == token).group_by(Seat.slot_id)
    )
    return {slot_id: seats for slot_id, seats in rows}
