"""How much may be asked: per sender for reads, per key for writes, told in every answer.

What is no key in force counts for its sender: an Authorization header that changes with every call must
not open a window of its own each time. Fixed windows through `limits`, on the web kit's own storage: the
moving windows that guard the forms remember every single request, which at these numbers cost more than
the answer itself.
"""

from functools import cache
from typing import Protocol

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from werkzeug.exceptions import TooManyRequests

from consular.api.v1.blueprint import v1
from consular.api.v1.guards import read_key
from consular.foundation.clock import now
from consular.web import limiter, sender

WINDOW = 60  # seconds
READING = ("GET", "HEAD", "OPTIONS")


class RateSettings(Protocol):
    """What this module reads of the settings: calls in a minute."""

    @property
    def api_reads_per_minute(self) -> int: ...
    @property
    def api_writes_per_minute(self) -> int: ...
    @property
    def api_failed_keys_per_minute(self) -> int: ...


@v1.before_request
def count_call() -> None:
    """Count the call before anything else is done for it but finding out whose key it carries.

    Raises:
        TooManyRequests: with the seconds until the window ends.
    """
    settings: RateSettings = current_app.extensions["consular"]
    if request.method in READING:
        _count(_rate(settings.api_reads_per_minute, "api-reads"), sender())
        return
    failed = _rate(settings.api_failed_keys_per_minute, "api-failed-keys")
    _refuse_if_full(failed, sender())  # before the database is asked about one more key
    caller = read_key()
    if caller is None:
        _count(failed, sender())
    else:
        _count(_rate(settings.api_writes_per_minute, "api-writes"), f"key {caller.id}")


@cache
def _rate(in_a_minute: int, what: str) -> RateLimitItemPerMinute:
    return RateLimitItemPerMinute(in_a_minute, namespace=what)


def _count(rate: RateLimitItemPerMinute, whose: str) -> None:
    allowed = _windows(current_app).hit(rate, whose)
    seconds = _tell(rate, whose)
    if not allowed:
        raise TooManyRequests(retry_after=max(1, seconds))


def _refuse_if_full(rate: RateLimitItemPerMinute, whose: str) -> None:
    if not _windows(current_app).test(rate, whose):
        raise TooManyRequests(retry_after=max(1, _tell(rate, whose)))


def _tell(rate: RateLimitItemPerMinute, whose: str) -> int:
    """Keep for the answer's headers where this caller stands; the seconds until the window ends."""
    window = _windows(current_app).get_window_stats(rate, whose)
    seconds = min(WINDOW, max(0, round(window.reset_time - now().timestamp())))
    g.rate = (rate.amount, max(0, window.remaining), seconds)
    return seconds


@v1.after_request
def tell_rate(response: Response) -> Response:
    """The three headers of the IETF draft: the limit, what is left, and the seconds until it is whole."""
    if "rate" in g:
        limit, remaining, seconds = g.rate
        response.headers["RateLimit-Limit"] = str(limit)
        response.headers["RateLimit-Remaining"] = str(remaining)
        response.headers["RateLimit-Reset"] = str(seconds)
    return response


def _windows(app: Flask) -> RateLimiter:
    windows: RateLimiter | None = app.extensions.get("api_rate_windows")
    if windows is None:
        windows = app.extensions["api_rate_windows"] = FixedWindowRateLimiter(limiter.storage)
    return windows
