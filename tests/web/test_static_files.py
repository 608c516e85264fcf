"""Files have addresses that change with their content, long lives, and travel compressed."""

import gzip
import re

from flask import Flask, Response, url_for

from consular.web import static_files
from tests.factories import World
from tests.page_client import PageClient


def _get(app: Flask, address: str, **headers: str) -> Response:
    """The whole answer, its file closed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(address, headers=named, buffered=True)


def _address(app: Flask, name: str) -> str:
    with app.test_request_context():
        return url_for("static", filename=name)


def test_an_address_carries_the_hash_of_its_content(app: Flask) -> None:
    address = _address(app, "css/base.css")
    assert re.fullmatch(r"/static/css/base\.css\?v=[0-9a-f]{12}", address)
    assert _address(app, "css/tokens.css").split("=")[1] != address.split("=")[1]


def test_a_hashed_file_lives_a_year_and_a_stale_hash_does_not(app: Flask) -> None:
    fresh = _get(app, _address(app, "css/base.css"))
    assert fresh.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for stale in ("/static/css/base.css?v=000000000000", "/static/css/base.css"):
        assert _get(app, stale).headers["Cache-Control"] == "public, no-cache"


def test_a_file_is_compressed_only_for_who_reads_gzip(app: Flask) -> None:
    address = _address(app, "css/base.css")
    plain, packed = _get(app, address), _get(app, address, Accept_Encoding="gzip, br")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert all("Accept-Encoding" in answer.headers["Vary"] for answer in (plain, packed))
    assert "Content-Encoding" not in _get(app, address, Accept_Encoding="gzip;q=0").headers


def test_a_compressed_file_is_still_revalidated(app: Flask) -> None:
    address = _address(app, "js/map.js")
    first = _get(app, address, Accept_Encoding="gzip")
    again = _get(app, address, Accept_Encoding="gzip", If_None_Match=first.headers["ETag"])
    assert again.status_code == 304


def test_a_file_carries_no_more_headers_than_it_needs(app: Flask) -> None:
    headers = _get(app, _address(app, "js/map.js")).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" not in headers
    assert "Set-Cookie" not in headers


def test_pages_are_compressed_too(client: PageClient, world: World) -> None:
    packed = client.http.get("/es", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert b"<!doctype html>" in gzip.decompress(packed.data)


def test_no_file_outside_the_folder_is_served(app: Flask) -> None:
    http = app.test_client()
    for path in (
        "/static/../config.py",
        "/static/%2e%2e/config.py",
        "/static/css",
        "/static/nothing.css",
        "/static/",
    ):
        assert http.get(path, buffered=True).status_code == 404, path


def test_what_everybody_is_given_is_compressed_once(app: Flask, world: World) -> None:
    static_files._packed_for_everybody.cache_clear()
    first = _get(app, "/es", Accept_Encoding="gzip")
    again = _get(app, "/es", Accept_Encoding="gzip")
    assert first.headers["Content-Encoding"] == "gzip"
    assert first.data == again.data
    assert static_files._packed_for_everybody.cache_info()[:2] == (1, 1)  # found, made


def test_what_one_person_is_given_is_kept_nowhere(app: Flask, world: World) -> None:
    static_files._packed_for_everybody.cache_clear()
    client = app.test_client()
    client.set_cookie("consular-draft", "somebody's own")
    for path in ("/es", "/es/mi-cita"):
        answer = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
    typed = _get(app, "/es/oficinas?near=calle+de+Rosa&service=apostille", Accept_Encoding="gzip")
    assert (typed.status_code, typed.headers["Content-Encoding"]) == (404, "gzip")
    assert static_files._packed_for_everybody.cache_info().currsize == 0
