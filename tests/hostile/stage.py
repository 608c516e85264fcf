"""The server that is attacked, and three whom it trusts: a citizen in the middle of a booking, a clerk, a program.

They are let in as far as anybody can be, so that what is sent reaches the code behind the guards.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from consular.appointments.auditing import audit_capacity
from consular.appointments.models import Appointment, Booking
from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.schedule.models import Seat, Slot
from consular.site.calendar_view import instant_code
from consular.staff.api_keys import issue
from tests.factories import PASSWORDS, furnish
from tests.page_client import PageClient
from tests.page_tree import Page
from tests.site.booking_steps import PERSON, book, check_page

# What the server is told beyond its usual settings: every request of the attack comes from another address,
# and a hold outlives the longest attack.
SETTINGS = {"TRUSTED_PROXIES": "1", "HOLD_MINUTES": "60", "ACCESS_LOG": ""}


@dataclass(frozen=True)
class Trusted:
    """Somebody whom the server knows: the headers that say so, and the token of their forms."""

    headers: tuple[tuple[str, str], ...]
    token: str = ""


@dataclass(frozen=True)
class Live:
    """A running gunicorn, its database, and those whom it trusts."""

    port: int
    app: Flask
    folder: Path
    citizen: Trusted
    clerk: Trusted
    program: Trusted
    mine: str
    doomed: str
    start: str

    @property
    def log(self) -> str:
        return (self.folder / "gunicorn.log").read_text("utf-8", "replace")


def open_offices(app: Flask) -> list[str]:
    """The standard world as of now; the starts that are free in Cusco, from tomorrow on, one a day."""
    with app.app_context(), transaction():
        world = furnish()
        tomorrow = clock.now() + timedelta(days=1)
        starts = db.session.scalars(
            select(func.min(Slot.starts_at))
            .where(Slot.office_id == world.offices["cusco"], Slot.starts_at > tomorrow)
            .group_by(func.date(Slot.starts_at))
        ).all()
    return sorted(instant_code(start) for start in starts)


def trusted_citizen(app: Flask, starts: list[str]) -> tuple[Trusted, str, str]:
    """Two appointments, and a third booking that lacks only its last click."""
    client = PageClient(app)
    mine, doomed = (
        book(client, {**PERSON, "document_number": number}, start)
        for number, start in zip(("10117411", "10117412"), starts, strict=False)
    )
    page = check_page(client, {**PERSON, "document_number": "10117413"}, starts[2])
    return _trusted(client, page), mine, doomed


def trusted_clerk(app: Flask) -> Trusted:
    """Mirta, signed in."""
    client = PageClient(app)
    form = client.get("/desk/sign-in").form(action="/desk/sign-in")
    client.submit(form, {"email": "mirta@example.pe", "password": PASSWORDS["mirta"]}, status=303)
    return _trusted(client, client.get("/desk/offices/cusco/today"))


def trusted_program(app: Flask) -> Trusted:
    """A program that may do everything that programs may."""
    with app.app_context(), transaction():
        key = issue("attacked", "operator")
    return Trusted((("Authorization", f"Bearer {key}"),))


def _trusted(client: PageClient, page: Page) -> Trusted:
    kept = ((name, client.http.get_cookie(name)) for name in ("session", "draft", "appointments"))
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in kept if cookie)
    token = next(field["value"] for field in page.all("input", name="csrf_token"))
    return Trusted((("Cookie", cookies),), token)


@dataclass(frozen=True)
class Ledger:
    """What an attack must leave as it was."""

    appointments: int
    bookings: int
    seats: int
    findings: tuple[object, ...]


def ledger(app: Flask) -> Ledger:
    """Count what a half-made appointment would leave behind, and audit."""
    with app.app_context():
        counts = [
            db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Appointment, Booking, Seat)
        ]
        counted = Ledger(*counts, tuple(audit_capacity().findings))
        db.session.remove()
    return counted
