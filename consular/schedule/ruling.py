"""Write opening rules: the one way in, so that an office, a service and a start never name two slots."""

from collections.abc import Sequence
from datetime import date, time

from sqlalchemy import insert, or_, select

from consular.foundation.database import db
from consular.foundation.errors import Refusal
from consular.offices.models import Office, Service
from consular.schedule.models import OpeningRule, OpeningRuleService


class RulesOverlap(Refusal):
    """Another rule of the office serves the same service at the same time (DESIGN section 3).

    Were both written, nobody could book that service where they meet. Facts: service (its code), weekday
    (0 is Monday), opens, closes, valid_from, valid_until: of the rule that is there.
    """

    def __str__(self) -> str:
        there = self.facts
        return (
            f"another rule already serves {there['service']} on weekday {there['weekday']} from "
            f"{there['opens']:%H:%M} to {there['closes']:%H:%M} (valid from {there['valid_from']}): "
            "rules that overlap in time must have different services"
        )


def add_rule(
    office_id: int,
    services: Sequence[int],
    *,
    weekday: int,
    opens: time,
    closes: time,
    slot_minutes: int,
    seats: int,
    valid_from: date,
    valid_until: date | None = None,
    demonstration: bool = False,
) -> int:
    """Write a rule and the services that share its seats; its number. Four statements.

    services: their numbers. weekday: 0 is Monday. opens, closes: local times of one unbroken stretch.
    valid_until: the last day, None without end.

    Raises:
        RulesOverlap
    """
    # Two writers for one office take turns, or each would not see the other's rule.
    db.session.execute(select(Office.id).where(Office.id == office_id).with_for_update())
    _refuse_overlap(office_id, services, weekday, (opens, closes), (valid_from, valid_until))
    rule = OpeningRule(
        office_id=office_id,
        weekday=weekday,
        opens=opens,
        closes=closes,
        slot_minutes=slot_minutes,
        seats=seats,
        valid_from=valid_from,
        valid_until=valid_until,
        demonstration=demonstration,
    )
    db.session.add(rule)
    db.session.flush()
    if services:
        db.session.execute(
            insert(OpeningRuleService), [{"rule_id": rule.id, "service_id": service} for service in services]
        )
    return rule.id


def _refuse_overlap(
    office_id: int,
    services: Sequence[int],
    weekday: int,
    hours: tuple[time, time],
    valid: tuple[date, date | None],
) -> None:
    there = db.session.execute(
        select(
            Service.code.label("service"),
            *(OpeningRule.weekday, OpeningRule.opens, OpeningRule.closes),
            *(OpeningRule.valid_from, OpeningRule.valid_until),
        )
        .join(OpeningRuleService, OpeningRuleService.rule_id == OpeningRule.id)
        .join(Service, Service.id == OpeningRuleService.service_id)
        .where(
            OpeningRule.office_id == office_id,
            OpeningRule.weekday == weekday,
            OpeningRuleService.service_id.in_(services),
            OpeningRule.opens < hours[1],
            OpeningRule.closes > hours[0],
            OpeningRule.valid_from <= (valid[1] or date.max),
            or_(OpeningRule.valid_until.is_(None), OpeningRule.valid_until >= valid[0]),
        )
        .order_by(OpeningRule.id, Service.position)
        .limit(1)
    ).one_or_none()
    if there is not None:
        raise RulesOverlap(**there._asdict())
