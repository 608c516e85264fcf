"""Pages about the service: whole, in both languages, and true to the settings."""

from pathlib import Path

import pytest
from flask import Flask

from tests.databases import application
from tests.factories import World
from tests.page_client import PageClient
from tests.page_tree import Page

PAGES = {
    "/es/acerca": "Sobre este servicio y sus datos",
    "/en/about": "About this service and its data",
    "/es/datos-personales": "Sus datos personales",
    "/en/privacy": "Your personal data",
    "/es/accesibilidad": "Accesibilidad",
    "/en/accessibility": "Accessibility",
}


@pytest.mark.parametrize(("path", "heading"), PAGES.items())
def test_a_page_is_there_in_its_language(client: PageClient, path: str, heading: str) -> None:
    assert client.get(path).heading == heading


@pytest.mark.parametrize("path", ["/es", *PAGES])
def test_every_page_names_where_its_places_come_from(client: PageClient, world: World, path: str) -> None:
    foot = client.get(path).one("footer")
    assert {link["href"] for link in foot.all("a")} >= {
        "https://www.geonames.org/",
        "https://creativecommons.org/licenses/by/4.0/",
    }


@pytest.mark.parametrize("path", ["/es", "/es/oficinas", "/es/acerca", "/es/ninguna"])
def test_a_demonstration_says_so_on_every_page(database_url: str, tmp_path: Path, path: str) -> None:
    status = 404 if path == "/es/ninguna" else 200
    for demo, shown in (("1", True), ("0", False)):
        with application(database_url, tmp_path, DEMO=demo) as app:
            page = PageClient(app).get(path, status=status)
            assert bool(page.all(class_="demo")) is shown


def test_addresses_of_the_ministry_are_settings_and_nothing_is_invented(
    database_url: str, tmp_path: Path, client: PageClient
) -> None:
    assert "Libro de Reclamaciones" not in client.get("/es/acerca").text
    given = {"COMPLAINTS_URL": "https://libro.example.pe/", "DATA_OFFICER": "datos@example.pe"}
    with application(database_url, tmp_path, **given) as app:
        page = PageClient(app).get("/es/datos-personales")
    assert page.link("Libro de Reclamaciones") == "https://libro.example.pe/"
    assert page.link("datos@example.pe") == "mailto:datos@example.pe"


def test_the_sources_and_what_is_missing_are_listed(client: PageClient, world: World) -> None:
    page = client.get("/es/acerca")
    assert "Invented for the tests" in page.one(class_="sources").text
    assert "Entrada sin gradas" in page.text
    assert "Todas las oficinas" in page.text


@pytest.mark.parametrize(
    "path", ["/en/about", "/en/offices?near=-13.5,-72&service=apostille", "/en/offices/cusco"]
)
def test_a_page_names_itself_and_its_other_languages(client: PageClient, world: World, path: str) -> None:
    links = client.get(path).all("link")
    canonical = [link["href"] for link in links if link.get("rel") == "canonical"]
    others = {link["hreflang"]: link["href"] for link in links if link.get("rel") == "alternate"}
    assert canonical == [others["en"]]
    assert others["x-default"] == others["es"]


def test_an_office_can_be_passed_on_without_a_script(client: PageClient, world: World) -> None:
    page = client.get("/es/oficinas/cusco?service=apostille")
    assert page.one(class_="share__address").text.endswith("/es/oficinas/cusco")
    assert page.one(class_="reach__link")["href"].startswith("https://www.openstreetmap.org/")
    assert page.one(class_="reach__link")["rel"] == "noreferrer"


def test_a_page_can_be_read_by_head(client: PageClient) -> None:
    assert client.head("/es/acerca").response.data == b""


def _loaded_at_once(page: Page) -> list[str]:
    """What a browser fetches with the page. The map waits for the rest, and is counted apart."""
    loaded = [link["href"] for link in page.all("link") if link.get("rel") in ("stylesheet", "icon")]
    loaded += [script["src"] for script in page.all("script") if script.get("src")]
    if page.all(data_module="govuk-error-summary"):  # js/start.js fetches its script only then
        loaded += [
            script["data-error-summary"] for script in page.all("script") if script.get("data-error-summary")
        ]
    return loaded


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/es", 200),
        ("/es/oficinas?near=-13.5,-72", 200),
        ("/es/oficinas?near=nowhere-at-all", 404),
        ("/es/oficinas/cusco?service=apostille", 200),
        ("/es/acerca", 200),
    ],
)
def test_the_first_view_is_light(
    app: Flask, client: PageClient, world: World, assets: None, path: str, status: int
) -> None:
    """At most 40 KB, compressed."""
    sizes = {}
    for address in [path, *_loaded_at_once(client.get(path, status=status))]:
        answer = app.test_client().get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
        assert answer.headers.get("Content-Encoding") == "gzip" or len(answer.data) < 600, address
        sizes[address] = len(answer.data)
    assert sum(sizes.values()) <= 40 * 1024, sizes


def test_the_map_adds_at_most_ninety_kilobytes(
    app: Flask, client: PageClient, world: World, assets: None
) -> None:
    page = client.get("/es")
    holder, shapes = page.one(class_="map"), page.all("use")[0]["href"].partition("#")[0]
    sizes = {}
    for address in (holder["data-leaflet"], holder["data-leaflet-style"], shapes):
        answer = app.test_client().get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
        assert answer.status_code == 200, address
        sizes[address] = len(answer.data)
    assert sum(sizes.values()) <= 90 * 1024, sizes
