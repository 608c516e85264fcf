"""A server on loopback that answers in Nominatim's format, or as badly as a test wants."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

LONG = 30.0  # seconds: far longer than a page waits for a geocoder

HOUSE = {
    "lat": "-13.52264",
    "lon": "-71.96734",
    "display_name": "565, Plazoleta Limacpampa Grande, Cusco, Perú",
    "place_rank": 30,
    "address": {"house_number": "565", "road": "Plazoleta Limacpampa Grande", "country_code": "pe"},
}


def place(**differences: Any) -> dict[str, Any]:
    """The house of the tests, with differences."""
    return {**HOUSE, **differences}


@dataclass
class Nominatim:
    """`answer` is a status and a body, or a function that writes to the handler itself."""

    url: str = ""
    answer: tuple[int, Any] | Callable[[BaseHTTPRequestHandler], None] = (200, [HOUSE])
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    ending: threading.Event = field(default_factory=threading.Event)
    waited_for: bool = False  # somebody stayed until one of the endless answers ended

    def wait(self, seconds: float) -> None:
        """Say nothing so long, or until the server ends."""
        self.waited_for = not self.ending.wait(seconds) or self.waited_for

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        """Note the question and answer it."""
        query = parse_qs(urlsplit(handler.path).query)
        self.asked.append({name: values[0] for name, values in query.items()})
        self.at.append(time.monotonic())
        self.agents.append(handler.headers["User-Agent"])
        if callable(self.answer):
            self.answer(handler)
            return
        status, body = self.answer
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in self.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(sent)))
        handler.end_headers()
        handler.wfile.write(sent)


@contextmanager
def running() -> Iterator[Nominatim]:
    """The server, until the end of the test."""
    nominatim = Nominatim()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                nominatim.serve(self)
            except OSError:  # who asked has gone
                self.close_connection = True

        def log_message(self, *words: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.nominatim = nominatim  # type: ignore[attr-defined]  # for those that answer badly
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    nominatim.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield nominatim
    finally:
        nominatim.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()


def _server(handler: BaseHTTPRequestHandler) -> Nominatim:
    found: Nominatim = handler.server.nominatim  # type: ignore[attr-defined]
    return found


def silent(handler: BaseHTTPRequestHandler) -> None:
    """Takes the question and says nothing for longer than anybody waits."""
    _server(handler).wait(LONG)


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """A letter now and then: each within any socket's time-out, the whole never."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(round(LONG / 0.1)):
        handler.wfile.write(b"[")
        handler.wfile.flush()
        _server(handler).ending.wait(0.1)
    _server(handler).waited_for = True


def huge(handler: BaseHTTPRequestHandler) -> None:
    """Megabytes of JSON."""
    handler.send_response(200)
    handler.end_headers()
    for _ in range(64):
        handler.wfile.write(b"[" + b" " * 65536)


def redirecting(handler: BaseHTTPRequestHandler) -> None:
    """To itself, for ever."""
    handler.send_response(302)
    handler.send_header("Location", handler.path)
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def hanging_up(handler: BaseHTTPRequestHandler) -> None:
    """Closes without a word."""
    handler.connection.close()
