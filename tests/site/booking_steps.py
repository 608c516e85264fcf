"""The steps of a booking as the tests of the citizens' pages take them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update

from consular.appointments.models import Appointment
from consular.foundation import clock
from consular.foundation.database import FAR_FUTURE, db, transaction
from consular.schedule.models import Seat
from tests.page_client import PageClient
from tests.page_tree import Element, Page

AT_NINE = datetime(2026, 12, 1, 14, tzinfo=UTC)
CALENDAR = "/es/oficinas/cusco/cita?service=apostille"
TUESDAY = "2026-12-01"
NINE = "2026-12-01T14:00Z"
HALF_PAST_NINE = "2026-12-01T14:30Z"
DETAILS = f"/es/oficinas/cusco/cita/datos?service=apostille&start={NINE}"
CHECK = f"/es/oficinas/cusco/cita/revisar?service=apostille&start={NINE}"
CONFIRM = "/es/oficinas/cusco/cita/confirmar"
HOLD = "/es/oficinas/cusco/cita/reservar"

PERSON = {
    "document_type": "dni",
    "document_number": "10117410",
    "given_names": "Rosa María",
    "family_names": "Quispe Ñahui",
    "email": "rosa@example.com",
    "phone": "984 000 001",
}


def day_page(client: PageClient, day: str = TUESDAY) -> Page:
    """The calendar with that day chosen."""
    return client.get(f"{CALENDAR}&day={day}")


def hour(page: Page, start: str) -> str:
    """The words on the button of that start."""
    return page.one("button", name="start", value=start).text


def choose(client: PageClient, start: str = NINE, *, status: int = 303) -> Page:
    """Press the button of a time, as a person on the day's page."""
    page = day_page(client, start[:10])
    return client.submit(page.form(action=HOLD), status=status, button=hour(page, start))


def fill_details(client: PageClient, person: dict[str, str] | None = None, start: str = NINE) -> Page:
    """Choose the time and send the details; the answer leads to the check page."""
    page = client.follow(choose(client, start))
    return client.submit(main_form(page), person or PERSON, status=303)


def check_page(client: PageClient, person: dict[str, str] | None = None, start: str = NINE) -> Page:
    return client.follow(fill_details(client, person, start))


def book(client: PageClient, person: dict[str, str] | None = None, start: str = NINE) -> str:
    """The whole journey; the reference."""
    answer = client.submit(main_form(check_page(client, person, start)), status=303)
    return answer.location.rsplit("/", 1)[1]


def main_form(page: Page) -> Element:
    """The form of the page's main button."""
    forms = [form for form in page.all("form") if form.all("button", class_="govuk-button")]
    assert len(forms) == 1, f"{len(forms)} forms with a main button"
    return forms[0]


def cookie(client: PageClient, name: str) -> str | None:
    found = client.http.get_cookie(name)
    return found.value if found else None


def appointments_made(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Appointment)) or 0


def free_at_nine(app: Flask) -> int:
    with app.app_context():
        free = select(func.count()).select_from(Seat).where(Seat.free_from <= clock.now())
        return db.session.scalar(free.where(Seat.office_id == 1, Seat.starts_at == AT_NINE)) or 0


def take_seats(app: Flask, *where: Any) -> None:
    """Somebody else holds every seat of Cusco that fits."""
    with app.app_context(), transaction():
        mine = update(Seat).where(Seat.office_id == 1, Seat.appointment_id.is_(None), *where)
        db.session.execute(mine.values(hold="somebody-else", free_from=FAR_FUTURE - timedelta(days=400)))
