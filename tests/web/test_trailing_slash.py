"""An address with a slash too many leads to the page, and never out of the house."""

from urllib.parse import unquote

import pytest
from flask import Flask

from tests.factories import World


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("/es/", "/es"),
        ("/en/", "/en"),
        ("/es//", "/es"),
        ("/es/oficinas/?near=Caraz&service=apostille", "/es/oficinas?near=Caraz&service=apostille"),
        ("/es/oficinas/cusco/", "/es/oficinas/cusco"),
        ("/en/offices/cusco/", "/en/offices/cusco"),
        ("/es/oficinas/?_scheme=javascript&_external=1", "/es/oficinas?_scheme=javascript&_external=1"),
        ("/es/mi-cita/", "/es/mi-cita"),
        ("/desk/", "/desk"),
        ("/api/docs/", "/api/docs"),
        ("/api/v1/offices/", "/api/v1/offices"),
    ],
)
def test_a_slash_at_the_end_leads_to_the_page(app: Flask, world: World, asked: str, there: str) -> None:
    answer = app.test_client().get(asked)
    assert (answer.status_code, answer.headers["Location"]) == (308, there)


@pytest.mark.parametrize(
    "asked",
    [
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "/%2F/evil.example/",
        "/%5Cevil.example/",
        "/es/nowhere/",
        "/es/%0d%0aLocation:%20x/",
    ],
)
def test_it_never_leads_out_of_the_house(app: Flask, world: World, asked: str) -> None:
    """The path goes in as a server hands it over: a test client would read a host out of two slashes."""
    path = unquote(asked)
    for _ in range(3):
        answer = app.test_client().open("/", environ_overrides={"PATH_INFO": path})
        if answer.status_code == 404:
            return
        location = answer.headers["Location"]
        assert location.startswith(("/", "http://localhost/")), location
        assert not location.startswith(("//", "/\\")), location
        path = unquote(location.removeprefix("http://localhost"))
    raise AssertionError(f"{asked} leads on for ever")


def test_a_sent_form_keeps_its_method(app: Flask, world: World) -> None:
    answer = app.test_client().post("/api/v1/holds/", json={})
    assert (answer.status_code, answer.headers["Location"]) == (308, "/api/v1/holds")
