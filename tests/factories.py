"""The cast and the world of the tests: two citizens, three of the staff, three offices, two services.

rosa and julio are citizens; mirta is a clerk in Cusco, omar a clerk in Tacna, ines an administrator.
Makers write through the session of the application's context and flush; whoever calls them commits:

    with app.app_context(), transaction():
        cusco = make_office("cusco", "Cusco")
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import TypeVar

from sqlalchemy import select

from consular.appointments.people import Citizen
from consular.foundation import clock
from consular.foundation.database import db
from consular.offices.models import Offer, Office, Region, Service, Source
from consular.schedule.models import OpeningRule, OpeningRuleService
from consular.schedule.publishing import publish
from consular.staff.models import Account, Role
from consular.staff.passwords import hash_password

Row = TypeVar("Row")

# Monday 30 November 2026, 7:00 in Lima: two hours before the offices of this world open.
MORNING = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
ZONE = "America/Lima"
SOURCE = "T1"

ROSA = Citizen(
    document_type="dni",
    document_number="10117410",
    given_names="Rosa María",
    family_names="Quispe Ñahui",
    email="rosa@example.pe",
    phone="+51984000001",
    language="es",
)
JULIO = Citizen(
    document_type="ce",
    document_number="001234567",
    given_names="Julio",
    family_names="Condori Mamani",
    email="julio@example.pe",
    language="en",
)

PASSWORDS = {
    "mirta": "el-lago-sube-despacio",
    "omar": "una-palta-y-dos-panes",
    "ines": "trece-oficinas-y-una",
}

_REGIONS = {
    "02": ("Áncash", "PE-ANC"),
    "08": ("Cusco", "PE-CUS"),
    "23": ("Tacna", "PE-TAC"),
}
_POSITIONS = {"02": (-9.5278, -77.5278), "08": (-13.5226, -71.9673), "23": (-18.0146, -70.2536)}


def make_region(code: str) -> Region:
    """The region with that INEI code, made when it is first needed."""
    found = db.session.get(Region, code)
    if found is not None:
        return found
    name, iso = _REGIONS[code]
    return _keep(Region(code=code, name=name, iso=iso))


def make_source() -> str:
    """The code of the source of every fact of this world."""
    if db.session.get(Source, SOURCE) is None:
        _keep(Source(code=SOURCE, title="Invented for the tests", consulted_on="2026-11-01"))
    return SOURCE


def make_office(slug: str, name: str, region_code: str = "08", **facts: object) -> Office:
    """An open decentralised office in the capital of its region."""
    make_region(region_code)
    latitude, longitude = _POSITIONS[region_code]
    given = {
        "kind": "decentralised-office",
        "status": "open",
        "city": name,
        "address": "Plaza de Armas 100",
        "latitude": latitude,
        "longitude": longitude,
        "location_precision": "city",
        "timezone": ZONE,
        "languages": ["es"],
        "source_code": make_source(),
        "confirmed_on": "2026-11-01",
        **facts,
    }
    return _keep(Office(slug=slug, name=name, region_code=region_code, **given))


def make_service(code: str, duration_minutes: int | None = 15, **facts: object) -> Service:
    """A service that can be booked."""
    position = len(db.session.scalars(select(Service.id)).all()) + 1
    words = code.replace("-", " ").capitalize()
    given = {
        "fee": 0,
        "texts": {
            language: {"name": words, "summary": words, "documents": ["DNI"]} for language in ("es", "en")
        },
        "bookable": True,
        "source_code": make_source(),
        "confirmed_on": "2026-11-01",
        **facts,
    }
    return _keep(Service(code=code, position=position, duration_minutes=duration_minutes, **given))


def make_offer(office: Office, service: Service, offers: str = "yes", attendance: str = "both") -> Offer:
    """That the office does the service (or does not, or nobody knows)."""
    return _keep(
        Offer(
            office_id=office.id,
            service_id=service.id,
            offers=offers,
            attendance=attendance,
            source_code=make_source(),
            confirmed_on="2026-11-01",
        )
    )


def make_rule(office: Office, services: Sequence[Service], weekday: int, **facts: object) -> OpeningRule:
    """Mornings of one weekday, 9:00 to 12:00, slots of 15 minutes with 2 seats."""
    given = {
        "opens": time(9),
        "closes": time(12),
        "slot_minutes": 15,
        "seats": 2,
        "valid_from": date(2026, 1, 1),
        **facts,
    }
    rule = _keep(OpeningRule(office_id=office.id, weekday=weekday, **given))
    db.session.add_all(OpeningRuleService(rule_id=rule.id, service_id=service.id) for service in services)
    db.session.flush()
    return rule


def make_account(name: str, role: Role, office: Office | None = None, language: str = "es") -> Account:
    """An account of the cast: `mirta@example.pe` with the password PASSWORDS["mirta"]."""
    return _keep(
        Account(
            email=f"{name}@example.pe",
            name=name.capitalize(),
            password_hash=_hash(PASSWORDS[name]),
            role=role,
            office_id=office.id if office else None,
            language=language,
        )
    )


@cache
def _hash(password: str) -> str:
    return hash_password(password)  # slow on purpose, so once for the whole suite


def _keep(row: Row) -> Row:
    db.session.add(row)
    db.session.flush()
    return row


@dataclass(frozen=True)
class World:
    """What the makers made: internal numbers by public name."""

    offices: dict[str, int]
    services: dict[str, int]
    accounts: dict[str, str]  # first name -> e-mail
    rules: dict[str, list[int]]  # office -> its rules, Monday to Friday


def furnish(horizon_days: int = 14) -> World:
    """The standard world: Cusco and Tacna attend on weekdays, Áncash is announced; slots are published."""
    apostille = make_service("apostille")
    legalisation = make_service("legalisation", duration_minutes=30)
    offices = {
        "cusco": make_office("cusco", "Cusco", "08"),
        "tacna": make_office("tacna", "Tacna", "23"),
        "ancash": make_office("ancash", "Áncash", "02", status="announced", city=None, address=None),
    }
    rules = {}
    for slug in ("cusco", "tacna"):
        for service in (apostille, legalisation):
            make_offer(offices[slug], service)
        rules[slug] = [make_rule(offices[slug], [apostille, legalisation], day).id for day in range(5)]
    staff = {
        "mirta": make_account("mirta", Role.CLERK, offices["cusco"]),
        "omar": make_account("omar", Role.CLERK, offices["tacna"]),
        "ines": make_account("ines", Role.ADMINISTRATOR),
    }
    publish(horizon_days, clock.now())
    return World(
        offices={slug: office.id for slug, office in offices.items()},
        services={"apostille": apostille.id, "legalisation": legalisation.id},
        accounts={name: account.email for name, account in staff.items()},
        rules=rules,
    )
