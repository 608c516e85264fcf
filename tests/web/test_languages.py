"""Languages: one endpoint with an address in each, and none that can break a page."""

import pytest
from flask import Flask, g, url_for

from consular.web import languages
from consular.web.languages import ALL_LANGUAGES, LANGUAGES, current_language, speaking
from tests.factories import World
from tests.page_client import PageClient


def test_spanish_comes_first_and_languages_under_review_are_hidden() -> None:
    assert [each.code for each in LANGUAGES] == ["es", "en"]
    assert {each.code for each in ALL_LANGUAGES} - {"es", "en"} == {"qu", "ay"}


def test_links_stay_in_the_language_of_the_page(app: Flask) -> None:
    with app.test_request_context("/en/offices"):
        app.preprocess_request()
        assert url_for("site.offices") == "/en/offices"
        assert url_for("site.offices", language="es") == "/es/oficinas"


@pytest.mark.parametrize("code", ["es", "en"])
def test_a_page_names_its_language_and_leads_to_the_other(
    client: PageClient, world: World, code: str
) -> None:
    page = client.get({"es": "/es/oficinas?near=-13.5,-72", "en": "/en/offices?near=-13.5,-72"}[code])
    assert page.one("html")["lang"] == code
    others = {link["hreflang"]: link["href"] for link in page.all("link", rel="alternate")}
    assert others == {
        "es": "http://localhost/es/oficinas?near=-13.5,-72",
        "en": "http://localhost/en/offices?near=-13.5,-72",
        "x-default": "http://localhost/es/oficinas?near=-13.5,-72",
    }


@pytest.mark.parametrize("wanted", ["es-PE,es;q=0.9", "qu", "xx", "*", "", "en;q=0.1, es", "\u00ff;;q=,"])
def test_the_way_in_is_spanish_unless_asked(client: PageClient, wanted: str) -> None:
    page = client.get("/", status=302, headers={"Accept-Language": wanted})
    assert page.location == "/es"
    assert "Accept-Language" in page.response.headers["Vary"]


def test_the_way_in_is_english_for_who_asks_for_it(client: PageClient) -> None:
    assert client.get("/", status=302, headers={"Accept-Language": "en-GB,en;q=0.9"}).location == "/en"


@pytest.mark.parametrize(
    "path", ["/xx", "/xx/oficinas", "/qu", "/ay/oficinas", "/../es/x", "/es/offices", "/%E1"]
)
def test_an_unknown_language_is_a_page_that_is_not_there(client: PageClient, path: str) -> None:
    client.get(path, status=404)


def test_an_error_speaks_the_language_of_its_address(client: PageClient) -> None:
    assert client.get("/en/nowhere", status=404).heading == "This page does not exist"
    assert client.get("/es/ninguna", status=404).heading == "Esta página no existe"


def test_a_language_that_babel_lacks_can_be_spoken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    aimara = next(each for each in ALL_LANGUAGES if each.code == "ay")
    monkeypatch.setitem(languages._BY_CODE, "ay", aimara)
    with app.app_context(), speaking("ay"):
        assert current_language() is aimara
        # An empty catalogue falls back to Spanish, never to an exception or to English.
        assert languages.catalogue("ay").gettext("Find offices") == "Buscar oficinas"


def test_speaking_leaves_the_language_as_it_was(app: Flask) -> None:
    with app.app_context():
        with speaking("en"):
            assert g.language.code == "en"
        assert current_language().code == "es"


@pytest.mark.parametrize(
    "query",
    ["_scheme=javascript", "_anchor=x", "_method=x", "_external=1", "endpoint=x", "slug=x", "a=1&a=%C3%B1"],
)
def test_a_query_is_never_an_order_to_whoever_builds_addresses(client: PageClient, world, query: str) -> None:
    page = client.get(f"/es/oficinas/cusco?{query}")
    others = {link["hreflang"]: link["href"] for link in page.all("link", rel="alternate")}
    assert others["en"].endswith(f"/en/offices/cusco?{query}")
