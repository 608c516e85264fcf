"""Every error under /api/ is a problem that is documented, whoever caused it."""

import importlib
import json
import pkgutil

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from consular.api import v1
from consular.api.problems import PROBLEMS, name_of
from consular.foundation.errors import Refusal
from tests.api.bodies import appointment
from tests.api.program import Program

# Modules whose refusals can come out of a call of v1: what the calls use, and the door itself.
REACHED = (
    "consular.api.v1",
    "consular.appointments.booking",
    "consular.appointments.holding",
    "consular.appointments.people",
    "consular.appointments.queries",
    "consular.appointments.rules",
    "consular.foundation.geography",
    "consular.offices.cards",
    "consular.offices.places",
    "consular.schedule.claiming",
)
# Refusals of those modules that only the desk can meet.
DESK_ONLY = {"status-not-allowed", "not-today"}
# And those that the shapes of v1 leave no room for.
SHAPED_AWAY = {"too-many-documents"}


def _refusals() -> dict[str, type[Refusal]]:
    for module in pkgutil.walk_packages(v1.__path__, "consular.api.v1."):
        importlib.import_module(module.name)
    found: dict[str, type[Refusal]] = {}
    waiting = [Refusal]
    while waiting:
        refusal = waiting.pop()
        waiting.extend(refusal.__subclasses__())
        if refusal.__module__.startswith(REACHED):
            found[name_of(refusal())] = refusal
    return found


def test_every_refusal_that_a_call_may_meet_is_documented():
    refusals = _refusals()
    assert len(refusals) > 20
    assert sorted(set(refusals) - set(PROBLEMS) - DESK_ONLY - SHAPED_AWAY) == []


def test_every_refusal_has_the_status_that_is_documented():
    # Programs are told 409 and 404 where pages say 422: what fits the document is never "invalid".
    # And 404 speaks of the address of a call, never of a start in its body.
    differing = {
        name: (refusal.status, PROBLEMS[name].status)
        for name, refusal in _refusals().items()
        if name in PROBLEMS and refusal.status != PROBLEMS[name].status
    }
    assert differing == {
        "position-outside-earth": (422, 404),
        "idempotency-key-reused": (422, 409),
        "invalid-citizen": (422, 409),
        "slot-unknown": (404, 409),  # what the address names is there, as 404 would deny
    }


def test_every_documented_problem_can_happen():
    by_http = {
        "bad-request",
        "not-found",
        "method-not-allowed",
        "precondition-failed",
        "body-too-large",
        "too-many-requests",
        "internal-error",
        "unavailable",
    }
    assert sorted(set(PROBLEMS) - set(_refusals()) - by_http) == []


@pytest.mark.parametrize("path", ["/nothing", "/nothing/", "/offices/cusco/slots/today", "/../../etc/passwd"])
def test_an_unknown_address_is_a_problem(world, stranger, path):
    stranger.refused("GET", path, "not-found")


@pytest.mark.parametrize("path", ["/offices", "/offices.geojson", "/offices/cusco", "/services"])
def test_what_if_match_does_not_name_is_a_problem(world, stranger, path):
    stranger.refused("GET", path, "precondition-failed", headers={"If-Match": '"another"'})


def test_addresses_outside_v1_are_problems_too(app: Flask):
    answer = app.test_client().get("/api/v2/offices")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/offices", {"GET", "HEAD", "OPTIONS"}),
        ("DELETE", "/offices/cusco", {"GET", "HEAD", "OPTIONS"}),
        ("PUT", "/appointments", {"POST", "OPTIONS"}),
        ("GET", "/appointments", {"POST", "OPTIONS"}),
        ("PATCH", "/appointments/3333-3333", {"GET", "HEAD", "DELETE", "OPTIONS"}),
        ("GET", "/holds", {"POST", "OPTIONS"}),
        ("BREW", "/services", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(world, stranger, method, path, allowed):
    problem = stranger.call(method, path, status=405)
    assert problem.body["type"].endswith("/method-not-allowed")
    assert {each.strip() for each in problem.headers["Allow"].split(",")} == allowed


BROKEN = {
    "nothing": b"",
    "half an object": b'{"office": "cus',
    "no JSON": b"office=cusco",
    "latin-1": '{"office": "Ñ"}'.encode("latin-1"),
    "a lone surrogate": b'{"office": "\\ud800"}',
    "a surrogate in UTF-8": b'{"office": "\xed\xa0\x80"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a very deep list": b"[" * 8000,
    "a number without end": b'{"office": ' + b"9" * 8000 + b"}",
    "two objects": b"{}{}",
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN.keys())
def test_broken_json_is_told(booker: Program, raw):
    for path in ("/appointments", "/holds"):
        booker.refused("POST", path, "malformed-json", raw=raw)


@pytest.mark.parametrize("raw", [b"null", b"[]", b'"text"', b"1", b"true", b"{}"])
def test_json_that_is_no_object_is_told(booker: Program, raw):
    booker.refused("POST", "/appointments", "invalid-input", raw=raw)


@pytest.mark.parametrize(
    "declared",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/xml",
        "",
    ],
)
def test_another_media_type_is_told_the_right_one(booker: Program, declared):
    problem = booker.call(
        "POST",
        "/appointments",
        status=415,
        raw=json.dumps(appointment(1)).encode(),
        headers={"Content-Type": declared},
    )
    assert problem.body["type"].endswith("/media-type-unsupported")
    assert problem.headers["Accept-Post"] == "application/json"


def test_a_charset_beside_json_is_no_problem(booker: Program):
    declared = {"Content-Type": "application/json; charset=utf-8"}
    booker.post("/appointments", appointment(1), status=201, headers=declared)


@pytest.mark.parametrize("size", [17 * 1024, 10 * 1024 * 1024])
def test_a_large_body_is_refused(booker: Program, size):
    booker.refused("POST", "/appointments", "body-too-large", raw=b" " * size)


def test_a_crash_is_a_problem_and_tells_nothing(app: Flask, world, stranger, monkeypatch):
    def crash() -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("consular.offices.queries.services", crash)
    app.testing = False
    problem = stranger.refused("GET", "/services", "internal-error")
    assert "secret" not in str(problem)


def test_a_database_that_is_away_is_worth_another_try(app: Flask, world, stranger, monkeypatch):
    def away() -> None:
        raise OperationalError("SELECT 1", {}, Exception("could not connect to server at 10.0.0.7"))

    monkeypatch.setattr("consular.offices.queries.services", away)
    app.testing = False
    answer = stranger.call("GET", "/services", status=503)
    assert answer.body["type"].endswith("/unavailable")
    assert answer.headers["Retry-After"] == "5"
    assert "10.0.0.7" not in str(answer.body)


def test_no_problem_is_kept_by_a_cache(world, stranger):
    assert stranger.call("GET", "/offices/atlantis", status=404).headers["Cache-Control"] == "no-store"


def test_a_write_needs_no_form_token_and_leaves_no_cookie(booker: Program):
    assert "Set-Cookie" not in booker.post("/appointments", appointment(1), status=201).headers
