"""What is free next and when offices are closed, remembered office by office while nothing has changed.

People ask from thousands of places about the same offices: an answer as a whole is rarely asked twice, what it says of
each office often is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, or_, select

from consular.foundation.database import connection, db
from consular.schedule.first_free import Days, first_free
from consular.schedule.models import Closure
from consular.schedule.opening import LOOK_AHEAD_DAYS
from consular.schedule.versions import Version


@dataclass(frozen=True, slots=True)
class Closed:
    """A closure of one office, or of all when `office_id` is None; without times it is the whole day."""

    office_id: int | None
    day: date
    from_time: time | None
    to_time: time | None
    reason: str


@dataclass
class _Known:
    """Everything that was read under one version, by office id."""

    version: Version
    free: dict[tuple[str | None, timedelta], dict[int, datetime | None]] = field(default_factory=dict)
    closed: dict[int, tuple[Closed, ...]] = field(default_factory=dict)


# By database, because a process of the tests has several.
_known: WeakKeyDictionary[Engine, _Known] = WeakKeyDictionary()


def next_free(
    version: Version | None,
    service: str | None,
    now: datetime,
    lead: timedelta,
    documents: int,
    offices: Mapping[int, str],
    days: Days | None,
) -> dict[int, datetime]:
    """`first_free` of these offices (zones by id): one statement for those that nobody asked for under this version.

    Only what most people ask for is remembered: one document, on any day. The version must be that of the country,
    read before; without one nothing is remembered.
    """
    if version is None or documents != 1 or days is not None:
        return first_free(service, now, lead, documents=documents, offices=offices, days=days)
    known = _under(version).free.setdefault((service, lead), {})
    missing = {office_id: zone for office_id, zone in offices.items() if office_id not in known}
    fresh = first_free(service, now, lead, offices=missing)
    known |= {office_id: fresh.get(office_id) for office_id in missing}
    return {office_id: at for office_id in offices if (at := known[office_id]) is not None}


def closures_of(
    version: Version | None, offices: Sequence[int], now: datetime
) -> Mapping[int, Sequence[Closed]]:
    """The closures of the days ahead by office id, those of all offices with each: one statement, or none.

    `version` is as with `next_free`.
    """
    known = {} if version is None else _under(version).closed
    missing = [office_id for office_id in offices if office_id not in known]
    if missing:
        rows = _closures(missing, now)
        known |= {
            office_id: tuple(row for row in rows if row.office_id in (None, office_id))
            for office_id in missing
        }
    return known


def forget() -> None:
    """Remember nothing of this database, for whoever compares with an answer made anew."""
    _known.pop(db.engine, None)


def _under(version: Version) -> _Known:
    known = _known.get(db.engine)
    if known is None or known.version != version:
        known = _known[db.engine] = _Known(version)
    return known


# Built once: building it takes longer than running it.
_CLOSURES = (
    select(Closure.office_id, Closure.day, Closure.from_time, Closure.to_time, Closure.reason)
    .where(
        Closure.day >= bindparam("first"),
        Closure.day <= bindparam("last"),
        or_(Closure.office_id.is_(None), Closure.office_id.in_(bindparam("offices", expanding=True))),
    )
    .order_by(Closure.day, Closure.from_time)
)


def _closures(offices: Sequence[int], now: datetime) -> list[Closed]:
    first = now.date() - timedelta(days=1)
    values = {
        "first": first,
        "last": first + timedelta(days=LOOK_AHEAD_DAYS + 2),
        "offices": list(offices),
    }
    return [Closed(*row) for row in connection().execute(_CLOSURES, values)]
