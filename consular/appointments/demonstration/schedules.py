"""Invent what an office offers, for how long, and when it attends."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from consular.foundation.clock import day_in
from consular.foundation.database import db
from consular.offices.models import Offer, Office, OpeningHours, Service, Source
from consular.offices.vocabulary import INVENTED
from consular.schedule.publishing import publish
from consular.schedule.ruling import add_rule
from consular.schedule.slots import day_begins

SLOT_MINUTES = 15
MINUTES = {"humanitarian-aid": 30, "assistance-abroad": 30}  # every other service: one slot
EXTRA_MINUTES = {
    "apostille": 5,
    "consular-signature": 5,
    "translation-apostille": 5,
}  # four documents take two slots
INVENTED_HOURS = ((time(9), time(13)), (time(14), time(16)))
WEEKDAYS = range(5)
ANNOUNCED_TOWN = {"ancash": "Huaraz"}


def invent_schedules(horizon_days: int, now: datetime) -> tuple[int, int]:
    """Offers, durations, opening rules and slots for every open office: the numbers of rules and slots."""
    draw = random.Random(now.date().toordinal())  # noqa: S311 - the same day invents the same
    _name_the_source()
    _open_announced(draw, now)
    _invent_durations()
    offices = db.session.execute(
        select(Office.id, Office.slug, Office.kind, Office.timezone)
        .where(Office.status == "open")
        .order_by(Office.slug)
    ).all()
    rules = sum(_invent_office(office, draw, day_in(office.timezone, now)) for office in offices)
    # From this morning on, so that the desk has a whole day to show.
    since = min((day_begins(day_in(o.timezone, now), o.timezone) for o in offices), default=now)
    return rules, publish(horizon_days, now, since=since)


def _name_the_source() -> None:
    """What is invented here must not stand under the name of somebody who said something else."""
    if db.session.get(Source, INVENTED) is None:
        db.session.add(Source(code=INVENTED, title="Inventado para la demostración de este programa"))
        db.session.flush()


def _open_announced(draw: random.Random, now: datetime) -> None:
    for slug, town in ANNOUNCED_TOWN.items():
        office = db.session.execute(select(Office).where(Office.slug == slug)).scalar_one_or_none()
        if office is None or office.status != "announced":
            continue
        opens_on = day_in(office.timezone, now) + timedelta(days=draw.randint(10, 16))
        while opens_on.weekday() not in WEEKDAYS:
            opens_on -= timedelta(days=1)
        office.status, office.opens_on, office.city = "open", opens_on, town
        office.status_since = office.confirmed_on = None
        office.source_code, office.demonstration = INVENTED, True
    db.session.flush()


def _invent_durations() -> None:
    for service in db.session.scalars(select(Service).where(Service.duration_minutes.is_(None))):
        if service.bookable:
            service.duration_minutes = MINUTES.get(service.code, SLOT_MINUTES)
            service.extra_minutes = EXTRA_MINUTES.get(service.code)
            service.demonstration = True
    db.session.flush()


def _invent_office(office: Any, draw: random.Random, today: date) -> int:
    """Offers and opening rules of one office; the number of rules."""
    services = _offered(office.id, office.kind)
    published: dict[int | None, list[tuple[int, time, time]]] = {}
    for hours in db.session.execute(
        select(OpeningHours.service_id, OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes).where(
            OpeningHours.office_id == office.id
        )
    ):
        published.setdefault(hours.service_id, []).append((hours.weekday, hours.opens, hours.closes))
    own = {service for service in published if service in services}
    rules = 0
    for service in own:
        rules += _add_rules(office.id, published[service], [service], draw, today)
    others = [service for service in services if service not in own]
    if others:
        # Where only one service's hours are published, the others are invented for the afternoon,
        # so that no two rules of different seats overlap.
        invented = INVENTED_HOURS[1:] if own else INVENTED_HOURS
        hours_of_all = published.get(None) or [(day, *times) for day in WEEKDAYS for times in invented]
        rules += _add_rules(office.id, hours_of_all, others, draw, today)
    return rules


def _offered(office_id: int, kind: str) -> list[int]:
    """Say yes to what nobody knows (the apostille everywhere, the rest not in shopping centres)."""
    known = {
        offer.service_id: offer
        for offer in db.session.scalars(select(Offer).where(Offer.office_id == office_id))
    }
    offered = []
    for service in db.session.scalars(select(Service).where(Service.bookable).order_by(Service.position)):
        offer = known.get(service.id)
        if offer is None:
            offers = "yes" if kind != "service-centre" or service.code == "apostille" else "no"
            offer = Offer(office_id=office_id, service_id=service.id, offers=offers, source_code=INVENTED)
            db.session.add(offer)
        elif offer.offers == "unknown":
            offer.offers, offer.source_code, offer.confirmed_on = "yes", INVENTED, None
        if offer.offers == "yes":
            offered.append(service.id)
        if offer.attendance in (None, "unknown"):
            offer.attendance = "appointment" if offer.offers == "yes" else "unknown"
        offer.demonstration = True
    db.session.flush()
    return offered


def _add_rules(
    office_id: int,
    hours: Sequence[tuple[int, time, time]],
    services: Sequence[int],
    draw: random.Random,
    today: date,
) -> int:
    seats = draw.randint(2, 4)
    for weekday, opens, closes in hours:
        add_rule(
            office_id,
            services,
            weekday=weekday,
            opens=opens,
            closes=closes,
            slot_minutes=SLOT_MINUTES,
            seats=seats,
            valid_from=today,
            demonstration=True,
        )
    return len(hours)
