"""What the Content-Security-Policy lets a page load."""

import pytest

from consular.web.security_headers import content_policy


def images(tiles_url: str | None) -> str:
    directives = dict(part.split(" ", 1) for part in content_policy(tiles_url).split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == "'self'"
    return directives["img-src"]


@pytest.mark.parametrize(
    ("tiles_url", "allowed"),
    [
        (None, "'self' data:"),
        ("https://t.example/{z}/{x}/{y}.png", "'self' data: https://t.example"),
        ("http://127.0.0.1:8080/{z}/{x}/{y}", "'self' data: http://127.0.0.1:8080"),
        (
            "https://{s}.t.example/{z}/{x}/{y}.png",
            "'self' data: https://a.t.example https://b.t.example https://c.t.example",
        ),
    ],
)
def test_tiles_come_from_their_hosts_and_nowhere_else(tiles_url: str | None, allowed: str) -> None:
    assert images(tiles_url) == allowed
