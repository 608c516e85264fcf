"""The pages of what went wrong, reached in a browser: each says what to do now, and its way on leads on."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser

from consular.foundation.errors import Refusal
from tests.databases import Templates, application
from tests.journeys.conftest import served
from tests.journeys.test_pages import violations
from tests.journeys.visitor import Visitor, phone

Visit = Callable[..., Visitor]


class SomethingElseHappened(Refusal):
    """A refusal for which no page has words of its own."""

    status = 409


def _breaks() -> str:
    raise RuntimeError("broken on purpose")


def _refuses() -> str:
    raise SomethingElseHappened()


@pytest.fixture
def broken(
    browser: Browser, _sqlite_templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Visitor]:
    """A visitor of an application two of whose pages do not work."""
    url = _sqlite_templates.new("sqlite", "seeded")
    with application(url, tmp_path_factory.mktemp("broken")) as app:
        for language in ("es", "en"):
            app.add_url_rule(f"/{language}/breaks", f"breaks-{language}", _breaks)
            app.add_url_rule(f"/{language}/refuses", f"refuses-{language}", _refuses)
        with served(app) as address:
            visitor = phone(browser, address)
            yield visitor
            visitor.leave()


SAID = {
    "/es/breaks": (
        500,
        "Algo falló de nuestro lado",
        ("No fue culpa suya", "No se cambió nada", "Vuelva a intentar"),
    ),
    "/en/breaks": (
        500,
        "Something failed on our side",
        ("not your fault", "Nothing was changed", "Try again"),
    ),
    "/es/refuses": (409, "Algo cambió mientras tanto", ("Vuelva atrás",)),
    "/en/refuses": (409, "Something changed in the meantime", ("Go back",)),
}


def leads_on(visitor: Visitor, home: str) -> None:
    """Its link opens the home page."""
    assert violations(Axe(), visitor) == []
    assert visitor.too_wide() == []
    visitor.leads(lambda: visitor.page.locator("main a").first.click())
    assert visitor.path == home


def test_a_page_that_breaks_says_that_nothing_is_lost(broken: Visitor) -> None:
    for path, (status, heading, words) in SAID.items():
        broken.go(path, status=status)
        assert broken.heading == heading
        said = broken.page.locator("main").inner_text()
        assert "RuntimeError" not in said
        for sentence in words:
            assert sentence in said, f"{path}: {said}"
        leads_on(broken, path[:3])


def test_an_address_that_only_takes_forms_leads_on(visit: Visit) -> None:
    """Somebody opens the address of a button again, from the history."""
    for path, heading in (
        ("/es/oficinas/cusco/cita/confirmar", "Eso no se puede hacer desde aquí"),
        ("/en/offices/cusco/appointment/confirm", "That cannot be done from here"),
    ):
        citizen = visit()
        citizen.go(path, status=405)
        assert citizen.heading == heading
        leads_on(citizen, path[:3])


def test_what_was_sent_in_another_form_leads_on(visit: Visit, ministry: Flask) -> None:
    """An old browser or an extension sends the page's form as plain text."""
    citizen = visit()
    page = citizen.go("/es/mi-cita")
    page.evaluate("document.querySelector('main form').enctype = 'text/plain'")
    citizen.leads(lambda: page.locator("main form [type=submit]").last.click(), status=415)
    assert "Abra otra vez la página" in page.locator("main").inner_text()
    leads_on(citizen, "/es")
