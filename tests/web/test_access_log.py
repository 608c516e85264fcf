"""What the access log may say of a request."""

import logging
import runpy
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from consular.web.access_log import PathLogger
from tests.needs import ROOT

ENVIRON = {
    "REMOTE_ADDR": "127.0.0.1",
    "REQUEST_METHOD": "GET",
    "PATH_INFO": "/es/oficinas",
    "QUERY_STRING": "near=-9.05,-77.81",
    "RAW_URI": "/es/oficinas?near=-9.05,-77.81",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "HTTP_REFERER": "https://example.org/?document=10117410",
    "HTTP_COOKIE": "session=secret",
}
ANSWER = SimpleNamespace(status="200 OK", sent=1234, headers=[("Set-Cookie", "session=secret")])
REQUEST = SimpleNamespace(headers=[("AUTHORIZATION", "Bearer secret"), ("COOKIE", "session=secret")])


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(record.getMessage())


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = Lines()
    yield handler
    logging.getLogger("gunicorn.access").removeHandler(handler)


def _logged(lines: Lines, wanted: str) -> str:
    config = Config()
    config.set("accesslog", "-")
    config.set("access_log_format", wanted)
    logger = PathLogger(config)
    logger.access_log.addHandler(lines)
    logger.access(ANSWER, REQUEST, ENVIRON, timedelta(milliseconds=5.9))
    return lines.written[-1]


def test_our_own_format_is_filled(lines: Lines) -> None:
    ours = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    assert ours["logger_class"] == f"{PathLogger.__module__}.{PathLogger.__name__}"
    said = _logged(lines, ours["access_log_format"])
    assert said.startswith("127.0.0.1 [")
    assert said.endswith('] "GET /es/oficinas" 200 1234 bytes 5 ms')


@pytest.mark.parametrize(
    "atom",
    ["q", "r", "f", "a", "{cookie}i", "{authorization}i", "{set-cookie}o", "{raw_uri}e", "{query_string}e"],
)
def test_no_format_gets_what_may_be_personal(lines: Lines, atom: str) -> None:
    assert _logged(lines, f"%(m)s %({atom})s") == "GET -"
