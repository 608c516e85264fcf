"""Places while somebody types: with the keyboard, with a finger, without a network, and for a screen reader."""

import urllib.request
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.test_pages import violations
from tests.journeys.visitor import Visitor

FIELD, LIST = "#near", "#near-places"


@pytest.fixture(autouse=True)
def places_are_known(address: str) -> None:
    """A process reads the places of the country at their first use, for which the script may not wait on a busy machine."""
    urllib.request.urlopen(f"{address}/es/lugares?q=lima", timeout=60).close()  # noqa: S310 - ours


def typed(page: Page, text: str) -> None:
    """Type it, and wait for the list of the whole text: on a busy machine its beginning is asked for too."""
    page.locator(FIELD).focus()
    with page.expect_response(lambda answer: answer.url.endswith(f"?q={text}")) as answered:
        page.keyboard.type(text)
    answered.value.finished()
    page.evaluate("() => new Promise((shown) => setTimeout(shown))")
    expect(page.locator(f"{LIST} [role=option]").first).to_be_visible()


def test_a_place_is_chosen_with_the_keyboard(visit: Callable[..., Visitor]) -> None:
    citizen = visit()
    page = citizen.go("/es")
    field, options = page.locator(FIELD), page.locator(f"{LIST} [role=option]")
    expect(field).to_have_attribute("role", "combobox")
    typed(page, "huar")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".places__says")).to_have_text("8 lugares. Recórralos con las flechas")
    assert violations(Axe(), citizen) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", options.nth(1).get_attribute("id") or "")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Huaraz, Áncash")
    expect(page.locator(LIST)).to_be_hidden()
    assert citizen.path == "/es", "the first Enter chooses, the next one searches"
    citizen.leads(lambda: page.keyboard.press("Enter"))
    assert "Huaraz, Áncash" in citizen.heading


def test_escape_leaves_what_was_typed_and_tab_takes_the_choice(visit: Callable[..., Visitor]) -> None:
    citizen = visit()
    page = citizen.go("/es")
    field = page.locator(FIELD)
    typed(page, "rimac")
    page.keyboard.press("Escape")
    expect(page.locator(LIST)).to_be_hidden()
    expect(field).to_have_value("rimac")
    page.keyboard.press("ArrowDown")
    expect(page.locator(LIST)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    expect(field).to_have_value("Rímac, Lima")
    assert citizen.focused != "near"


def test_a_finger_finds_large_places(visit: Callable[..., Visitor]) -> None:
    citizen = visit(has_touch=True)
    page = citizen.go("/es")
    typed(page, "caraz")
    option = page.locator(f"{LIST} [role=option]").first
    # A slow machine pauses between letters, and then the list of the first ones shows for a moment.
    expect(option).to_have_attribute("data-label", "Caraz, Áncash")
    box = option.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    option.tap()
    expect(page.locator(FIELD)).to_have_value("Caraz, Áncash")
    expect(page.locator(LIST)).to_be_hidden()


def test_the_list_does_not_change_under_a_finger(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/es")
    typed(page, "caraz")
    option = page.locator(f"{LIST} [role=option]").first
    expect(option).to_have_attribute("data-label", "Caraz, Áncash")
    option.hover()
    page.mouse.down()
    with page.expect_response("**/lugares?*"):
        page.locator(FIELD).press_sequentially("\b\bllao")
    expect(option).to_have_attribute("data-label", "Caraz, Áncash")
    page.mouse.up()
    expect(page.locator(FIELD)).to_have_value("Caraz, Áncash")
    expect(page.locator(LIST)).to_be_hidden()


def test_a_letter_more_while_an_answer_is_under_way_leaves_the_list(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/es")
    typed(page, "cara")
    page.route("**/lugares?*", lambda _: None)  # never answered
    with page.expect_request("**/lugares?*"):
        page.keyboard.type("z")
    with page.expect_event("requestfailed"):  # stopped for the next letter
        page.keyboard.type("x")
    page.wait_for_timeout(50)
    assert page.locator(LIST).is_visible()


def test_what_begins_no_name_is_said(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/es")
    page.locator(FIELD).focus()
    page.keyboard.type("zzzz")
    expect(page.locator(".places__says--shown")).to_have_text(
        "No conocemos un lugar que empiece así. Puede buscarlo igual"
    )
    assert not page.locator(LIST).is_visible()


def test_one_letter_or_a_position_asks_nothing(visit: Callable[..., Visitor]) -> None:
    citizen = visit()
    page = citizen.go("/es")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/lugares" in request.url else None)
    page.locator(FIELD).focus()
    page.keyboard.type("c")
    page.wait_for_timeout(400)
    page.locator(FIELD).fill("-9.53,-77.53")
    page.wait_for_timeout(400)
    assert asked == []


def test_fast_typing_asks_once(visit: Callable[..., Visitor]) -> None:
    page = visit().go("/es")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/lugares" in request.url else None)
    typed(page, "trujillo")
    assert len(asked) == 1


@pytest.mark.parametrize("broken", ["failing", "refusing"])
def test_without_an_answer_the_field_works_as_ever(broken: str, visit: Callable[..., Visitor]) -> None:
    citizen = visit()
    page = citizen.go("/es")
    citizen.expected.add(503)
    page.route("**/lugares?*", lambda route: route.fulfill(status=503, body="<p>no</p>"))
    if broken == "failing":
        page.route("**/lugares?*", lambda route: route.abort("aborted"))
    page.locator(FIELD).focus()
    page.keyboard.type("caraz")
    page.wait_for_timeout(400)
    expect(page.locator(LIST)).to_be_hidden()
    citizen.leads(lambda: page.keyboard.press("Enter"))
    assert "Caraz" in citizen.heading


def test_without_scripts_it_is_a_plain_field(visit: Callable[..., Visitor]) -> None:
    page = visit(java_script_enabled=False).go("/es")
    assert page.locator(FIELD).get_attribute("role") is None
    assert page.locator(LIST).count() == 0
