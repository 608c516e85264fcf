"""The guided path in a browser: by keyboard to the appointment, without an axe violation, and on paper."""

from collections.abc import Callable, Iterator

import pytest

from tests.journeys.test_keyboard import LAST_OF_THE_MORNING, key, tab_to, tell_who_comes
from tests.journeys.test_pages import everything_is_right
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
PATHS = {"es": "/es/que-tramite-necesito", "en": "/en/which-procedure"}
BIRTH = "paper=civil-registry&issuer=birth-municipality"


def answer_by_keyboard(citizen: Visitor) -> None:
    """From the home page: what it is, who issued it, for where."""
    keyboard = citizen.go("/es").keyboard
    tab_to(citizen, ".search__unsure a")
    key(citizen, "Enter")
    tab_to(citizen, "input[name=paper]")
    keyboard.press("Space")
    tab_to(citizen, "main button[type=submit]")
    key(citizen, "Enter")
    tab_to(citizen, "input[name=issuer]")
    keyboard.press("Space")
    tab_to(citizen, "main button[type=submit]")
    key(citizen, "Enter")
    tab_to(citizen, "input[name=country]")
    keyboard.type("estados unidos")
    key(citizen, "Enter")
    assert citizen.heading == "Pida una apostilla"


@pytest.mark.parametrize("scripts", [True, False])
def test_from_the_questions_to_the_appointment_with_the_keyboard(visit: Visit, scripts: bool) -> None:
    citizen = visit(java_script_enabled=scripts)
    if scripts:
        by_keyboard_to_the_end(citizen)
    else:
        without_scripts_to_the_hold(citizen)


def by_keyboard_to_the_end(citizen: Visitor) -> None:
    answer_by_keyboard(citizen)
    keyboard = citizen.page.keyboard
    tab_to(citizen, ".ticks input")
    keyboard.press("Space")
    assert citizen.page.locator(".ticks input").first.is_checked()
    tab_to(citizen, "input[name=near]")
    keyboard.type("cusco")
    key(citizen, "Enter")
    for link in (".row__link", "main a.govuk-button", "a.turn--on", "a.day", LAST_OF_THE_MORNING):
        tab_to(citizen, link)
        key(citizen, "Enter")
    tab_to(citizen, "[name=document_type]")
    tab_to(citizen, "[name=document_number]")
    tell_who_comes(citizen, "70809034")
    tab_to(citizen, "main form button[type=submit]")
    key(citizen, "Space")
    assert citizen.heading == "Su cita está confirmada"
    assert "Reniec" in citizen.page.locator("section[aria-labelledby=first] ol").inner_text()


def without_scripts_to_the_hold(citizen: Visitor) -> None:
    page = citizen.go(f"{PATHS['es']}?{BIRTH}")
    page.get_by_label("País").fill("ESPAÑA")
    citizen.press("Continuar")
    page.get_by_label("¿Dónde está?").fill("cusco")
    citizen.press("Buscar oficinas")
    assert "para usar en España" in page.locator(".guided-errand").inner_text()
    citizen.leads(lambda: page.locator(".row__link").first.click())
    citizen.leads(lambda: page.locator("main a.govuk-button").first.click())
    assert "guidance=birth-municipality.es" in page.url


def states(citizen: Visitor, path: str) -> Iterator[str]:
    """Every question, every kind of mistake, every end."""
    for name, asked, status in (
        ("what", "", 200),
        ("nothing chosen", "?paper=", 422),
        ("whose", "?paper=civil-registry", 200),
        ("which country", f"?{BIRTH}", 200),
        ("no such country", f"?{BIRTH}&country=Corea", 404),
        ("a change", f"?{BIRTH}&country=es&change=country", 200),
        ("apostille", f"?{BIRTH}&country=es", 200),
        ("legalisation", f"?{BIRTH}&country=ae", 200),
        ("not yet a member", "?paper=notarial&country=th", 200),
        ("ask", f"?{BIRTH}&country=gr", 200),
        ("at home", f"?{BIRTH}&country=pe", 200),
        ("online", "?paper=university&country=es&digital=yes", 200),
        ("translation", "?paper=translation&issuer=translation-certified&country=fr", 200),
        ("consular", "?paper=foreign&issuer=legalised-foreign-consulate", 200),
        ("elsewhere", "?paper=identity&issuer=passport", 200),
        ("help", "?paper=relative&issuer=assistance", 200),
    ):
        citizen.go(f"{path}{asked}", status=status)
        yield name


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_state_is_accessible_on_a_phone(visit: Visit, language: str) -> None:
    citizen = visit()
    everything_is_right(citizen, fits(citizen, states(citizen, PATHS[language])))


def fits(citizen: Visitor, seen: Iterator[str]) -> Iterator[str]:
    """Nothing is wider than a narrow phone."""
    for state in seen:
        wide = citizen.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, f"{state}: {wide} pixels wide"
        yield state


def test_on_paper_the_lists_stay_and_the_search_goes(visit: Visit) -> None:
    citizen = visit()
    page = citizen.go(f"{PATHS['es']}?{BIRTH}&country=es")
    page.emulate_media(media="print")
    assert page.locator(".ticks input").first.is_visible()
    assert not page.locator(".guided__search").is_visible()
    assert page.locator(".guided__sources").is_visible()
