"""What booking must know before it decides: one statement for the office, the service and the slots."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, ScalarSelect, Select, and_, bindparam, select
from sqlalchemy.orm import aliased

from consular.appointments.models import Appointment, Booking, is_active
from consular.appointments.published import Published, published
from consular.appointments.rules import (
    ServiceNotOffered,
    SlotUnknown,
    check_office_takes_appointments,
)
from consular.foundation.clock import day_in
from consular.foundation.database import Instant, connection
from consular.foundation.statements import rows_of
from consular.offices.models import FactsVersion, Office, Service
from consular.offices.queries import OfficeUnknown, ServiceUnknown
from consular.schedule.conditions import needed_slots
from consular.schedule.models import OpeningRule, OpeningRuleService, Slot
from consular.schedule.slots import MOST_SLOTS

NO_SUBMISSION = "-"  # never the hash of one; a None would be compared as IS NULL and find others


@dataclass(frozen=True)
class Facts:
    """What is published of the office and the service, and the run of slots that begins at the instant asked for.

    `active` is when this person's active appointment for this service ends, if there is one.
    `replayed` is the reference that the same submission already made, with its digest.
    """

    published: Published
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
    """Load everything that a booking decides on. One statement, and one more when what is published has changed.

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
    rows = rows_of(connection(), _query(), values)
    if not rows:
        raise OfficeUnknown(office=office)
    first = rows[0]
    if first.service_id is None:
        raise ServiceUnknown(service=service)
    told = published(office, service, first.version)
    replayed = (first.replayed, first.replayed_digest) if first.replayed else None
    whole = first.slot_id is not None and len(rows) == first.needed
    if not whole and replayed is None:
        check_gives_appointments(told, starts_at)  # else that is what to say
        raise SlotUnknown(office=office, service=service, starts_at=starts_at)
    return Facts(
        told,
        slot_ids=tuple(row.slot_id for row in rows) if whole else (),
        starts_at=first.starts_at,
        ends_at=rows[-1].ends_at,
        active=first.active,
        replayed=replayed,
    )


def check_gives_appointments(told: Published, starts_at: datetime) -> None:
    """Whether anybody is attended so, there and then, slots or none.

    Raises:
        ServiceNotOffered, OfficeClosed
    """
    if not told.bookable:
        raise ServiceNotOffered()
    starts_on = day_in(told.timezone, starts_at)
    check_office_takes_appointments(told.status, told.opens_on, told.offers, starts_on)


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
            select(FactsVersion.token).scalar_subquery().label("version"),
            Service.id.label("service_id"),
            run.id.label("slot_id"),
            run.starts_at,
            run.ends_at,
            needed.label("needed"),
            _active().label("active"),
            Booking.reference.label("replayed"),
            Booking.submission_digest.label("replayed_digest"),
        )
        .select_from(Office)
        .outerjoin(Service, Service.code == bindparam("service"))
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
