"""What staff do in the browser."""

from datetime import datetime

from flask import Flask

from consular.appointments.people import Citizen
from consular.foundation import clock
from consular.foundation.database import transaction
from tests.factories import MORNING, PASSWORDS
from tests.journeys.ministry import come
from tests.journeys.visitor import Visitor

TODAY = "/desk/offices/cusco/today"
WEEK = "/desk/offices/cusco/week"


def sign_in(clerk: Visitor, name: str) -> None:
    """Sign in through the page."""
    clerk.go("/desk/sign-in")
    clerk.page.fill("[name=email]", f"{name}@example.pe")
    clerk.page.fill("[name=password]", PASSWORDS[name])
    clerk.leads(lambda: clerk.page.locator("main button[type=submit]").click())


def comes(ministry: Flask, document: str, starts_at: datetime) -> str:
    """Somebody more has an appointment today in Cusco; the reference."""
    citizen = Citizen(
        document_type="dni",
        document_number=document,
        given_names="Elena",
        family_names="Quiroga",
        email="elena@example.pe",
    )
    with clock.stopped(MORNING), ministry.app_context(), transaction():  # booked before the office opened
        return come(citizen, starts_at)


def press(clerk: Visitor, reference: str, words: str) -> None:
    """Press the button of a person's line that begins with these words."""
    line = clerk.page.locator(f"[id='{reference}']")
    clerk.leads(lambda: line.get_by_role("button", name=words).click())


def group_of(clerk: Visitor, reference: str) -> str:
    """The group of the day's list in which a person stands."""
    return (
        clerk.page.locator("section.group", has=clerk.page.locator(f"[id='{reference}']")).get_attribute(
            "aria-labelledby"
        )
        or ""
    )
