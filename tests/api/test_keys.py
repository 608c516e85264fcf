"""Who may call: no key, another scope, another office, a revoked key."""

import pytest
from flask import Blueprint, Flask

from consular.api.v1 import guards
from consular.foundation.database import transaction
from consular.staff import api_keys
from tests.api.bodies import HALF_PAST_NINE, NINE, appointment
from tests.api.program import Program
from tests.databases import on_both_databases

HOLD = {"office": "cusco", "service": "apostille", "starts_at": NINE}
WRITES = [
    ("POST", "/appointments", appointment(1)),
    ("POST", "/holds", HOLD),
    ("DELETE", "/holds/some-hold", None),
    ("DELETE", "/appointments/3333-3333", None),
    ("POST", "/appointments/3333-3333/move", {"starts_at": HALF_PAST_NINE}),
]
WRITE_NAMES = [f"{method} {path}" for method, path, _ in WRITES]


@pytest.mark.parametrize(("method", "path", "body"), WRITES, ids=WRITE_NAMES)
def test_a_write_needs_a_key(world, stranger, method, path, body):
    problem = stranger.call(method, path, status=401, body=body, secret="0" * 32)
    assert problem.body["type"].endswith("/key-missing")
    assert problem.headers["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize(
    "presented",
    [
        "Bearer ck_" + "A" * 43,
        "Bearer nonsense",
        "Bearer " + "x" * 5000,
        "Bearer ck_' OR 1=1 --",
        "bearer ck_\xff",
    ],
)
def test_what_is_no_key_is_told_before_the_body_is_read(world, stranger, presented):
    problem = stranger.call(
        "POST", "/appointments", status=401, raw=b"{ not json", headers={"Authorization": presented}
    )
    assert problem.body["type"].endswith("/key-unknown")
    assert "invalid_token" in problem.headers["WWW-Authenticate"]


@pytest.mark.parametrize("presented", ["Basic cm9zYTpyb3Nh", "Bearer", "Bearer ", "ck_123"])
def test_another_way_to_sign_in_is_no_key(world, stranger, presented):
    stranger.refused(
        "POST", "/appointments", "key-missing", body=appointment(1), headers={"Authorization": presented}
    )


@on_both_databases
def test_a_revoked_key_is_unknown_at_once(app, booker):
    booker.post("/appointments", appointment(1), status=201)
    with app.app_context(), transaction():
        assert api_keys.revoke("kiosk") == "kiosk"
    booker.refused("POST", "/appointments", "key-unknown", body=appointment(2))


@on_both_databases
def test_a_key_of_one_office_does_not_reach_another(world, booker, new_program):
    tacna = new_program("tacna only", "book", "tacna")
    tacna.post("/appointments", appointment(1, office="tacna"), status=201)
    tacna.post("/holds", {**HOLD, "office": "tacna"}, status=201)
    for path, body in (("/appointments", appointment(2)), ("/holds", HOLD)):
        problem = tacna.refused("POST", path, "office-not-allowed", body=body)
        assert problem["office"] == "cusco"
    held = booker.post("/holds", HOLD, status=201).body["hold"]
    tacna.refused("DELETE", f"/holds/{held}", "office-not-allowed")
    booker.delete(f"/holds/{held}", status=204)
    cusco = booker.post("/appointments", appointment(3), status=201).body
    address = f"/appointments/{cusco['reference']}"
    tacna.refused("DELETE", address, "office-not-allowed", secret=cusco["secret"])
    tacna.refused(
        "POST",
        f"{address}/move",
        "office-not-allowed",
        body={"starts_at": HALF_PAST_NINE},
        secret=cusco["secret"],
    )
    read = booker.get(address, secret=cusco["secret"]).body
    assert (read["status"], read["starts_at"]) == ("booked", NINE)


def test_an_office_outside_the_key_is_told_no_more_than_an_unknown_one(world, new_program):
    tacna = new_program("tacna only", "book", "tacna")
    tacna.refused("POST", "/appointments", "office-not-allowed", body=appointment(1, office="atlantis"))


def test_an_operator_may_book_too(world, new_program):
    operator = new_program("call centre", "operator")
    operator.post("/appointments", appointment(1), status=201)


def test_a_booking_program_is_no_operator(app: Flask, world, new_program):
    """No call needs an operator yet, so the guard is tried on one of the test's own."""
    own = Blueprint("own", __name__)

    @own.get("/api/v1/only-operators")
    @guards.api_key("operator")
    def only_operators() -> str:
        return "seen"

    app._got_first_request = False  # Flask forbids routes after a request, and making a key was none
    app.register_blueprint(own)
    problem = new_program("kiosk 2").refused("GET", "/only-operators", "scope-missing")
    assert problem["scope"] == "operator"
    operator = new_program("call centre", "operator")
    answer = operator.http.get("/api/v1/only-operators", headers={"Authorization": f"Bearer {operator.key}"})
    assert answer.text == "seen"


def test_a_guard_for_a_scope_that_does_not_exist_is_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="emperor"):
        guards.api_key("emperor")


def test_a_reader_with_a_bad_key_still_reads(world, stranger: Program):
    stranger.get("/offices", headers={"Authorization": "Bearer nonsense"})
