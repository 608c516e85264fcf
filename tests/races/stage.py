"""The stage of the attacks and races: one office with full, free, held and ended seats, ready in a database.

It is written once per database kind through the program's own actions, then copied for each test.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from consular.appointments.attending import set_status
from consular.appointments.booking import book
from consular.appointments.changing import cancel
from consular.appointments.holding import hold_places
from consular.appointments.people import Citizen
from consular.appointments.rules import Policy
from consular.appointments.view import AppointmentView
from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.schedule.publishing import publish
from tests.databases import Templates, application
from tests.factories import JULIO, MORNING, ROSA, make_offer, make_office, make_rule, make_service

SEATS = 3
POLICY = Policy(lead=timedelta(minutes=60), hold=timedelta(minutes=12), horizon_days=14)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    """An instant of the stage's Monday (or of some days later), by the clock of Lima."""
    return datetime(2026, 11, 30, hour + 5, minute, tzinfo=UTC) + timedelta(days=days)


def citizen(number: int) -> Citizen:
    """One of as many different people as a race needs; none has an e-mail address."""
    return Citizen("other", f"RACER{number}", f"Corredora {chr(65 + number % 26)}", "Prueba")


def reserve(
    who: Citizen,
    starts_at: datetime,
    service: str = "apostille",
    *,
    begins_late: bool = True,
    **options: Any,
) -> AppointmentView:
    """Book in Cusco, in a transaction of its own, which begins late as those of the doors do."""
    with transaction(begins_late=begins_late):
        return book(
            office="cusco",
            service=service,
            starts_at=starts_at,
            citizen=who,
            policy=POLICY,
            actor="test",
            channel="site",
            **options,
        )


def build() -> None:
    """Cusco attends weekday mornings with three seats a slot; certificates have a rule of their own."""
    with transaction():
        apostille, legalisation, certificate = (
            make_service("apostille"),
            make_service("legalisation", duration_minutes=30),
            make_service("certificate"),
        )
        for slug, name, region in (("cusco", "Cusco", "08"), ("tacna", "Tacna", "23")):
            office = make_office(slug, name, region)
            for service in (apostille, legalisation, certificate):
                make_offer(office, service)
            for weekday in range(5):
                make_rule(office, [apostille, legalisation], weekday, seats=SEATS)
            make_rule(office, [certificate], 0, seats=SEATS, valid_until=date(2026, 11, 30), closes=time(10))
        publish(POLICY.horizon_days, MORNING)


def people() -> dict[str, AppointmentView]:
    """Nine o'clock is full; elena has two slots; gone has cancelled; marta was served and comes again."""
    marta = replace(ROSA, document_number="40404040", given_names="Marta", email=None)
    booked = {
        "rosa": reserve(replace(ROSA, email=None), at(9)),
        "julio": reserve(replace(JULIO, email=None), at(9)),
        "ana": reserve(citizen(1), at(9)),
        "elena": reserve(citizen(2), at(9, 15), "legalisation"),
        "gone": reserve(citizen(3), at(10)),
        "marta": reserve(marta, at(10, 15)),
    }
    cusco = db.session.execute(text("SELECT id FROM office WHERE slug = 'cusco'")).scalar_one()
    with transaction():
        cancel(booked["gone"].reference, policy=POLICY, actor="test")
    for status in ("arrived", "serving", "served"):
        with transaction():
            set_status(booked["marta"].reference, status, office_id=cusco, actor="test")
    booked["marta_again"] = reserve(marta, at(10, 15, days=1))
    return booked


def held() -> dict[str, str]:
    """Tokens of seats that are kept: one at 10:30, two at 10:45, two slots from 11:30."""
    tokens = {}
    for name, starts_at, service, persons in (
        ("one_hold", at(10, 30), "apostille", 1),
        ("pair_hold", at(10, 45), "apostille", 2),
        ("run_hold", at(11, 30), "legalisation", 1),
    ):
        with transaction():
            hold = hold_places(
                office="cusco", service=service, starts_at=starts_at, policy=POLICY, people=persons
            )
        tokens[name] = hold.token
    return tokens


def _facts(dialect: str) -> dict[str, Any]:
    """What an attacker would look up first, by the names that the attacks use."""
    booked, facts = people(), dict(held())
    for name, view in booked.items():
        row = db.session.execute(
            text(
                "SELECT a.id, a.hold, a.person_key, b.id AS booking, b.reference FROM appointment a "
                "JOIN booking b ON b.id = a.booking_id WHERE b.reference = :reference"
            ),
            {"reference": view.reference},
        ).one()
        facts |= {name: row.id, f"{name}_hold": row.hold, f"{name}_key": row.person_key}
        facts |= {f"{name}_booking": row.booking, f"{name}_reference": row.reference}
    slots = text(
        "SELECT s.id, s.rule_id, s.sequence, s.office_id, s.starts_at FROM slot s JOIN office o ON o.id = s.office_id "
        "WHERE o.slug = :slug ORDER BY s.starts_at, s.rule_id"
    )
    for slug in ("cusco", "tacna"):
        rows = db.session.execute(slots, {"slug": slug}).all()
        facts |= {f"{slug}_office": rows[0].office_id, f"{slug}_rule": min(r.rule_id for r in rows)}
        monday = [r for r in rows if r.rule_id == facts[f"{slug}_rule"]]
        facts |= {f"{slug}_slot_{number}": r.id for number, r in enumerate(monday[:12])}
        facts[f"{slug}_sequence"] = monday[0].sequence
        facts[f"{slug}_certificates"] = next(r.id for r in rows if r.rule_id != facts[f"{slug}_rule"])
    services = db.session.execute(text("SELECT code, id FROM service")).all()
    return facts | {code: number for code, number in services} | _literals(dialect)


def _literals(dialect: str) -> dict[str, str]:
    def literal(instant: datetime) -> str:
        return f"'{instant.strftime('%Y-%m-%d %H:%M:%S.%f')}" + ("'" if dialect == "sqlite" else "+00'")

    times = {f"t{h:02d}{m:02d}": literal(at(h, m)) for h in range(7, 14) for m in (0, 15, 30, 45)}
    ends = {
        "past": literal(datetime(1970, 1, 1, tzinfo=UTC)),
        "far": literal(datetime(9999, 12, 31, tzinfo=UTC)),
    }
    return times | ends | {"no": "0" if dialect == "sqlite" else "false"}


@dataclass(frozen=True)
class Stage:
    """A database of one test, and what is in it."""

    url: str
    facts: dict[str, Any]


def staged(templates: Templates, dialect: str) -> Stage:
    """A fresh copy of the stage; the first one of a session builds it."""
    kept = templates.folder / f"stage-{dialect}.json"
    if (dialect, "stage") not in templates.ready:
        url = templates.new(dialect)
        kept.write_text(json.dumps(_built(url, dialect, templates.folder)), "utf-8")
        templates.ready[dialect, "stage"] = url
    return Stage(templates.new(dialect, "stage"), json.loads(kept.read_text("utf-8")))


def _built(url: str, dialect: str, folder: Path) -> dict[str, Any]:
    with application(url, folder) as app, app.app_context(), clock.stopped(MORNING):
        build()
        return _facts(dialect)
