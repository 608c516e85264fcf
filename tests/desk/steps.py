"""What staff do in the tests of the desk: sign in, press a person's button."""

from datetime import datetime

from flask import Flask

from consular.appointments.booking import book
from consular.appointments.people import Citizen
from consular.appointments.rules import Policy
from consular.foundation.database import transaction
from tests.factories import PASSWORDS
from tests.page_client import PageClient, filled
from tests.page_tree import Element, Page

TODAY = "/desk/offices/cusco/today"
WEEK = "/desk/offices/cusco/week"


def signed_in(app: Flask, name: str) -> PageClient:
    """A client whose person has signed in through the page."""
    client = PageClient(app)
    form = client.get("/desk/sign-in").form(action="/desk/sign-in")
    client.submit(form, {"email": f"{name}@example.pe", "password": PASSWORDS[name]}, status=303)
    return client


def booked(
    app: Flask, citizen: Citizen, starts_at: datetime, *, office: str = "cusco", **details: bool
) -> str:
    """The reference of an appointment for an apostille."""
    with app.app_context(), transaction():
        view = book(
            office=office,
            service="apostille",
            starts_at=starts_at,
            citizen=citizen,
            policy=Policy(),
            actor="citizen",
            channel="site",
            **details,
        )
        return view.reference


def group(page: Page, status: str) -> list[str]:
    """The names in a group of the day's list, in order."""
    return [name.text for name in _section(page, status).all(class_="person__name")]


def count(page: Page, status: str) -> int:
    """What the heading of a group says."""
    return int(_section(page, status).one(class_="group__count").text)


def _section(page: Page, status: str) -> Element:
    return page.one("section", class_=f"group--{status}")


def buttons(page: Page, reference: str) -> list[str]:
    """The words of a person's buttons, without the name that only screen readers hear."""
    line = page.one("li", id=reference)
    return [button.text.split(" : ")[0] for button in line.all("button")]


def press(client: PageClient, page: Page, reference: str, words: str, *, status: int = 303) -> Page:
    """Press the button of a person's line with these words."""
    line = page.one("li", id=reference)
    pressed = [button for button in line.all("button") if button.text.split(" : ")[0] == words]
    assert len(pressed) == 1, f"{len(pressed)} buttons {words!r}: {buttons(page, reference)}"
    form = page.form(id=pressed[0]["form"])
    data = {**filled(form), pressed[0]["name"]: pressed[0]["value"]}
    return client.post(form["action"], data, status=status)
