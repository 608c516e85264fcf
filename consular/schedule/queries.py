"""What is free and when: reads that return values and change nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Integer, Select, and_, exists, func, literal, or_, select

from consular.foundation.clock import day_in
from consular.foundation.database import connection, db
from consular.offices.models import Offer, Office, Service
from consular.offices.queries import OfficeUnknown, ServiceUnknown
from consular.schedule.conditions import is_free, needed_slots
from consular.schedule.first_free import first_free as first_free
from consular.schedule.models import Closure, OpeningRule, OpeningRuleService, Seat, Slot
from consular.schedule.slots import ClosedTime, FreeSlot, Start, day_begins, places_by_day, possible_starts


@dataclass(frozen=True)
class OfficeService:
    """An office and a service, with what a calendar needs to know of them.

    `offers` is None when nothing at all is known; `takes_appointments` is whether any opening rule
    serves this service; `closures` are those of the days that were asked for.
    """

    office_id: int
    slug: str
    name: str
    status: str
    opens_on: date | None
    timezone: str
    city: str | None
    address: str | None
    latitude: float
    longitude: float
    service_id: int
    code: str
    texts: dict[str, Any]
    duration_minutes: int | None
    extra_minutes: int | None
    bookable: bool
    offers: str | None
    attendance: str | None
    takes_appointments: bool
    closures: tuple[ClosedTime, ...]


@dataclass(frozen=True)
class DayTotal:
    """One local day of a calendar: places left for the service, and why the office is closed, if it is."""

    day: date
    places_left: int
    closed: str | None


def office_service(
    office: str, service: str, first_day: date | None = None, last_day: date | None = None
) -> OfficeService:
    """An office and a service by their public codes, with the closures between two days. One statement.

    Raises:
        OfficeUnknown, ServiceUnknown
    """
    rows = db.session.execute(_office_service(office, service, first_day, last_day)).all()
    if not rows:
        raise OfficeUnknown(office=office)
    first = rows[0]
    if first.service_id is None:
        raise ServiceUnknown(service=service)
    values = first._asdict()
    for column in ("day", "from_time", "to_time", "reason"):
        values.pop(column)
    closures = tuple(ClosedTime(r.day, r.from_time, r.to_time, r.reason) for r in rows if r.day)
    return OfficeService(**values, closures=closures)


def _office_service(
    office: str, service: str, first_day: date | None, last_day: date | None
) -> Select[*tuple[Any, ...]]:
    has_rule = exists().where(
        OpeningRule.office_id == Office.id,
        OpeningRuleService.rule_id == OpeningRule.id,
        OpeningRuleService.service_id == Service.id,
    )
    return (
        select(
            Office.id.label("office_id"),
            *(Office.slug, Office.name, Office.status, Office.opens_on, Office.timezone),
            *(Office.city, Office.address, Office.latitude, Office.longitude),
            Service.id.label("service_id"),
            *(Service.code, Service.texts, Service.duration_minutes, Service.extra_minutes, Service.bookable),
            *(Offer.offers, Offer.attendance),
            has_rule.label("takes_appointments"),
            *(Closure.day, Closure.from_time, Closure.to_time, Closure.reason),
        )
        .select_from(Office)
        .outerjoin(Service, Service.code == service)
        .outerjoin(Offer, and_(Offer.office_id == Office.id, Offer.service_id == Service.id))
        .outerjoin(
            Closure,
            and_(
                or_(Closure.office_id == Office.id, Closure.office_id.is_(None)),
                # Without days no closure is wanted: an empty range.
                Closure.day >= (first_day or date.max),
                Closure.day <= (last_day or date.min),
            ),
        )
        .where(Office.slug == office)
        .order_by(Closure.day, Closure.from_time)
    )


def free_starts(
    target: OfficeService,
    first_day: date,
    last_day: date,
    now: datetime,
    lead: timedelta,
    *,
    documents: int = 1,
    preferential: bool = False,
) -> list[Start]:
    """Every instant between two local days, both included, at which the service can begin. One statement.

    `documents` is how many the citizen brings to one visit: each may make it longer.
    """
    # Slots may have been published before the opening day was put off: booking refuses them.
    opens_on = max(first_day, target.opens_on or first_day)
    begin = max(day_begins(opens_on, target.timezone), now + lead)
    end = day_begins(last_day + timedelta(days=1), target.timezone)
    # Without the session's own work on each row: there may be a thousand.
    rows = connection().execute(
        select(
            Slot.rule_id,
            Slot.sequence,
            Slot.starts_at,
            Slot.ends_at,
            func.count().label("free"),
            needed_slots(
                literal(target.duration_minutes, Integer), literal(target.extra_minutes, Integer), documents
            ).label("needed"),
        )
        .select_from(Seat)
        .join(Slot, Slot.id == Seat.slot_id)
        .join(OpeningRule, OpeningRule.id == Slot.rule_id)
        .join(OpeningRuleService, OpeningRuleService.rule_id == Slot.rule_id)
        .where(
            Seat.office_id == target.office_id,
            Seat.starts_at >= begin,
            Seat.starts_at < end,
            OpeningRuleService.service_id == target.service_id,
            is_free(now, preferential=preferential),
        )
        .group_by(Slot.id, OpeningRule.slot_minutes)
    )
    return possible_starts(map(FreeSlot._make, rows))


def free_days(
    target: OfficeService,
    first_day: date,
    last_day: date,
    now: datetime,
    lead: timedelta,
    *,
    documents: int = 1,
    preferential: bool = False,
) -> list[DayTotal]:
    """One entry for each day between two local days, both included. One statement.

    `target` carries the closures of those days; only a closure of the whole day closes it.
    """
    starts = free_starts(
        target, first_day, last_day, now, lead, documents=documents, preferential=preferential
    )
    places = places_by_day(starts, target.timezone)
    closed = {c.day: c.reason for c in target.closures if c.from_time is None}
    days = [first_day + timedelta(days=i) for i in range((last_day - first_day).days + 1)]
    return [DayTotal(day, places.get(day, 0), closed.get(day)) for day in days]


@dataclass(frozen=True)
class WeekSlot:
    """A slot as the desk sees it: its seats by what has become of them, and whom it serves."""

    slot_id: int
    rule_id: int
    starts_at: datetime
    ends_at: datetime
    seats: int
    taken: int
    held: int
    services: tuple[str, ...]

    @property
    def free(self) -> int:
        return self.seats - self.taken - self.held


def week(office_id: int, timezone: str, monday: date, now: datetime) -> list[WeekSlot]:
    """The slots of seven local days of an office, seats counted, in order. Two statements."""
    held = and_(Seat.appointment_id.is_(None), Seat.hold.is_not(None), Seat.free_from > now)
    rows = db.session.execute(
        select(
            Slot.id,
            Slot.rule_id,
            Slot.starts_at,
            Slot.ends_at,
            func.count(Seat.no),
            func.count(Seat.appointment_id),
            func.count(Seat.no).filter(held),
        )
        .outerjoin(Seat, Seat.slot_id == Slot.id)
        .where(
            Slot.office_id == office_id,
            Slot.starts_at >= day_begins(monday, timezone),
            Slot.starts_at < day_begins(monday + timedelta(days=7), timezone),
        )
        .group_by(Slot.id)
        .order_by(Slot.starts_at, Slot.rule_id)
    ).all()
    services = _services_by_rule({row[1] for row in rows})
    return [WeekSlot(*row, services=services.get(row[1], ())) for row in rows]


def _services_by_rule(rule_ids: set[int]) -> dict[int, tuple[str, ...]]:
    rows: Sequence[Any] = db.session.execute(
        select(OpeningRuleService.rule_id, Service.code)
        .join(Service, Service.id == OpeningRuleService.service_id)
        .where(OpeningRuleService.rule_id.in_(rule_ids))
        .order_by(Service.position)
    ).all()
    return {rule: tuple(code for r, code in rows if r == rule) for rule in {row[0] for row in rows}}


@dataclass(frozen=True)
class ClosureAhead:
    """A closure as an office's page shows it."""

    day: date
    from_time: time | None
    to_time: time | None
    kind: str
    reason: str


def closures_ahead(office_id: int, timezone: str, now: datetime, days: int = 60) -> list[ClosureAhead]:
    """Closures of an office from its today on, national ones included. One statement."""
    today = day_in(timezone, now)
    rows = db.session.execute(
        select(Closure.day, Closure.from_time, Closure.to_time, Closure.kind, Closure.reason)
        .where(
            or_(Closure.office_id == office_id, Closure.office_id.is_(None)),
            Closure.day >= today,
            Closure.day <= today + timedelta(days=days),
        )
        .order_by(Closure.day, Closure.from_time)
    )
    return [ClosureAhead(*row) for row in rows]


def last_published_day(office_id: int, timezone: str, now: datetime) -> date | None:
    """The last local day on which any seat of the office is open to the public by now. One statement."""
    last = db.session.scalar(
        select(func.max(Seat.starts_at)).where(
            Seat.office_id == office_id,
            or_(Seat.free_from <= now, Seat.appointment_id.is_not(None), Seat.hold.is_not(None)),
        )
    )
    return None if last is None else day_in(timezone, last)
