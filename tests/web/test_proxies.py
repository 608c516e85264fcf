"""What a request's headers can make of it, with a proxy in front and without one."""

from pathlib import Path

import pytest
from flask import Flask, request

from tests.databases import application

TWO_SLASHES = "/api/v1//offices?near=Cusco"


def answered(app: Flask, **headers: str) -> tuple[str, str]:
    """What the application takes for its own address, and where two slashes lead."""
    seen: list[str] = []
    app.before_request(lambda: seen.append(request.url_root))
    answer = app.test_client().get(
        TWO_SLASHES, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    assert answer.status_code == 308
    return seen[0], answer.headers["Location"]


@pytest.mark.parametrize(
    ("said", "believed"), [("https", "https"), ("http", "http"), ("javascript", "http"), ("", "http")]
)
def test_a_proxy_says_whether_the_connection_is_secret_and_nothing_else(
    database_url: str, tmp_path: Path, said: str, believed: str
) -> None:
    with application(database_url, tmp_path, TRUSTED_PROXIES="1") as app:
        root, there = answered(app, X_Forwarded_Proto=said, X_Forwarded_Host="citas.example.pe")
    assert root == f"{believed}://citas.example.pe/"
    assert there == "/api/v1/offices?near=Cusco"


def test_without_a_proxy_nobody_is_believed(app: Flask) -> None:
    root, there = answered(app, X_Forwarded_Proto="https", X_Forwarded_Host="evil.example")
    assert (root, there) == ("http://localhost/", "/api/v1/offices?near=Cusco")


def test_two_slashes_lead_to_no_other_host(app: Flask) -> None:
    assert answered(app, Host="evil.example")[1] == "/api/v1/offices?near=Cusco"
