"""What a request's headers can make of it, with a proxy in front and without one."""

from pathlib import Path

import pytest
from flask import Flask

from tests.databases import application

LEADS_ON = "/api/v1//offices"
HEADERS = {"X-Forwarded-Host": "citas.example.pe", "X-Forwarded-For": "192.0.2.7"}


def led_to(app: Flask, proto: str) -> str:
    answer = app.test_client().get(LEADS_ON, headers={**HEADERS, "X-Forwarded-Proto": proto})
    assert answer.status_code == 308
    return answer.headers["Location"]


@pytest.mark.parametrize(
    ("said", "believed"), [("https", "https"), ("http", "http"), ("javascript", "http"), ("", "http")]
)
def test_a_proxy_says_whether_the_connection_is_secret_and_nothing_else(
    database_url: str, tmp_path: Path, said: str, believed: str
) -> None:
    with application(database_url, tmp_path, TRUSTED_PROXIES="1") as app:
        assert led_to(app, said) == f"{believed}://citas.example.pe/api/v1/offices"


def test_without_a_proxy_nobody_is_believed(app: Flask) -> None:
    assert led_to(app, "https") == "http://localhost/api/v1/offices"
