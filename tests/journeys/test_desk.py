"""The desk in a browser: a clerk attends people, and changes the seats of a slot."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask

from tests.journeys.desk_steps import TODAY, WEEK, comes, group_of, press, sign_in
from tests.journeys.ministry import AT_NINE, LATER
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
LAPTOP = {"viewport": {"width": 1280, "height": 800}}


def test_a_clerk_attends_people(visit: Visit, ministry: Flask) -> None:
    elena = comes(ministry, "80706051", LATER)
    late = comes(ministry, "80706052", AT_NINE + timedelta(minutes=15))
    clerk = visit(**LAPTOP)
    sign_in(clerk, "mirta")
    assert clerk.path == TODAY
    for words, group in (
        ("Llegó", "arrived"),
        ("A ventanilla", "serving"),
        ("Atendido", "served"),
        ("Deshacer", "serving"),
    ):
        press(clerk, elena, words)
        assert group_of(clerk, elena) == f"group-{group}"
    assert clerk.focused == elena
    press(clerk, late, "No vino")
    assert group_of(clerk, late) == "group-no_show"
    clerk.press("Salir")
    assert clerk.path == "/desk/sign-in"
    clerk.go(TODAY)
    assert clerk.path == "/desk/sign-in"


def test_a_clerk_works_the_list_with_single_keys(visit: Visit, ministry: Flask) -> None:
    elena = comes(ministry, "80706053", LATER + timedelta(minutes=15))
    clerk = visit(**LAPTOP)
    sign_in(clerk, "mirta")
    page = clerk.page
    page.keyboard.press("/")
    assert clerk.focused == "sought"
    page.keyboard.type(elena)
    assert page.locator("[data-person]:visible").count() == 1
    page.keyboard.press("Enter")
    for letter, group in (("a", "arrived"), ("v", "serving"), ("f", "served"), ("u", "serving")):
        clerk.leads(lambda letter=letter: page.keyboard.press(letter))
        assert group_of(clerk, elena) == f"group-{group}"


def test_a_clerk_gives_a_slot_more_seats_and_never_takes_a_taken_one(visit: Visit, ministry: Flask) -> None:
    start = AT_NINE + timedelta(days=2)  # citizens of other journeys take the first times of Tuesday
    comes(ministry, "80706054", start)
    clerk = visit(**LAPTOP)
    sign_in(clerk, "mirta")
    page = clerk.go(WEEK)
    # Wednesday's first slot, at 9:00: two seats, one of them Elena's.
    clerk.leads(lambda: page.locator("table.grid tbody tr").first.locator("td").nth(2).locator("a").click())
    assert "1 ocupado" in page.locator("#slot").inner_text()
    clerk.press("Un cupo más")
    assert page.locator("#seats").input_value() == "3"
    clerk.press("Un cupo menos")
    assert page.locator("#seats").input_value() == "2"
    page.fill("#seats", "0")
    clerk.press("Guardar", status=409)
    assert page.locator("[role=alert]").count() == 1
    clerk.leads(lambda: page.locator("a.cell--chosen").click())
    assert page.locator("#seats").input_value() == "2"
