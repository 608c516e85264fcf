"""The citizen's journey with the keyboard alone; where the keyboard is can always be seen."""

from collections.abc import Callable

from tests.journeys.visitor import Visitor

MOST_STEPS = 60  # presses of Tab from one end of a page to what is wanted


def tab_to(visitor: Visitor, selector: str) -> None:
    """Press Tab until the keyboard is on such an element, and see that it shows."""
    for _step in range(MOST_STEPS):
        visitor.page.keyboard.press("Tab")
        if visitor.page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            break
    else:
        raise AssertionError(f"{selector} is not reached with Tab on {visitor.path}")
    assert visitor.ringed, f"nothing shows that {selector} has the keyboard"


def key(visitor: Visitor, name: str, *, status: int = 200) -> None:
    """Press a key that leads to another page."""
    visitor.leads(lambda: visitor.page.keyboard.press(name), status=status)


# The desk's tests count the first slot of a day, in the same ministry.
LAST_OF_THE_MORNING = "li:last-child > button.time"


def test_a_booking_with_the_keyboard_alone(visit: Callable[..., Visitor]) -> None:
    citizen = visit()
    keyboard = citizen.go("/es").keyboard
    tab_to(citizen, "select[name=service]")
    keyboard.type("Apostilla o")
    tab_to(citizen, "input[name=near]")
    keyboard.type("cusco")
    key(citizen, "Enter")
    tab_to(citizen, ".row__link")
    key(citizen, "Enter")
    tab_to(citizen, "main a.govuk-button")
    key(citizen, "Enter")
    tab_to(citizen, "a.turn--on")
    key(citizen, "Enter")
    tab_to(citizen, "a.day")
    key(citizen, "Enter")
    assert citizen.focused == "times"
    tab_to(citizen, LAST_OF_THE_MORNING)
    key(citizen, "Enter")
    mistakes_first(citizen)
    tell_who_comes(citizen)
    assert citizen.heading == "Revise antes de confirmar"
    tab_to(citizen, "main form button[type=submit]")
    key(citizen, "Space")
    assert citizen.heading == "Su cita está confirmada"


def test_two_tabs_lead_to_the_times(visit: Callable[..., Visitor]) -> None:
    citizen = visit()
    page = citizen.go("/es/oficinas/cusco/cita?service=apostille")
    day = page.locator("a.day").first.get_attribute("href") or ""
    citizen.go(day.removesuffix("#times"))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert citizen.ringed
    page.keyboard.press("Enter")
    assert citizen.focused == "times"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('button.time')")


def mistakes_first(citizen: Visitor) -> None:
    """An empty form: the summary has the keyboard, and its first line leads to its field."""
    tab_to(citizen, "main form button[type=submit]")
    key(citizen, "Enter", status=422)
    citizen.page.locator(".govuk-error-summary:focus").wait_for()
    tab_to(citizen, ".govuk-error-summary a")
    citizen.page.keyboard.press("Enter")
    assert citizen.focused == "document_number"


def tell_who_comes(citizen: Visitor, document: str = "70809033") -> None:
    """From the field of the number: back to the kinds of document, and on to the end."""
    keyboard = citizen.page.keyboard
    keyboard.press("Shift+Tab")
    assert citizen.ringed
    keyboard.press("ArrowDown")
    assert citizen.page.locator("[name=document_type]:checked").input_value() == "ce"
    keyboard.press("ArrowUp")
    for name, value in (
        ("document_number", document),
        ("given_names", "Rosa María"),
        ("family_names", "Quispe Ñahui"),
        ("email", "rosa@example.pe"),
    ):
        tab_to(citizen, f"[name={name}]")
        keyboard.type(value)
    tab_to(citizen, "[name=preferential]")
    keyboard.press("Space")
    assert citizen.page.locator("[name=preferential]").is_checked()
    tab_to(citizen, "main form button[type=submit]")
    key(citizen, "Enter")


def test_the_first_tab_skips_to_the_content(visit: Callable[..., Visitor]) -> None:
    for path in ("/es", "/es/oficinas/cusco", "/desk/sign-in"):
        visitor = visit()
        page = visitor.go(path)
        page.keyboard.press("Tab")
        skip = page.locator("a.skip")
        assert page.evaluate("document.activeElement.className") == "skip"
        box = skip.bounding_box()
        assert box is not None
        assert box["y"] >= 0, "the link is outside the screen"
        page.keyboard.press("Enter")
        assert visitor.focused == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
