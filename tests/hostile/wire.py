"""Speaks HTTP as nobody should: byte by byte on a socket, with nothing tidied on the way."""

import http.client
import itertools
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes

PATIENCE = 20.0  # seconds for an answer; a busy machine with two cores
Headers = Sequence[tuple[str | bytes, str | bytes]]


@dataclass(frozen=True)
class Asked:
    """One request: `target` is percent-encoded already; `headers` are sent as they are."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    def __str__(self) -> str:
        sent = [f"{name!r}: {value[:60]!r}" for name, value in self.headers if name != "Cookie"]
        return f"{self.method} {self.target[:160]} {sent} {self.body[:120]!r}"


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get_content_type()

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


def quoted(value: bytes) -> str:
    """The bytes percent-encoded, slashes too."""
    return quote_from_bytes(value, safe="")


def query(pairs: Iterable[tuple[str, bytes]]) -> str:
    return "&".join(f"{name}={quoted(value)}" for name, value in pairs)


_senders = itertools.count(1)


def another_sender() -> str:
    """An address that nobody has used: the limits are not what is tried here."""
    number = next(_senders)
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


@dataclass
class Wire:
    """A connection that is opened again whenever the server has closed it."""

    port: int
    connection: socket.socket | None = field(default=None, repr=False)

    def send(self, asked: Asked) -> Answer:
        """Ask, and read the whole answer.

        Raises:
            OSError, http.client.HTTPException: there was none, or it was not HTTP.
        """
        kept = self.connection is not None
        try:
            return self._once(asked)
        except (ConnectionError, http.client.RemoteDisconnected):
            self.close()
            if not kept:
                raise
            return self._once(asked)  # the server had closed the kept connection before it saw this

    def _once(self, asked: Asked) -> Answer:
        if self.connection is None:
            self.connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        self.connection.sendall(head_of(asked) + asked.body)
        return self._read(asked.method)

    def _read(self, method: str) -> Answer:
        assert self.connection is not None
        response = http.client.HTTPResponse(self.connection, method=method)
        try:
            response.begin()
            answer = Answer(response.status, response.headers, response.read())
            ended = response.will_close
        finally:
            response.close()
        if ended:
            self.close()
        return answer

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def head_of(asked: Asked) -> bytes:
    """The lines before the body."""
    named = {_bytes(name).lower() for name, _ in asked.headers}
    lines = [f"{asked.method} {asked.target} HTTP/1.1".encode("latin-1", "replace")]
    if b"host" not in named:
        lines.append(b"Host: localhost")
    if b"x-forwarded-for" not in named:
        lines.append(b"X-Forwarded-For: " + another_sender().encode())
    lines += [_bytes(name) + b": " + _bytes(value) for name, value in asked.headers]
    if asked.body and not named & {b"content-length", b"transfer-encoding"}:
        lines.append(b"Content-Length: %d" % len(asked.body))
    return b"\r\n".join(lines) + b"\r\n\r\n"


def shout(port: int, words: bytes, *, hang_up: bool = True) -> bytes:
    """Send these bytes, say that no more will come, and answer all that the server says until it closes."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
        said = []
        try:
            connection.sendall(words)
            if hang_up:
                connection.shutdown(socket.SHUT_WR)
            while piece := connection.recv(65536):
                said.append(piece)
        except ConnectionError:
            pass  # it has heard enough
        return b"".join(said)


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
