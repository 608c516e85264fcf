"""The sitemap, robots.txt, and the page of downloads: true to the pages that there are."""

import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from flask import Flask
from sqlalchemy import update

from consular.foundation.database import transaction
from consular.offices.models import Office
from consular.site.crawlers import PRIVATE
from tests.databases import application
from tests.factories import World
from tests.page_client import PageClient

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
PUBLIC_URL = "https://citas.example.gob.pe"


@pytest.fixture
def app(database_url: str, tmp_path: Path):
    """The application as it is in public."""
    with application(database_url, tmp_path, PUBLIC_URL=PUBLIC_URL) as app:
        yield app


def listed(app: Flask) -> dict[str, dict[str, str]]:
    """Each address with its alternates."""
    answer = app.test_client().get("/sitemap.xml")
    assert answer.content_type.startswith("application/xml")
    return {
        url.findtext(f"{SITEMAP}loc", ""): {
            link.get("hreflang", ""): link.get("href", "") for link in url.findall(LINK)
        }
        for url in fromstring(answer.data)  # noqa: S314 - our own answer
    }


def test_every_listed_page_is_there_and_says_the_same_of_its_alternates(
    app: Flask, client: PageClient, world: World
) -> None:
    pages = listed(app)
    assert len(pages) > 15
    for address, alternates in pages.items():
        page = client.get(address.removeprefix(PUBLIC_URL))
        assert not [meta for meta in page.all("meta", name="robots") if "noindex" in meta["content"]], address
        said = {link["hreflang"]: link["href"] for link in page.all("link", rel="alternate")}
        assert said == alternates, address
        assert page.one("link", rel="canonical")["href"] == address
        assert alternates["x-default"] == alternates["es"]
        assert set(alternates.values()) <= pages.keys()


def test_closed_offices_are_not_offered_and_the_others_are(app: Flask, world: World) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Office).where(Office.slug == "tacna").values(status="closed"))
    pages = listed(app)
    assert f"{PUBLIC_URL}/es/oficinas/cusco" in pages
    assert f"{PUBLIC_URL}/en/offices/ancash" in pages
    assert not [address for address in pages if "tacna" in address]


def test_what_is_one_persons_own_is_shut(app: Flask, client: PageClient, world: World) -> None:
    rules = app.test_client().get("/robots.txt").text
    assert f"Sitemap: {PUBLIC_URL}/sitemap.xml" in rules
    shut = [
        re.escape(line.split()[1]).replace(r"\*", ".*")
        for line in rules.splitlines()
        if line.startswith("Disallow")
    ]
    private = (
        "/desk/offices/cusco/today",
        "/es/mi-cita/K7QM-4T3X",
        "/en/my-appointment",
        "/es/oficinas/cusco/cita/datos",
        "/en/offices/cusco/appointment",
        "/es/oficinas/cusco/avisar",
    )
    for address in private:
        assert any(re.match(rule, address) for rule in shut), address
    for address in listed(app):
        assert not any(re.match(rule, address.removeprefix(PUBLIC_URL)) for rule in shut), address
    assert {"site.my_appointment"} == PRIVATE
    assert client.get("/es/mi-cita").one("meta", name="robots")["content"] == "noindex"


def test_the_downloads_are_there(app: Flask, client: PageClient, world: World) -> None:
    page = client.get("/es/datos-abiertos")
    files = [link["href"] for link in page.one("dl", class_="downloads").all("a")]
    assert {"/api/v1/offices.csv", "/api/v1/offices.geojson", "/sitemap.xml"} <= set(files)
    for address in files:
        assert app.test_client().get(address).status_code == 200, address
    assert "Invented for the tests" in page.one(class_="sources").text
    assert client.get("/es/acerca").link(
        "Llévese las oficinas: CSV, GeoJSON y JSON, con sus fuentes y licencias"
    )
