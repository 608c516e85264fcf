"""The map: moves with the list, by pointer and keyboard, asks nobody else, and is there without scripts."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.databases import application
from tests.journeys.conftest import served
from tests.journeys.test_keyboard import tab_to
from tests.journeys.visitor import Visitor, phone

Visit = Callable[..., Visitor]
RESULTS = "/es/oficinas?near=pisac&service=apostille"
LAPTOP = {"viewport": {"width": 1280, "height": 800}}
WHITE_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
)
LAID_OUT = "() => document.querySelector('.atlas--live .leaflet-marker-pane')?.childElementCount > 0"


def with_map(visitor: Visitor, path: str = RESULTS) -> Page:
    """Open a page and wait until its map can be used."""
    page = visitor.go(path)
    page.locator(".atlas").scroll_into_view_if_needed()
    page.wait_for_function(LAID_OUT)
    return page


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_list_and_map_move_together(visit: Visit) -> None:
    page = with_map(visit(**LAPTOP))
    rows, pins = page.locator("#found > .row"), page.locator(".map a.pin--number")
    assert rows.count() == pins.count() > 3
    for place in range(rows.count()):
        number = rows.nth(place).locator(".row__number").inner_text()
        name = rows.nth(place).locator("h2").inner_text()
        assert pins.nth(place).get_attribute("aria-label") == f"{number}. {name}"
    rows.nth(1).hover()
    assert page.locator(".pin--lit").get_attribute("aria-label") == pins.nth(1).get_attribute("aria-label")
    pins.nth(0).hover()
    assert page.locator(".row--lit .row__number").inner_text() == "1"
    pins.nth(0).click()
    assert page.evaluate("document.activeElement.closest('.row') === document.querySelector('#found > .row')")


def test_a_row_far_away_brings_its_pin_into_the_map(visit: Visit) -> None:
    page = with_map(visit(**LAPTOP))
    last = page.locator("#found > .row").last
    frame = page.locator(".map").bounding_box()
    last.locator(".row__link").focus()
    page.wait_for_timeout(600)
    pin = page.locator(".map a.pin--number").last.bounding_box()
    assert frame
    assert pin
    frame = page.locator(".map").bounding_box()
    assert frame
    assert frame["x"] <= pin["x"] + 22 <= frame["x"] + frame["width"]
    assert frame["y"] <= pin["y"] + 22 <= frame["y"] + frame["height"]


def test_the_map_with_the_keyboard_alone(visit: Visit) -> None:
    citizen = visit(**LAPTOP)
    page = with_map(citizen)
    tab_to(citizen, ".map a.pin--number")
    assert page.locator(".row--lit .row__number").inner_text() == "1"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert citizen.focused == page.locator("#found > .row").nth(1).locator("h2").inner_text()
    tab_to(citizen, ".regions summary")
    page.keyboard.press("Enter")
    tab_to(citizen, ".regions a[data-region=PE-AMA]")
    assert page.locator(".map .ground a.lit").get_attribute("data-region") == "PE-AMA"
    citizen.leads(lambda: page.keyboard.press("Enter"))
    assert query(page) == {"near": ["Amazonas"], "service": ["apostille"]}


def test_a_region_chosen_on_the_map_keeps_the_service(visit: Visit) -> None:
    citizen = visit(**LAPTOP)
    page = with_map(citizen, "/es")
    page.locator("select[name=service]").select_option("apostille")
    shape = page.locator(".map .ground a[data-region=PE-MDD]")
    box = shape.bounding_box()
    assert box
    at = (box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.35)
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] - 40, at[1])
    page.mouse.up()
    page.wait_for_timeout(700)  # what it might have led to would have come
    assert citizen.path == "/es", "the end of a drag is no click"
    citizen.leads(lambda: page.mouse.click(at[0] - 40, at[1]))
    assert query(page) == {"near": ["Madre de Dios"], "service": ["apostille"]}


def test_on_a_phone_the_list_comes_first_and_a_finger_scrolls_past(visit: Visit) -> None:
    page = with_map(visit(has_touch=True, is_mobile=True))
    first, atlas = page.locator("#found > .row").first.bounding_box(), page.locator(".atlas").bounding_box()
    assert first
    assert atlas
    assert first["y"] < atlas["y"]
    assert page.evaluate("getComputedStyle(document.querySelector('.map')).touchAction") == "pan-x pan-y"
    before = page.locator(".leaflet-map-pane").evaluate("each => each.style.transform")
    touch_and_move(page)
    assert page.locator(".leaflet-map-pane").evaluate("each => each.style.transform") == before
    page.evaluate("scrollTo(0, 0)")
    page.get_by_role("link", name="Ver en el mapa").click()
    assert page.locator(".map").evaluate("each => each.getBoundingClientRect().top < innerHeight")


def touch_and_move(page: Page) -> None:
    box = page.locator(".map").bounding_box()
    assert box
    network = page.context.new_cdp_session(page)
    across, down = box["x"] + 100, box["y"] + 100
    for kind, step in (("touchStart", 0), ("touchMove", 30), ("touchMove", 60)):
        network.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": across + step, "y": down}]}
        )
    network.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_the_buttons_never_cover_the_name_of_the_place(visit: Visit) -> None:
    for place in ("pisac", "tacna", "caraz", "iquitos", "lima"):
        page = with_map(visit(), f"/es/oficinas?near={place}")
        boxes = [
            page.locator(selector).first.bounding_box()
            for selector in (".leaflet-control-zoom", ".pin--origin .pin__dot", ".pin--origin .pin__name")
        ]
        buttons = boxes[0]
        assert buttons
        for box in boxes[1:]:
            if box is None:  # the name has no room at all
                continue
            apart = box["x"] + box["width"] <= buttons["x"] or box["x"] >= buttons["x"] + buttons["width"]
            assert (
                apart
                or box["y"] + box["height"] <= buttons["y"]
                or box["y"] >= buttons["y"] + buttons["height"]
            )


def test_without_scripts_a_region_is_a_link_too(visit: Visit) -> None:
    citizen = visit(java_script_enabled=False, **LAPTOP)
    page = citizen.go("/es")
    assert page.locator(".sketch").is_visible()
    assert page.locator(".map").is_visible() is False
    link = page.get_by_role("link", name="Loreto").first
    box = link.bounding_box()
    assert box
    assert min(box["width"], box["height"]) > 44
    citizen.leads(lambda: page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2))
    assert query(page) == {"near": ["Loreto"]}
    tab_to(citizen, ".sketch a[data-region=PE-AMA]")


def test_on_paper_there_is_the_still_map(visit: Visit) -> None:
    page = with_map(visit(**LAPTOP))
    assert page.locator(".sketch").evaluate("each => getComputedStyle(each).visibility") == "hidden"
    page.emulate_media(media="print")
    assert page.locator(".sketch").is_visible()
    assert page.locator(".map").is_visible() is False
    box = page.locator(".sketch").bounding_box()
    assert box
    assert box["height"] > 300


def test_without_leaflet_the_still_map_stays(visit: Visit) -> None:
    citizen = visit(**LAPTOP)
    citizen.page.route("**/vendor/leaflet.js*", lambda route: route.fulfill(status=503, body=""))
    citizen.expected.add(503)
    page = citizen.go("/es")
    page.wait_for_load_state("networkidle")
    assert page.locator(".sketch").is_visible()
    assert page.locator(".map").is_visible() is False


def test_no_page_asks_any_other_host(visit: Visit, address: str) -> None:
    citizen = visit(**LAPTOP)
    asked: list[str] = []
    citizen.page.on("request", lambda request: asked.append(request.url))
    for path in ("/es", RESULTS, "/en/offices?near=lima", "/es/oficinas/cusco"):
        page = with_map(citizen, path)
        page.locator(".leaflet-control-zoom-in").click()
        page.wait_for_load_state("networkidle")
    assert any("leaflet.js" in url for url in asked)
    assert [url for url in asked if not url.startswith((f"{address}/", "data:"))] == []


def test_a_position_leaves_the_browser_rounded(browser: Browser, address: str) -> None:
    here = {"latitude": -13.531949, "longitude": -71.967463}
    citizen = phone(browser, address, geolocation=here, permissions=["geolocation"])
    asked: list[str] = []
    citizen.page.on("request", lambda request: asked.append(request.url))
    citizen.go("/es")
    citizen.press("Usar mi posición")
    assert query(citizen.page)["near"] == ["-13.53,-71.97"]
    assert not [url for url in asked if "13.531" in url or "71.967" in url]
    citizen.leave()


def test_a_refused_position_is_explained(visit: Visit) -> None:
    citizen = visit()
    page = citizen.go("/es")
    page.get_by_role("button", name="Usar mi posición").click()
    page.get_by_text("Su navegador no puede dar su posición").wait_for()
    assert citizen.focused == "near"


def test_a_position_that_never_comes_is_explained(visit: Visit) -> None:
    citizen = visit()
    citizen.page.add_init_script(
        "navigator.geolocation.getCurrentPosition = (found, failed) => failed({code: 3, PERMISSION_DENIED: 1})"
    )
    page = citizen.go("/es")
    page.get_by_role("button", name="Usar mi posición").click()
    page.get_by_text("No se encontró su posición a tiempo").wait_for()
    assert citizen.focused == "near"


def test_axe_finds_nothing_on_the_map(visit: Visit) -> None:
    for path in ("/es", RESULTS):
        page = with_map(visit(), path)
        page.locator(".regions summary").click()
        live = Axe().run(page).response["violations"]
        assert not live, json.dumps(live)[:2000]
        page.evaluate("document.querySelector('.atlas').classList.remove('atlas--live')")
        page.locator(".map").evaluate("each => { each.hidden = true; }")
        still = Axe().run(page).response["violations"]
        assert not still, json.dumps(still)[:2000]


# --- Street tiles ---------------------------------------------------------------------------------


class Tiles(BaseHTTPRequestHandler):
    """A server of tiles on this machine: white squares, or nothing when `failing`."""

    asked: list[str]
    failing: bool

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(503 if self.failing else 200)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", "0" if self.failing else str(len(WHITE_PIXEL)))
        self.end_headers()
        self.wfile.write(b"" if self.failing else WHITE_PIXEL)

    def log_message(self, *details: Any) -> None:
        return


@pytest.fixture
def tiles() -> Iterator[ThreadingHTTPServer]:
    handler = type("OwnTiles", (Tiles,), {"asked": [], "failing": False})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def streets(ministry: Flask, tiles: ThreadingHTTPServer, tmp_path: Any) -> Iterator[str]:
    """The ministry's data under an application that shows tiles; its address."""
    config = ministry.extensions["consular"]
    template = f"http://127.0.0.1:{tiles.server_port}/{{z}}/{{x}}/{{y}}.png"
    with (
        application(
            config.database_url, tmp_path, TILES_URL=template, TILES_ATTRIBUTION="© <b>Somebody</b>", DEMO="1"
        ) as app,
        served(app) as address,
    ):
        yield address


def test_tiles_are_shown_with_their_credit(
    browser: Browser, streets: str, tiles: ThreadingHTTPServer
) -> None:
    citizen = phone(browser, streets, **LAPTOP)
    page = with_map(citizen)
    page.wait_for_selector(".leaflet-tile-loaded")
    page.wait_for_load_state("networkidle")
    assert page.locator(".leaflet-control-attribution").inner_text() == "© <b>Somebody</b>"
    assert all(len(path.split("/")) == 4 for path in tiles.RequestHandlerClass.asked)
    assert len(tiles.RequestHandlerClass.asked) > 3
    citizen.leave()


def test_without_tiles_the_outline_stays(browser: Browser, streets: str, tiles: ThreadingHTTPServer) -> None:
    tiles.RequestHandlerClass.failing = True
    citizen = phone(browser, streets, **LAPTOP)
    citizen.expected.add(503)
    page = with_map(citizen)
    page.wait_for_load_state("networkidle")
    assert tiles.RequestHandlerClass.asked
    assert page.locator(".leaflet-tile-loaded").count() == 0
    assert page.locator(".leaflet-ground-pane svg").is_visible()
    citizen.leave()
