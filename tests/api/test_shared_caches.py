"""What is the same for everybody may be kept by a cache that everybody shares."""

import pytest
from flask import Flask

from tests.factories import World

OPEN = [
    "/offices",
    "/offices?near=-9.05,-77.81&service=apostille",
    "/offices/cusco",
    "/offices.geojson",
    "/services",
    "/offices/cusco/slots?service=apostille&from=2026-11-30&to=2026-11-30",
    "/offices/cusco/days?service=apostille&from=2026-11-30&to=2026-11-30",
    "/openapi.json",
]


@pytest.mark.parametrize("path", OPEN)
def test_no_cookie_is_read_or_written(app: Flask, world: World, path: str) -> None:
    client = app.test_client()
    plain = client.get(f"/api/v1{path}")
    assert plain.status_code == 200
    assert "Cookie" not in plain.headers.get("Vary", "")
    assert "Set-Cookie" not in plain.headers
    client.set_cookie("session", "anything")
    again = client.get(f"/api/v1{path}", headers={"If-None-Match": plain.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    assert again.headers["ETag"] == plain.headers["ETag"]
    assert again.headers["Cache-Control"] == plain.headers["Cache-Control"]
    assert again.headers["Vary"] == plain.headers["Vary"]


def test_the_answer_in_a_language_varies_by_it(app: Flask, world: World) -> None:
    answer = app.test_client().get("/api/v1/services")
    assert set(answer.vary) == {"Accept-Language", "Accept-Encoding"}


def test_a_page_of_the_staff_still_varies_by_its_cookie(app: Flask, world: World) -> None:
    assert "Cookie" in app.test_client().get("/desk/sign-in").headers["Vary"]
