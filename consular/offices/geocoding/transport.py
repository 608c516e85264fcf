"""HTTP for geopy with bounds that hold whatever the other side does: total time, size, and no redirects."""

import json
import socket
import ssl
import threading
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter
from geopy.exc import GeocoderParseError, GeocoderTimedOut, GeocoderUnavailable

LARGEST = 256 * 1024  # bytes of an answer; one place takes about two thousand


class BoundedAdapter(BaseSyncAdapter):  # type: ignore[misc]  # geopy publishes no types
    """One request a call, on a thread that the caller leaves when the time is over.

    A time-out of the socket alone would wait for ever for a server that sends a letter a second.
    """

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._context = ssl_context if isinstance(ssl_context, ssl.SSLContext) else None

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        """The answer read as JSON.

        Raises:
            GeocoderParseError: it is not JSON.
        """
        try:
            return json.loads(self.get_text(url, timeout=timeout, headers=headers))
        except (ValueError, RecursionError) as problem:
            raise GeocoderParseError("the answer is not JSON") from problem

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        """The body of a 200.

        Raises:
            AdapterHTTPError: another status; a redirect too, because it is not followed.
            GeocoderTimedOut, GeocoderUnavailable, GeocoderParseError
        """
        request = _Request(url, headers, timeout, self._context)
        thread = threading.Thread(target=request.run, daemon=True)
        thread.start()
        thread.join(timeout)
        if thread.is_alive():
            request.abandon()
            raise GeocoderTimedOut("no whole answer in time")
        return request.body()


class _Request:
    """One exchange; what came of it is read after its thread ended."""

    def __init__(self, url: str, headers: dict[str, str], timeout: float, context: Any) -> None:
        parts = urlsplit(url)
        self._target = f"{parts.path or '/'}?{parts.query}"
        self._headers = {**headers, "Accept": "application/json", "Connection": "close"}
        secure = parts.scheme == "https"
        self._connection = (
            HTTPSConnection(
                parts.hostname or "",
                parts.port,
                timeout=timeout,
                context=context or ssl.create_default_context(),
            )
            if secure
            else HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)
        )
        self._problem: Exception | None = None
        self._status = 0
        self._answered: dict[str, str] = {}
        self._body = b""

    def run(self) -> None:
        """Send and read; keeps whatever goes wrong for `body`."""
        try:
            self._connection.request("GET", self._target, headers=self._headers)
            with self._connection.getresponse() as response:
                self._status = response.status
                self._answered = {name.lower(): value for name, value in response.getheaders()}
                self._body = response.read(LARGEST + 1)
        except (OSError, HTTPException, ValueError) as problem:
            self._problem = problem
        finally:
            self._connection.close()

    def abandon(self) -> None:
        """Wake the thread up, so that it ends: its read finds the connection shut."""
        connected = self._connection.sock
        if connected is not None:
            try:
                connected.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it ended in this very moment

    def body(self) -> str:
        if isinstance(self._problem, TimeoutError):
            raise GeocoderTimedOut("no answer in time") from self._problem
        if self._problem is not None:
            raise GeocoderUnavailable("no answer") from self._problem
        if self._status != 200:
            raise AdapterHTTPError(
                f"status {self._status}", status_code=self._status, headers=self._answered, text=""
            )
        if len(self._body) > LARGEST:
            raise GeocoderParseError("the answer is too long")
        return self._body.decode("utf-8", "replace")
