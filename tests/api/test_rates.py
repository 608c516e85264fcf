"""How much may be asked: told in every answer, counted for senders, keys, and what is no key."""

from dataclasses import replace

import pytest
from flask import Flask

from tests.api.bodies import appointment


@pytest.fixture
def limits(app: Flask):
    """Change the limits of this application."""

    def change(**limits: int) -> None:
        app.extensions["consular"] = replace(app.extensions["consular"], **limits)

    return change


def test_every_answer_tells_the_rate(app, world, stranger):
    first = stranger.get("/services")
    assert first.headers["RateLimit-Limit"] == str(app.extensions["consular"].api_reads_per_minute)
    left = int(first.headers["RateLimit-Remaining"])
    assert 0 <= int(first.headers["RateLimit-Reset"]) <= 60
    refused = stranger.call("GET", "/offices/atlantis", status=404)
    assert int(refused.headers["RateLimit-Remaining"]) == left - 1


def test_beyond_the_rate_a_program_is_told_when_to_come_back(world, stranger, limits):
    limits(api_reads_per_minute=3)
    for _ in range(3):
        stranger.get("/services")
    answer = stranger.call("GET", "/services", status=429)
    assert answer.body["type"].endswith("/too-many-requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit-Remaining"] == "0"


def test_one_key_at_its_limit_leaves_the_others_alone(booker, new_program, limits):
    other = new_program("another kiosk")
    limits(api_writes_per_minute=1)
    made = booker.post("/appointments", appointment(1), status=201)
    assert (made.headers["RateLimit-Limit"], made.headers["RateLimit-Remaining"]) == ("1", "0")
    booker.refused("POST", "/appointments", "too-many-requests", body=appointment(2))
    other.post("/appointments", appointment(2), status=201)
    booker.get("/offices")  # and its reads


def test_one_key_written_in_two_ways_is_one_key(app, booker, limits):
    limits(api_writes_per_minute=1)
    booker.post("/appointments", appointment(1), status=201)
    for written in (f"bearer {booker.key}", f"Bearer   {booker.key} "):
        booker.refused(
            "POST",
            "/appointments",
            "too-many-requests",
            body=appointment(2),
            headers={"Authorization": written},
        )


def test_keys_that_fail_count_for_their_sender_whatever_they_are(
    world, stranger, booker, limits, count_statements
):
    limits(api_failed_keys_per_minute=3)
    for n in range(3):
        answer = stranger.call("POST", "/appointments", status=401, headers=_key(n))
        assert answer.headers["RateLimit-Limit"] == "3"
        assert answer.headers["RateLimit-Remaining"] == str(2 - n)
    with count_statements() as statements:
        stranger.refused("POST", "/appointments", "too-many-requests", headers=_key(4))
    assert len(statements) == 0, statements
    stranger.get("/offices")
    elsewhere = {"environ_base": {"REMOTE_ADDR": "198.51.100.7"}}
    answer = stranger.http.post("/api/v1/appointments", headers=_key(5), **elsewhere)
    assert answer.status_code == 401


def test_a_good_key_does_not_count_as_one_that_fails(booker, limits):
    limits(api_failed_keys_per_minute=1)
    for number in (1, 2):
        booker.post("/appointments", appointment(number), status=201)


def _key(number: int) -> dict[str, str]:
    return {"Authorization": f"Bearer ck_{number:043d}"}
