"""National holidays as closures of every office."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from consular.foundation.database import db
from consular.schedule.models import Closure


def load_holidays(holidays: Iterable[tuple[date, str]]) -> int:
    """Write the holidays (day, name) that are not there yet; the number written.

    Existing ones are kept as they are: an office may have corrected a name.
    """
    present = set(db.session.scalars(select(Closure.day).where(Closure.office_id.is_(None))))
    missing = {day: name for day, name in holidays if day not in present}
    db.session.add_all(Closure(day=day, kind="holiday", reason=name) for day, name in missing.items())
    db.session.flush()
    return len(missing)
