"""How much one program may ask."""

from consular.api.v1.rates import READS_PER_MINUTE
from tests.api.bodies import appointment


def test_every_answer_tells_the_rate(world, stranger):
    first = stranger.get("/services")
    assert first.headers["RateLimit-Limit"] == str(READS_PER_MINUTE)
    left = int(first.headers["RateLimit-Remaining"])
    assert 0 <= int(first.headers["RateLimit-Reset"]) <= 60
    refused = stranger.call("GET", "/offices/atlantis", status=404)
    assert int(refused.headers["RateLimit-Remaining"]) == left - 1


def test_beyond_the_rate_a_program_is_told_when_to_come_back(app, world, stranger):
    app.config["API_READS_PER_MINUTE"] = 3
    for _ in range(3):
        stranger.get("/services")
    answer = stranger.call("GET", "/services", status=429)
    assert answer.body["type"].endswith("/too-many-requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["RateLimit-Remaining"] == "0"


def test_one_key_at_its_limit_leaves_the_others_alone(app, booker, new_program):
    other = new_program("another kiosk")
    app.config["API_WRITES_PER_MINUTE"] = 1
    booker.post("/appointments", appointment(1), status=201)
    booker.refused("POST", "/appointments", "too-many-requests", body=appointment(2))
    other.post("/appointments", appointment(2), status=201)
    booker.get("/offices")  # and its reads
