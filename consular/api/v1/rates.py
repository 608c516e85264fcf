"""How much one program may ask: per address for reads, per key for writes, told in every answer.

Fixed windows through `limits`, on the web kit's own storage: the moving windows that guard the forms
remember every single request, which at these numbers cost more than the answer itself.
"""

from hashlib import sha256

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItemPerMinute
from limits.strategies import FixedWindowRateLimiter, RateLimiter
from werkzeug.exceptions import TooManyRequests

from consular.api.v1.blueprint import v1
from consular.foundation.clock import now
from consular.web import limiter, sender

# Ample for a ministry's own programs and for a bank of kiosks behind one address; a loop that ran away
# stops here. `API_READS_PER_MINUTE` and `API_WRITES_PER_MINUTE` of the application's config change them.
READS_PER_MINUTE = 60_000
WRITES_PER_MINUTE = 30_000
WINDOW = 60  # seconds


@v1.before_request
def count_call() -> None:
    """Count the call before anything else is done for it.

    Raises:
        TooManyRequests: with the seconds until the window ends.
    """
    rate, whose = _rate_and_owner()
    windows = _windows(current_app)
    allowed = windows.hit(rate, whose)
    window = windows.get_window_stats(rate, whose)
    seconds = min(WINDOW, max(0, round(window.reset_time - now().timestamp())))
    g.rate = (rate.amount, max(0, window.remaining), seconds)
    if not allowed:
        raise TooManyRequests(retry_after=max(1, seconds))


@v1.after_request
def tell_rate(response: Response) -> Response:
    """The three headers of the IETF draft: the limit, what is left, and the seconds until it is whole."""
    if "rate" in g:
        limit, remaining, seconds = g.rate
        response.headers["RateLimit-Limit"] = str(limit)
        response.headers["RateLimit-Remaining"] = str(remaining)
        response.headers["RateLimit-Reset"] = str(seconds)
    return response


def _rate_and_owner() -> tuple[RateLimitItemPerMinute, str]:
    presented = request.headers.get("Authorization", "")
    if request.method in ("GET", "HEAD", "OPTIONS") or not presented:
        amount = current_app.config.get("API_READS_PER_MINUTE", READS_PER_MINUTE)
        return RateLimitItemPerMinute(amount, namespace="api-reads"), sender()
    amount = current_app.config.get("API_WRITES_PER_MINUTE", WRITES_PER_MINUTE)
    # Whose key it is has not been asked yet, and a key must not lie about in the storage of the counts.
    return RateLimitItemPerMinute(amount, namespace="api-writes"), sha256(presented.encode()).hexdigest()[:32]


def _windows(app: Flask) -> RateLimiter:
    windows: RateLimiter | None = app.extensions.get("api_rate_windows")
    if windows is None:
        windows = app.extensions["api_rate_windows"] = FixedWindowRateLimiter(limiter.storage)
    return windows
