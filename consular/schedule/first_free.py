"""The next free place of every office, in one statement."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from consular.foundation.database import db
from consular.offices.models import Offer, Office, Service
from consular.schedule.conditions import is_free, needed_slots
from consular.schedule.models import OpeningRule, OpeningRuleService, Seat, Slot


def first_free(
    service: str | None, now: datetime, lead: timedelta, *, documents: int = 1, preferential: bool = False
) -> dict[int, datetime]:
    """The next free place of every open office that has one, by the office's id. One statement.

    With a service, the earliest start at which it fits; without, over all that the office offers.
    """
    earliest = (
        _earliest_start(service, now, now + lead, documents, preferential).correlate(Office).scalar_subquery()
    )
    query = select(Office.id, earliest.label("at")).where(Office.status == "open")
    if service is not None:  # seats of an office that does not offer it need not be looked at
        query = query.where(
            exists().where(
                Offer.office_id == Office.id,
                Offer.service_id == Service.id,
                Offer.offers != "no",
                Service.code == service,
            )
        )
    rows: Sequence[Any] = db.session.execute(query).all()
    return {office_id: at for office_id, at in rows if at is not None}


def _earliest_start(
    service: str | None, now: datetime, earliest: datetime, documents: int, preferential: bool
) -> Select[datetime]:
    fits = _fits(now, documents, preferential)
    if service is not None:
        fits = fits.where(Service.code == service)
    return (
        select(Seat.starts_at)
        .where(
            Seat.office_id == Office.id,
            Seat.starts_at >= earliest,
            is_free(now, preferential=preferential),
            # A scalar, not EXISTS: PostgreSQL would join whole tables before it looks at the first seat.
            fits.limit(1).correlate(Seat).scalar_subquery() == 1,
        )
        .order_by(Seat.starts_at)
        .limit(1)
    )


def _fits(now: datetime, documents: int, preferential: bool) -> Select[int]:
    """1 when a service of the seat's rule can begin in the seat's slot: its whole run has free seats."""
    needed = needed_slots(Service.duration_minutes, Service.extra_minutes, documents)
    run_slot, run_seat = aliased(Slot), aliased(Seat)
    run = (
        select(func.count(run_slot.id.distinct()))
        .join(run_seat, run_seat.slot_id == run_slot.id)
        .where(
            run_slot.rule_id == Slot.rule_id,
            run_slot.sequence >= Slot.sequence,
            run_slot.sequence < Slot.sequence + needed,
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
