"""Random schedules in the database, and what is free in them, worked out by plain Python.

The oracle knows neither sequences nor SQL: two slots follow each other when they are of one rule and
one ends as the other begins.
"""

import math
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, select, update

from consular.appointments.booking import book
from consular.appointments.rules import Policy
from consular.foundation import clock
from consular.foundation.database import FAR_FUTURE, db
from consular.foundation.errors import Refusal
from consular.offices.models import Offer, Office, Service
from consular.schedule.models import Closure, OpeningRule, OpeningRuleService, Seat, Slot
from consular.schedule.publishing import publish
from tests.appointments.acting import person
from tests.factories import MORNING, make_offer, make_office, make_rule, make_service

ZONES = ("America/Lima", "America/Santiago", "Asia/Tokyo")
REGIONS = ("02", "08", "23")
STATUSES = ("open", "open", "open", "open", "suspended")
OFFERS = ("yes", "yes", "unknown", "no", None)
HORIZON = 4


def invent(draw: random.Random, offices: int = 6) -> None:
    """Offices, services of one to three slots, rules with breaks, closures; published, held and taken."""
    services = [
        make_service("apostille", 15, extra_minutes=5),
        make_service("legalisation", draw.choice([20, 30])),
        make_service("visa", None),
        make_service("passport", 45, extra_minutes=10),
    ]
    for number in range(offices):
        office = make_office(
            f"office-{number}", f"Office {number}", draw.choice(REGIONS), timezone=draw.choice(ZONES)
        )
        _rules(draw, office, services)
        for service in services:
            offers = draw.choice(OFFERS)
            if offers is not None:
                make_offer(office, service, offers)
    publish(HORIZON, clock.now())
    _fill(draw)
    for office in db.session.scalars(select(Office).order_by(Office.id)):
        office.status = draw.choice(STATUSES)
    db.session.flush()


def _rules(draw: random.Random, office: Office, services: list[Service]) -> None:
    for weekday in range(7):
        if draw.random() < 0.3:
            continue
        opens = time(draw.randint(7, 10), draw.choice([0, 30]))
        for begin in (opens, time(opens.hour + 5, opens.minute)):
            end = datetime.combine(date.min, begin) + timedelta(minutes=draw.choice([30, 75, 120]))
            make_rule(
                office,
                draw.sample(services, draw.randint(1, len(services))),
                weekday,
                opens=begin,
                closes=end.time(),
                slot_minutes=draw.choice([10, 15, 20]),
                seats=draw.randint(1, 3),
            )
    pause = MORNING.date() + timedelta(days=draw.randint(0, HORIZON))
    db.session.add(
        Closure(
            office_id=office.id, day=pause, from_time=time(9), to_time=time(9, 40), kind="other", reason="x"
        )
    )
    db.session.flush()


def _fill(draw: random.Random) -> None:
    """Book what can be booked; hold, delay and reserve some of the other seats."""
    offered = db.session.execute(
        select(Office.slug, Service.code, Slot.starts_at)
        .select_from(Slot)
        .join(Office, Office.id == Slot.office_id)
        .join(OpeningRuleService, OpeningRuleService.rule_id == Slot.rule_id)
        .join(Service, Service.id == OpeningRuleService.service_id)
        .join(Offer, and_(Offer.office_id == Office.id, Offer.service_id == Service.id))
        .where(Offer.offers != "no")
        .order_by(Slot.id, Service.id)  # the same draw must make the same schedule on both databases
    ).all()
    for number, (office, service, starts_at) in enumerate(draw.sample(offered, min(25, len(offered)))):
        try:
            book(
                office=office,
                service=service,
                starts_at=starts_at,
                citizen=person(number),
                policy=Policy(lead=timedelta(0)),
                actor="citizen",
                channel="site",
            )
        except Refusal:
            continue  # too few slots follow, or they are full
    for slot_id, no, starts_at in db.session.execute(
        select(Seat.slot_id, Seat.no, Seat.starts_at)
        .where(Seat.appointment_id.is_(None))
        .order_by(Seat.slot_id, Seat.no)
    ).all():
        values = _fate(draw, starts_at)
        if values:
            db.session.execute(update(Seat).where(Seat.slot_id == slot_id, Seat.no == no).values(**values))


