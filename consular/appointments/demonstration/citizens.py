"""Invent citizens who take about a third of the seats."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import and_, bindparam, insert, select, update

from consular.appointments.models import Booking
from consular.appointments.view import person_key
from consular.foundation.database import FAR_FUTURE, Base, db
from consular.foundation.references import new_reference
from consular.offices.models import Service
from consular.schedule.models import OpeningRule, OpeningRuleService, Seat, Slot
from consular.schedule.slots import slots_needed

TAKEN = 1 / 3
ROWS = 2000
# Tables, not entities: many rows in one statement each, with no object made for any.
SEATS = Base.metadata.tables["seat"]
APPOINTMENTS = Base.metadata.tables["appointment"]
GIVEN = [
    "Rosa",
    "Julio",
    "Elena",
    "Carmen",
    "Luis",
    "Mirta",
    "José",
    "Ana",
    "Pedro",
    "Lucía",
    "Víctor",
    "Nélida",
    "Raúl",
    "Yovana",
    "Félix",
    "Gladys",
]
FAMILY = [
    "Quispe",
    "Flores",
    "Mamani",
    "Huamán",
    "Rojas",
    "Sánchez",
    "Vargas",
    "Ccori",
    "Palomino",
    "Ñahui",
    "Torres",
    "Chávez",
    "Salas",
    "Poma",
]


@dataclass(frozen=True)
class _Taking:
    """The seats that one invented citizen takes."""

    office_id: int
    service_id: int
    starts_at: datetime
    ends_at: datetime
    seats: tuple[tuple[int, int], ...]


def invent_citizens(now: datetime) -> int:
    """Appointments for invented people in about a third of the free seats: their number."""
    draw = random.Random(now.date().toordinal())  # noqa: S311 - the same day invents the same
    takings = list(_takings(draw))
    for at in range(0, len(takings), ROWS):
        _write(takings[at : at + ROWS], at, draw, now)
    return len(takings)


def _takings(draw: random.Random) -> Iterator[_Taking]:
    """Go along each seat number of each rule's day and take about a third of its slots."""
    services: dict[int, list[tuple[int, int]]] = {}
    for rule_id, service_id, minutes, slot_minutes in db.session.execute(
        select(OpeningRuleService.rule_id, Service.id, Service.duration_minutes, OpeningRule.slot_minutes)
        .join(Service, Service.id == OpeningRuleService.service_id)
        .join(OpeningRule, OpeningRule.id == OpeningRuleService.rule_id)
        .order_by(OpeningRuleService.rule_id, Service.position)
    ):
        services.setdefault(rule_id, []).append((service_id, slots_needed(minutes, slot_minutes)))
    rows = db.session.execute(
        select(Slot.rule_id, Seat.no, Slot.sequence, Slot.id, Slot.office_id, Slot.starts_at, Slot.ends_at)
        .join(Seat, Seat.slot_id == Slot.id)
        .where(Seat.appointment_id.is_(None), Seat.hold.is_(None))
        .order_by(Slot.rule_id, Seat.no, Slot.sequence)
    )
    for (rule_id, no), line in groupby(rows, key=lambda row: (row.rule_id, row.no)):
        slots = list(line)
        position = 0
        while position < len(slots):
            # The first service is asked for most, as everywhere.
            service_id, needed = draw.choice(services[rule_id][:1] * 2 + services[rule_id])
            run = slots[position : position + needed]
            whole = len(run) == needed and run[-1].sequence - run[0].sequence == needed - 1
            position += needed
            if whole and draw.random() < TAKEN:
                seats = tuple((slot.id, no) for slot in run)
                yield _Taking(run[0].office_id, service_id, run[0].starts_at, run[-1].ends_at, seats)


def _write(takings: Sequence[_Taking], offset: int, draw: random.Random, now: datetime) -> None:
    held = [
        {"at_slot": slot_id, "at_no": no, "by": f"demonstration-{offset + i}"}
        for i, taking in enumerate(takings)
        for slot_id, no in taking.seats
    ]
    connection = db.session.connection()
    connection.execute(
        update(SEATS)
        .where(and_(Seat.slot_id == bindparam("at_slot"), Seat.no == bindparam("at_no")))
        .values(hold=bindparam("by"), free_from=FAR_FUTURE),
        held,
    )
    bookings = db.session.execute(
        insert(Booking).returning(Booking.id, sort_by_parameter_order=True),
        [
            {"reference": new_reference(), "channel": "demonstration", "language": "es", "created_at": now}
            for _ in takings
        ],
    ).scalars()
    connection.execute(
        insert(APPOINTMENTS),
        [
            _appointment(taking, booking_id, offset + i, draw, now)
            for i, (taking, booking_id) in enumerate(zip(takings, bookings, strict=True))
        ],
    )


def _appointment(
    taking: _Taking, booking_id: int, number: int, draw: random.Random, now: datetime
) -> dict[str, object]:
    document = f"DEMO-{number:06d}"
    past = taking.ends_at <= now
    attended = past and draw.random() < 0.9
    return {
        "booking_id": booking_id,
        "office_id": taking.office_id,
        "service_id": taking.service_id,
        "starts_at": taking.starts_at,
        "ends_at": taking.ends_at,
        "slots": len(taking.seats),
        "status": "served" if attended else "no_show" if past else "booked",
        "hold": f"demonstration-{number}",
        "person_key": person_key("other", document, None),
        "document_type": "other",
        "document_number": document,
        "given_names": draw.choice(GIVEN),
        "family_names": f"{draw.choice(FAMILY)} {draw.choice(FAMILY)}",
        "preferential": draw.random() < 0.08,
        "created_at": now,
        "arrived_at": taking.starts_at if attended else None,
        "serving_at": taking.starts_at if attended else None,
        "ended_at": taking.ends_at if past else None,
    }
