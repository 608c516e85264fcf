"""What booking must know before it decides: one statement for the office, the service and the slots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, ScalarSelect, Select, and_, bindparam, select
from sqlalchemy.orm import aliased

from consular.appointments.models import Appointment, Booking, is_active
from consular.appointments.rules import (
    ServiceNotOffered,
    SlotUnknown,
    check_office_takes_appointments,
)
from consular.foundation.clock import day_in
from consular.foundation.database import Instant, connection
from consular.offices.models import Offer, Office, Region, Service
from consular.offices.queries import OfficeUnknown, ServiceUnknown
from consular.schedule.conditions import needed_slots
from consular.schedule.models import OpeningRule, OpeningRuleService, Slot
from consular.schedule.slots import MOST_SLOTS

NO_SUBMISSION = "-"  # never the hash of one; a None would be compared as IS NULL and find others


@dataclass(frozen=True)
class Facts:
    """The office, the service, and the run of slots that begins at the instant that was asked for.

    `active` is when this person's active appointment for this service ends, if there is one.
    `replayed` is the reference that the same submission already made, with its digest.
    """

    office_id: int
    office_slug: str
    office_name: str
    status: str
    opens_on: date | None
    timezone: str
    city: str | None
    region: str
    address: str | None
    latitude: float
    longitude: float
    location_precision: str
    service_id: int
    service_code: str
    service_texts: dict[str, Any]
    bookable: bool
    offers: str | None
    slot_ids: tuple[int, ...]
    starts_at: datetime
    ends_at: datetime
    active: datetime | None
    replayed: tuple[str, str | None] | None


def facts(
    office: str,
    service: str,
    starts_at: datetime,
    documents: int = 1,
    *,
    person_key: str = "",
    submission: str | None = None,
) -> Facts:
    """Load everything that a booking decides on. One statement.

    Raises:
        OfficeUnknown, ServiceUnknown
        OfficeClosed, ServiceNotOffered, SlotUnknown: no such run of slots, and why (unless it is a replay)
    """
    values = {
        "office": office,
        "service": service,
        "starts_at": starts_at,
        "documents": documents,
        "person_key": person_key,
        "submission": submission or NO_SUBMISSION,
    }
    rows = connection().execute(_query(), values).all()
    if not rows:
        raise OfficeUnknown(office=office)
    first = rows[0]
    if first.service_id is None:
        raise ServiceUnknown(service=service)
    replayed = (first.replayed, first.replayed_digest) if first.replayed else None
    whole = first.slot_id is not None and len(rows) == first.needed
    if not whole and replayed is None:
        _refuse_what_gives_no_appointments(first, starts_at)
        raise SlotUnknown(office=office, service=service, starts_at=starts_at)
    return _facts(rows, replayed, whole)


def _refuse_what_gives_no_appointments(known: Any, starts_at: datetime) -> None:
    """There is no slot because nobody is attended so, there or then: that is what to say."""
    if not known.bookable:
        raise ServiceNotOffered()
    starts_on = day_in(known.timezone, starts_at)
    check_office_takes_appointments(known.status, known.opens_on, known.offers, starts_on)


def _facts(rows: Sequence[Any], replayed: tuple[str, str | None] | None, whole: bool) -> Facts:
    values = rows[0]._asdict()
    for column in ("slot_id", "slot_ends_at", "needed", "replayed", "replayed_digest", "slot_starts_at"):
        values.pop(column)
    return Facts(
        **values,
        slot_ids=tuple(row.slot_id for row in rows) if whole else (),
        starts_at=rows[0].slot_starts_at,
        ends_at=rows[-1].slot_ends_at,
        replayed=replayed,
    )


@cache
def _query() -> Select[*tuple[Any, ...]]:
    """Built once: building it takes longer than running it."""
    first, run = aliased(Slot), aliased(Slot)
    documents = bindparam("documents", type_=Integer)
    needed = needed_slots(Service.duration_minutes, Service.extra_minutes, documents)
    of_the_run = and_(
        run.rule_id == first.rule_id,
        run.sequence >= first.sequence,
        run.sequence < first.sequence + needed,
        # PostgreSQL tries the bound above on every later slot of the rule; this one it looks up in the index.
        run.sequence < first.sequence + MOST_SLOTS,
    )
    return (
        select(
            *_office_columns(),
            *_service_columns(),
            run.id.label("slot_id"),
            run.starts_at.label("slot_starts_at"),
            run.ends_at.label("slot_ends_at"),
            needed.label("needed"),
            _active().label("active"),
            Booking.reference.label("replayed"),
            Booking.submission_digest.label("replayed_digest"),
        )
        .select_from(Office)
        .join(Region, Region.code == Office.region_code)
        .outerjoin(Service, Service.code == bindparam("service"))
        .outerjoin(Offer, and_(Offer.office_id == Office.id, Offer.service_id == Service.id))
        .outerjoin(first, _begins(first))
        .outerjoin(OpeningRule, OpeningRule.id == first.rule_id)
        .outerjoin(run, of_the_run)
        .outerjoin(Booking, Booking.submission == bindparam("submission"))
        .where(Office.slug == bindparam("office"))
        .order_by(run.sequence)
    )


def _begins(first: type[Slot]) -> ColumnElement[bool]:
    """The office's slot at that instant whose rule serves the service: there is at most one."""
    # One row by its key. PostgreSQL would hash what EXISTS or IN ask here: every rule of the country.
    serving = (
        select(OpeningRuleService.rule_id)
        .where(OpeningRuleService.rule_id == first.rule_id, OpeningRuleService.service_id == Service.id)
        .correlate(first, Service)
        .scalar_subquery()
    )
    return and_(
        first.office_id == Office.id,
        first.starts_at == bindparam("starts_at", type_=Instant),
        first.rule_id == serving,
    )


def _active() -> ScalarSelect[datetime]:
    return (
        select(Appointment.ends_at)
        .where(
            Appointment.person_key == bindparam("person_key"),
            Appointment.service_id == Service.id,
            is_active(),
        )
        .correlate(Service)
        .limit(1)
        .scalar_subquery()
    )


def _service_columns() -> tuple[Any, ...]:
    return (
        Service.id.label("service_id"),
        Service.code.label("service_code"),
        Service.texts.label("service_texts"),
        Service.bookable,
        Offer.offers,
    )


def _office_columns() -> tuple[Any, ...]:
    return (
        Office.id.label("office_id"),
        Office.slug.label("office_slug"),
        Office.name.label("office_name"),
        Office.status,
        Office.opens_on,
        Office.timezone,
        Office.city,
        Region.name.label("region"),
        Office.address,
        Office.latitude,
        Office.longitude,
        Office.location_precision,
    )