def _fate(draw: random.Random, starts_at: datetime) -> dict[str, object]:
    soon = MORNING + timedelta(minutes=draw.randint(-30, 300))
    return draw.choice(
        [
            {},
            {"hold": f"hold-{draw.random()}", "free_from": soon},
            {"hold": f"hold-{draw.random()}", "free_from": FAR_FUTURE},
            {"free_from": soon},
            {"general_from": starts_at - timedelta(hours=draw.randint(1, 30))},
        ]
    )


@dataclass(frozen=True)
class Free:
    """One slot of the oracle: who it serves, and how many seats it has free."""

    office_id: int
    rule_id: int
    starts_at: datetime
    ends_at: datetime
    minutes: int
    seats: int


class Oracle:
    """All that is in the database, read row by row, and asked in Python."""

    def __init__(self) -> None:
        self.offices = {office.id: office for office in db.session.scalars(select(Office))}
        self.services = {service.code: service for service in db.session.scalars(select(Service))}
        self.offers = {(o.office_id, o.service_id): o.offers for o in db.session.scalars(select(Offer))}
        self.rules = {rule.id: rule for rule in db.session.scalars(select(OpeningRule))}
        self.serves = {(r.rule_id, r.service_id) for r in db.session.scalars(select(OpeningRuleService))}
        self.slots = list(db.session.scalars(select(Slot).order_by(Slot.starts_at)))
        self.seats: dict[int, list[Seat]] = defaultdict(list)
        for seat in db.session.scalars(select(Seat)):
            self.seats[seat.slot_id].append(seat)
        self.known: dict[tuple[datetime, bool], list[Free]] = {}

    def _free(self, now: datetime, preferential: bool) -> list[Free]:
        if (now, preferential) not in self.known:
            self.known[now, preferential] = self._count(now, preferential)
        return self.known[now, preferential]

    def _count(self, now: datetime, preferential: bool) -> list[Free]:
        return [
            Free(
                slot.office_id,
                slot.rule_id,
                slot.starts_at,
                slot.ends_at,
                self.rules[slot.rule_id].slot_minutes,
                sum(
                    seat.appointment_id is None
                    and seat.free_from <= now
                    and (preferential or seat.general_from <= now)
                    for seat in self.seats[slot.id]
                ),
            )
            for slot in self.slots
        ]

    def starts(
        self, office_id: int, code: str, now: datetime, lead: timedelta, documents: int, preferential: bool
    ) -> list[tuple[datetime, datetime, int]]:
        """Every start with its end and its places, in order of time, whatever the office's status."""
        service = self.services[code]
        by_start = {
            (slot.rule_id, slot.starts_at): slot
            for slot in self._free(now, preferential)
            if slot.office_id == office_id and slot.seats and (slot.rule_id, service.id) in self.serves
        }
        found = []
        for slot in by_start.values():
            minutes = service.duration_minutes
            visit = minutes and minutes + (service.extra_minutes or 0) * (documents - 1)
            run = [slot]
            for _ in range(math.ceil(visit / slot.minutes) - 1 if visit else 0):
                following = by_start.get((slot.rule_id, run[-1].ends_at))
                if following is None:
                    break
                run.append(following)
            long_enough = not visit or run[-1].ends_at - slot.starts_at >= timedelta(minutes=visit)
            if long_enough and slot.starts_at >= now + lead:
                found.append((slot.starts_at, run[-1].ends_at, min(s.seats for s in run)))
        return sorted(found)

    def first(
        self, code: str | None, now: datetime, lead: timedelta, documents: int, preferential: bool
    ) -> dict[int, datetime]:
        """The earliest start of each open office, for what it offers."""
        codes = self.services if code is None else [code]
        earliest: dict[int, datetime] = {}
        for office in self.offices.values():
            starts = [
                start
                for one in codes
                if self.offers.get((office.id, self.services[one].id)) in ("yes", "unknown")
                for start, _end, _places in self.starts(office.id, one, now, lead, documents, preferential)
            ]
            if office.status == "open" and starts:
                earliest[office.id] = min(starts)
        return earliest


def local_day(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def taken_seats() -> int:
    return db.session.scalar(select(func.count(Seat.appointment_id))) or 0
