"""Sessions: read when a cookie brings one, and only then."""

import pytest
from flask import Flask, session
from flask.sessions import SecureCookieSessionInterface

from consular.web.sessions import CookieSessions


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.secret_key = "only-for-tests"
    app.session_interface = CookieSessions()

    @app.post("/word/<word>")
    def remember(word: str) -> str:
        session["word"] = word
        return "kept"

    @app.get("/word")
    def recall() -> str:
        return str(session.get("word", "none"))

    return app


def test_what_a_session_keeps_is_there_on_the_next_request(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/word").text == "none"
    client.post("/word/lake")
    assert client.get("/word").text == "lake"


def test_a_cookie_that_nobody_signed_opens_an_empty_session(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("session", "eyJ3b3JkIjoibGFrZSJ9.forged.signature")
    assert client.get("/word").text == "none"


def test_without_a_cookie_no_signer_is_made(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Flask] = []
    original = SecureCookieSessionInterface.get_signing_serializer
    monkeypatch.setattr(
        CookieSessions, "get_signing_serializer", lambda self, app: (made.append(app), original(self, app))[1]
    )
    client = app.test_client()
    assert client.get("/word").text == "none"
    assert made == []
    client.post("/word/lake")
    assert client.get("/word").text == "lake"
    assert len(made) == 2  # to write it, and to read it


def test_without_a_secret_there_is_no_session(app: Flask) -> None:
    app.secret_key = None
    with app.test_request_context("/word"):
        assert session._get_current_object().__class__.__name__ == "NullSession"
