"""The next free place of many offices, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from consular.foundation.database import FAR_FUTURE, Instant, connection
from consular.offices.models import Offer, Office, Service
from consular.schedule.conditions import is_free, needed_slots
from consular.schedule.models import OpeningRule, OpeningRuleService, Seat, Slot
from consular.schedule.slots import MOST_SLOTS, day_begins


@dataclass(frozen=True, slots=True)
class Days:
    """Local days within which a place must begin, both included; None leaves that end open."""

    first: date | None = None
    last: date | None = None


def first_free(
    service: str | None,
    now: datetime,
    lead: timedelta,
    *,
    documents: int = 1,
    preferential: bool = False,
    offices: Mapping[int, str] | None = None,
    days: Days | None = None,
) -> dict[int, datetime]:
    """The next free place of every open office that has one, by the office's id. One statement.

    With a service, the earliest start at which it fits; without, over all that the office offers.

    Args:
        offices: only these: their IANA zones by their ids; every one when None.
        days: the place must lie within these days of the office's own calendar; needs `offices`.
    """
    if offices is not None and not offices:
        return {}
    zones = sorted(set(offices.values())) if offices is not None and days is not None else []
    values: dict[str, Any] = {"now": now, "earliest": now + lead, "documents": documents, "service": service}
    if offices is not None:
        values["offices"] = list(offices)
    for number, zone in enumerate(zones):
        begin, end = _edges(days or Days(), zone)
        values |= {
            f"zone_{number}": zone,
            f"begin_{number}": max(begin or now, now + lead),
            f"end_{number}": end,
        }
    statement = _statement(service is not None, preferential, offices is not None, len(zones))
    rows: Sequence[Any] = connection().execute(statement, values).all()
    return {office_id: at for office_id, at in rows if at is not None}


def _edges(days: Days, zone: str) -> tuple[datetime | None, datetime]:
    begin = day_begins(days.first, zone) if days.first else None
    end = FAR_FUTURE if days.last is None or days.last == date.max else day_begins(_after(days.last), zone)
    return begin, end


def _after(day: date) -> date:
    return day + timedelta(days=1)


@lru_cache(maxsize=64)
def _statement(with_service: bool, preferential: bool, limited: bool, zones: int) -> Select[int, datetime]:
    """Built once for each form that it may have: building it takes longer than running it."""
    earliest = _earliest_start(with_service, preferential, zones).correlate(Office).scalar_subquery()
    query = select(Office.id, earliest.label("at")).where(Office.status == "open")
    if limited:
        query = query.where(Office.id.in_(bindparam("offices", expanding=True)))
    if with_service:  # seats of an office that does not do it by appointment need not be looked at
        query = query.where(
            exists().where(
                Offer.office_id == Office.id,
                Offer.service_id == Service.id,
                Offer.offers != "no",
                Service.code == bindparam("service"),
                OpeningRule.office_id == Office.id,
                OpeningRuleService.rule_id == OpeningRule.id,
                OpeningRuleService.service_id == Service.id,
            )
        )
    return query


def _instant(name: str) -> ColumnElement[datetime]:
    return bindparam(name, type_=Instant)


def _earliest_start(with_service: bool, preferential: bool, zones: int) -> Select[datetime]:
    now = _instant("now")
    fits = _fits(now, preferential)
    if with_service:
        fits = fits.where(Service.code == bindparam("service"))
    return (
        select(Seat.starts_at)
        .where(
            Seat.office_id == Office.id,
            *_within(zones),
            is_free(now, preferential=preferential),
            # A scalar, not EXISTS: PostgreSQL would join whole tables before it looks at the first seat. And not
            # "= 1": of that it expects one seat in two hundred, and tries and sorts them all instead of the first.
            fits.limit(1).correlate(Seat).scalar_subquery().is_not(None),
        )
        .order_by(Seat.starts_at)
        .limit(1)
    )


def _within(zones: int) -> list[ColumnElement[bool]]:
    """From when and until when a place may begin: where the offices have several zones, each by its own."""
    if not zones:
        return [Seat.starts_at >= _instant("earliest")]
    begin, end = _instant("begin_0"), _instant("end_0")
    if zones > 1:
        of_zones = range(zones)
        begin = case(
            {bindparam(f"zone_{n}"): _instant(f"begin_{n}") for n in of_zones}, value=Office.timezone
        )
        end = case({bindparam(f"zone_{n}"): _instant(f"end_{n}") for n in of_zones}, value=Office.timezone)
    return [Seat.starts_at >= begin, Seat.starts_at < end]


def _fits(now: ColumnElement[datetime], preferential: bool) -> Select[int]:
    """1 when a service of the seat's rule can begin in the seat's slot: its whole run has free seats."""
    documents = bindparam("documents", type_=Integer)
    needed = needed_slots(Service.duration_minutes, Service.extra_minutes, documents)
    run_slot, run_seat = aliased(Slot), aliased(Seat)
    run = (
        select(func.count(run_slot.id.distinct()))
        .join(run_seat, run_seat.slot_id == run_slot.id)
        .where(
            run_slot.rule_id == Slot.rule_id,
            run_slot.sequence >= Slot.sequence,
            run_slot.sequence < Slot.sequence + needed,
            run_slot.sequence < Slot.sequence + MOST_SLOTS,  # what PostgreSQL can look up in the index
            is_free(now, preferential=preferential, seat=run_seat),
        )
        .correlate(Slot, OpeningRule, Service)
        .scalar_subquery()
    )
    return (
        select(literal(1))
        .select_from(Slot)
        .join(OpeningRule, OpeningRule.id == Slot.rule_id)
        .join(OpeningRuleService, OpeningRuleService.rule_id == Slot.rule_id)
        .join(Service, Service.id == OpeningRuleService.service_id)
        .join(Offer, and_(Offer.office_id == Slot.office_id, Offer.service_id == Service.id))
        .where(
            Slot.id == Seat.slot_id,
            Service.bookable,
            Offer.offers != "no",
            or_(needed == 1, run == needed),
        )
    )
