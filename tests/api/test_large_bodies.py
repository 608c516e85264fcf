"""A refusal reaches a client that is still sending, also one that does not listen meanwhile."""

import pytest

from tests.api.serving import call

TEN_MEGABYTES = " " * 10_000_000


def test_a_client_that_sends_ten_megabytes_hears_why_it_was_refused(server):
    for method, path, sent, expected in (
        ("POST", "/api/v1/appointments", {"Authorization": "Bearer nonsense"}, (401, "key-unknown")),
        ("POST", "/api/v1/appointments", {}, (401, "key-missing")),
        ("POST", "/api/v1/nothing", {}, (404, "not-found")),
        ("POST", "/api/v1/offices", {"Connection": "close"}, (405, "method-not-allowed")),
    ):
        status, body = call(server, method, path, TEN_MEGABYTES, **sent)
        assert (status, body["type"].rpartition("/")[2]) == expected


@pytest.mark.parametrize("connection", ["close", "keep-alive"])
def test_a_body_that_is_too_large_is_told_so(app, booker, server, connection):
    sent = {"Authorization": f"Bearer {booker.key}", "Connection": connection}
    status, body = call(server, "POST", "/api/v1/appointments", TEN_MEGABYTES, **sent)
    assert (status, body["type"].rpartition("/")[2]) == (413, "body-too-large")
