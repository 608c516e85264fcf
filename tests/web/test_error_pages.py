"""What goes wrong is a page in the reader's language, never a bare code and never a trace."""

import sqlite3

import pytest
from flask import Flask, abort
from sqlalchemy import text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from consular.foundation.database import db
from consular.foundation.errors import Refusal
from consular.web.error_pages import WORDS, answer_errors_under
from consular.web.guards import guard_of, public
from tests.page_client import PageClient


class TooEarly(Refusal):
    """A refusal that no door has words for."""

    status = 409


def _raise(error: Exception) -> None:
    raise error


def _with_view(app: Flask, path: str, error: Exception | int) -> PageClient:
    fails = (lambda: abort(error)) if isinstance(error, int) else (lambda: _raise(error))
    app.add_url_rule(path, path, fails)
    return PageClient(app)


@pytest.mark.parametrize("status", sorted(WORDS))
def test_every_status_has_its_page_in_both_languages(app: Flask, status: int) -> None:
    client = _with_view(app, "/es/fails", status)
    app.add_url_rule("/en/fails", "en-fails", lambda: abort(status))
    spanish, english = client.get("/es/fails", status=status), client.get("/en/fails", status=status)
    assert english.heading == str(WORDS[status][0])
    assert spanish.heading != english.heading
    assert spanish.link("Ir a la página de inicio") == "/es"
    assert spanish.response.headers["Cache-Control"] == "no-store"


def test_a_status_without_words_still_has_a_page(app: Flask) -> None:
    assert _with_view(app, "/en/fails", 418).get("/en/fails", status=418).heading == str(WORDS[400][0])


def test_a_refusal_that_no_view_caught_is_a_page_with_its_status(app: Flask) -> None:
    client = _with_view(app, "/es/fails", TooEarly(secret="nothing of this is shown"))
    page = client.get("/es/fails", status=409)
    assert page.heading == "Algo cambió mientras tanto"
    assert "nothing of this" not in page.text


def test_a_crash_is_a_page_without_a_trace(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    page = _with_view(app, "/es/fails", RuntimeError("inside detail")).get("/es/fails", status=500)
    assert page.heading == "Algo falló de nuestro lado"
    assert "inside detail" not in page.text
    assert "inside detail" in caplog.text


def test_a_wrong_method_says_which_ones_are_right(client: PageClient) -> None:
    page = client.post("/es", status=405)
    assert set(page.response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_a_body_that_is_too_large_is_refused_unread(client: PageClient) -> None:
    client.post("/es/mi-cita", {"reference": "x" * 100_000}, status=413)


def test_a_form_without_its_token_is_told_to_reload(client: PageClient) -> None:
    page = client.post("/es/mi-cita/salir", status=400)
    assert "recargue la página" in page.text


@pytest.mark.parametrize("path", ["/es/oficinas?near=%00", "/es/oficinas?near=a&%00=1", "/es/oficinas/a%00b"])
def test_a_null_character_is_refused_before_any_database_sees_it(client: PageClient, path: str) -> None:
    client.get(path, status=400)


def test_a_null_character_in_a_form_is_refused(client: PageClient) -> None:
    client.post("/es/mi-cita", {"reference": "a\x00b"}, status=400)


@pytest.mark.parametrize("body", ["true", "[1]", '{"reference": 1}', ""])
def test_what_is_no_form_is_refused_unread(client: PageClient, body: str) -> None:
    """JSON would be taken for a form whose fields are numbers: pages crashed on it."""
    for path in ("/es/mi-cita", "/desk/sign-in"):
        answer = client.http.post(path, data=body, content_type="application/json")
        assert answer.status_code == 415
        assert "Abra otra vez la página" in answer.text
    assert client.http.post("/es", data=body, content_type="application/json").status_code == 405


def test_a_door_can_answer_errors_in_its_own_form(app: Flask) -> None:
    def plain(error: Exception) -> object:
        status = error.code if isinstance(error, HTTPException) else 500
        return app.response_class("own form", status, mimetype="text/plain")

    answer_errors_under(app, "/machines/", plain)
    answer = app.test_client().get("/machines/nothing")
    assert (answer.status_code, answer.get_data(as_text=True)) == (404, "own form")


def test_a_view_carries_one_guard() -> None:
    @public
    def page() -> str:
        return ""

    assert guard_of(page) == "public"
    with pytest.raises(TypeError, match="already carries"):
        public(page)


def test_every_answer_says_what_a_browser_may_do(client: PageClient) -> None:
    for path, status in (("/es/acerca", 200), ("/es/ninguna", 404), ("/", 302)):
        headers = client.get(path, status=status).response.headers
        policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("address", ["/es/fails", "/api/fails"])
@pytest.mark.parametrize(
    "away",
    [
        OperationalError("SELECT 1", {}, sqlite3.OperationalError("database is locked")),
        InterfaceError("SELECT 1", {}, sqlite3.InterfaceError("connection already closed")),
        PoolTimeout("no connection left"),
    ],
)
def test_a_database_that_is_away_is_no_crash(app: Flask, address: str, away: Exception) -> None:
    answer = _with_view(app, address, away).http.get(address)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "SELECT" not in answer.text


def test_the_log_of_a_database_error_holds_nobodys_data(app: Flask, world) -> None:
    with app.app_context(), pytest.raises(OperationalError) as caught:
        db.session.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": "Rosa Quispe"})
    assert "Rosa" not in str(caught.value)
