"""The ministry that the browser visits: the real offices, and calendars of its own in four of them.

Cusco has places at 9:00 to 12:00 and 15:00 to 16:00 on weekdays, Tacna too; Puno's are all taken; Cusco
trains its staff on the first Friday. The clock of the visits stands at NOW.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta

from flask import Flask
from sqlalchemy import select, update

from consular.appointments.booking import book
from consular.appointments.people import Citizen
from consular.appointments.rules import Policy
from consular.foundation import clock
from consular.foundation.database import FAR_FUTURE, db, transaction
from consular.offices.models import Offer, Office, Service
from consular.schedule.models import Closure, Seat
from consular.schedule.publishing import publish
from consular.staff.models import Role
from tests.factories import JULIO, MORNING, make_account, make_rule

TRAINING = date(2026, 12, 4)
HORIZON_DAYS = 21
AT_NINE = datetime.combine(MORNING.date(), time(14), MORNING.tzinfo)  # 9:00 in Lima
LATER = AT_NINE + timedelta(minutes=45)
NOW = AT_NINE + timedelta(minutes=20)  # María is late, Julio is not

MARIA = Citizen(
    document_type="dni",
    document_number="40506070",
    given_names="María del Carmen Guadalupe de los Ángeles",
    family_names="Huamanchumo de la Cruz y Rodríguez de Mendoza",
    email="maria@example.pe",
)


def open_ministry() -> None:
    """Give a seeded database calendars, staff and two citizens who come to Cusco today; the caller commits."""
    service = db.session.scalars(select(Service).where(Service.code == "apostille")).one()
    service.duration_minutes = 15
    offices = {
        slug: db.session.scalars(select(Office).where(Office.slug == slug)).one()
        for slug in ("cusco", "tacna", "puno")
    }
    for office in offices.values():
        attend(office, service)
    cusco = offices["cusco"]
    db.session.add(Closure(office_id=cusco.id, day=TRAINING, kind="training", reason="Capacitación"))
    make_account("mirta", Role.CLERK, cusco)
    make_account("omar", Role.CLERK, offices["tacna"], language="en")
    publish(HORIZON_DAYS, clock.now())
    fill(offices["puno"])
    come(MARIA, AT_NINE)
    come(JULIO, LATER)


def attend(office: Office, service: Service) -> None:
    """Appointments for the service on weekdays, mornings and an hour of the afternoon."""
    offer = db.session.get(Offer, (office.id, service.id))
    assert offer is not None
    offer.attendance = "appointment"
    for weekday in range(5):
        make_rule(office, [service], weekday)
        make_rule(office, [service], weekday, opens=time(15), closes=time(16), seats=1)


def fill(office: Office) -> None:
    """Nothing is free in this office: somebody holds every seat."""
    seats = update(Seat).where(Seat.office_id == office.id)
    db.session.execute(seats.values(hold="somebody-else", free_from=FAR_FUTURE - timedelta(days=400)))


def come(citizen: Citizen, starts_at: datetime) -> str:
    """An appointment in Cusco; its reference."""
    view = book(
        office="cusco",
        service="apostille",
        starts_at=starts_at,
        citizen=citizen,
        policy=Policy(lead=timedelta()),
        actor="citizen",
        channel="site",
    )
    return view.reference


@contextmanager
def everything_taken(ministry: Flask, slug: str) -> Iterator[None]:
    """For a while somebody else holds every free seat of the office."""
    with ministry.app_context(), transaction():
        office = db.session.scalars(select(Office.id).where(Office.slug == slug)).one()
        free = update(Seat).where(
            Seat.office_id == office, Seat.appointment_id.is_(None), Seat.hold.is_(None)
        )
        later = FAR_FUTURE - timedelta(days=400)
        db.session.execute(free.values(hold="for-a-while", free_from=later))
    yield
    with ministry.app_context(), transaction():
        held = update(Seat).where(Seat.hold == "for-a-while")
        db.session.execute(held.values(hold=None, free_from=clock.now()))
