"""The map of the pages without scripts: a link per region, the offices as points."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from consular.offices.queries import forget_gazetteer, gazetteer
from consular.offices.regions import region_names
from consular.web.kept_answers import install_kept_answers
from tests.databases import Templates, application
from tests.page_client import PageClient
from tests.page_tree import Element, Page


@pytest.fixture(scope="module")
def ministry(_sqlite_templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The real offices and places, without schedules."""
    forget_gazetteer()
    url = _sqlite_templates.new("sqlite", "seeded")
    with application(url, tmp_path_factory.mktemp("map")) as app:
        yield app
    forget_gazetteer()


@pytest.fixture
def pages(ministry: Flask) -> PageClient:
    return PageClient(ministry)


def regions_of(page: Page) -> list[Element]:
    return [link for link in page.all("a") if link.get("data-region")]


def test_each_region_is_a_link_on_the_map_and_in_a_list(pages: PageClient, ministry: Flask) -> None:
    page = pages.get("/es")
    links = regions_of(page)
    assert len(links) == 50
    on_map = {link.get("aria-label") for link in links if link.get("aria-label")}
    listed = [link.text for link in links if not link.get("aria-label")]
    assert on_map == set(listed)
    assert listed[:3] == ["Amazonas", "Áncash", "Apurímac"]


def test_a_region_leads_to_its_own_offices(ministry: Flask) -> None:
    """Its name is understood as a place within it."""
    with ministry.app_context():
        places = gazetteer()
        assert len(region_names()) == 25
        for name in region_names().values():
            assert places.find(name).place.region == name


def test_a_region_keeps_what_else_was_asked(pages: PageClient) -> None:
    page = pages.get("/es/oficinas?near=Caraz&service=apostille&sort=soonest&all=1&invented=1")
    for link in regions_of(page):
        query = parse_qs(urlsplit(link.get("href")).query)
        assert set(query) == {"near", "service", "sort"}, link
        assert (query["service"], query["sort"]) == (["apostille"], ["soonest"])


def test_the_points_have_the_numbers_of_the_list(pages: PageClient) -> None:
    page = pages.get("/es/oficinas?near=Cusco&service=apostille")
    rows = len(page.all("li", class_="row"))
    numbers = [part for text in page.all("text", class_="spot__number") for part in text.text.split(", ")]
    assert rows > 3
    assert "1" in numbers
    assert all(part.split(" +")[0].isdigit() for part in numbers)
    assert page.one("circle", class_="spot--origin")


def test_the_page_of_an_office_has_a_map_without_links(pages: PageClient) -> None:
    page = pages.get("/es/oficinas/cusco")
    assert page.one("svg", class_="sketch")
    assert regions_of(page) == []


def test_the_shapes_are_one_file_kept_for_a_year(pages: PageClient, ministry: Flask) -> None:
    page = pages.get("/es")
    address = page.all("use")[0].get("href").split("#")[0]
    http = ministry.test_client()
    kept = http.get(address, headers={"Accept-Encoding": "gzip"})
    assert kept.status_code == 200
    assert kept.mimetype == "image/svg+xml"
    assert "immutable" in kept.headers["Cache-Control"]
    assert len(kept.get_data()) < 15 * 1024
    other = http.get("/outline.svg?v=another")
    assert other.headers["Cache-Control"] == "public, no-cache"
    for link in regions_of(page):
        assert f'id="{link.get("data-region")}"' in other.get_data(as_text=True)


@pytest.mark.parametrize("text", [None, "no outline", json.dumps({"features": []})])
def test_without_an_outline_the_list_of_regions_stays(
    ministry: Flask, tmp_path: Path, text: str | None
) -> None:
    if text is not None:
        (tmp_path / "outline.geojson").write_text(text, encoding="utf-8")
    config = ministry.extensions["consular"]
    ministry.extensions["consular"] = replace(config, seeds=tmp_path)
    install_kept_answers(ministry)  # no installation changes its settings while it runs
    try:
        page = PageClient(ministry).get("/es")
        assert page.all("svg", class_="sketch") == []
        assert len(regions_of(page)) == 25
        assert ministry.test_client().get("/outline.svg").status_code == 404
    finally:
        ministry.extensions["consular"] = config
        install_kept_answers(ministry)
