"""Which state of what is free is the present one: what was read under a version holds as long as it is the same.

One small statement, by which an answer that was kept in memory is known to be what a fresh one would be. Nothing
but the database is asked, so it makes no difference who changed what, or in which process.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute

from consular.foundation.database import Instant, connection, db
from consular.foundation.statements import rows_of
from consular.offices.models import FactsVersion, Office
from consular.schedule.models import CLOCK_MOVES, ScheduleChange, Seat


@dataclass(frozen=True, slots=True)
class Version:
    """A state of the world; equal ones give equal answers to equal questions.

    `facts` is what is published about offices; `changes` the sum of the tokens of all changes of the schedule;
    `freed` and `opened` are the last instants at which the clock alone made a seat free, or free to all;
    `minute` and `exact` place the clock between two whole minutes, or on one: hours, days, and a start that
    is too near to be booked change on whole minutes only.
    """

    facts: str
    changes: int
    freed: datetime | None
    opened: datetime | None
    minute: datetime
    exact: bool


def version_of_office(slug: str, now: datetime) -> Version | None:
    """The version of what is free at one office. One statement; None when the facts have none."""
    return _version(_OF_OFFICE, {"now": now, "slug": slug}, now)


def version_of_country(now: datetime) -> Version | None:
    """The version of what is free anywhere. One statement; None when the facts have none."""
    return _version(_OF_COUNTRY, {"now": now}, now)


def _version(statement: Select[Any], values: dict[str, Any], now: datetime) -> Version | None:
    ((facts, changes, freed, opened),) = rows_of(connection(), statement, values)
    if facts is None:
        return None
    minute = now.replace(second=0, microsecond=0)
    return Version(facts, int(changes or 0), freed, opened, minute, exact=minute == now)


def add_up_changes() -> None:
    """Make one row of an office's many, with the same sum, so that every version stays what it is.

    One statement, for PostgreSQL: SQLite's triggers keep one row an office as it is. Two at once are
    harmless: each adds up the rows that it could delete.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text(ADD_UP))


# No office has the number 0. IS NOT DISTINCT FROM would compare each row with each office.
ADD_UP = """WITH gone AS (
  DELETE FROM schedule_change AS change USING (
    SELECT coalesce(office_id, 0) AS office FROM schedule_change GROUP BY 1 HAVING count(*) > 1
  ) AS many WHERE coalesce(change.office_id, 0) = many.office
  RETURNING change.office_id, change.token
) INSERT INTO schedule_change (office_id, token) SELECT office_id, sum(token) FROM gone GROUP BY office_id"""


def _last(column: InstrumentedAttribute[datetime]) -> Any:
    """The last instant of that column that the clock has passed: one step in its index.

    SQLite ends its search at the upper bound that is written first: with the index's own there it would walk
    through all instants to come.
    """
    return (
        select(column)
        .where(column <= bindparam("now", type_=Instant), text(CLOCK_MOVES.format(column=column.key)))
        .order_by(column.desc())
        .limit(1)
        .scalar_subquery()
    )


def _statement(changes: Select[Any]) -> Select[Any]:
    facts = select(FactsVersion.token).scalar_subquery()
    return select(facts, changes.scalar_subquery(), _last(Seat.free_from), _last(Seat.general_from))


# Built once: building them takes longer than running them.
_SUM = select(func.sum(ScheduleChange.token))
_OFFICE = select(Office.id).where(Office.slug == bindparam("slug")).scalar_subquery()
_OF_COUNTRY = _statement(_SUM)
_OF_OFFICE = _statement(
    _SUM.where(or_(ScheduleChange.office_id.is_(None), ScheduleChange.office_id == _OFFICE))
)
