"""Pages for what went wrong, in the reader's language; programs under a claimed prefix get their own form."""

import logging
from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, Request, abort, current_app, render_template, request
from flask_babel import lazy_gettext as _l
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from gunicorn.http.errors import ChunkMissingTerminator, InvalidChunkSize, NoMoreData
from werkzeug.datastructures import Headers
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Response

from consular.foundation.database import DATABASE_AWAY
from consular.foundation.errors import Refusal

log = logging.getLogger(__name__)

# What gunicorn raises while a view reads a body in chunks that are none: the sender's fault, not a crash.
BROKEN_BODY = (ChunkMissingTerminator, InvalidChunkSize, NoMoreData)

Answer = Callable[[Exception], Response]

# status -> (what happened, what to do now). Short, no blame, always a way on.
WORDS = {
    400: (_l("We could not read that request"), _l("Go back, check what you typed and send it again.")),
    401: (_l("Sign in to see this page"), _l("Your session may have ended.")),
    403: (
        _l("You may not open this page"),
        _l("If you think that you should, ask the person who runs the system."),
    ),
    404: (_l("This page does not exist"), _l("Check the address, or start from the home page.")),
    405: (
        _l("That cannot be done from here"),
        _l("This address does not take that kind of request. Start from the home page."),
    ),
    409: (
        _l("Something changed in the meantime"),
        _l("What you asked for is not possible any more. Go back to see how things are now."),
    ),
    410: (_l("This is no longer available"), _l("The time that it was kept for is over. Start again.")),
    413: (_l("That is too much text"), _l("What was sent is too large. Shorten it and send it again.")),
    415: (
        _l("We could not read that request"),
        _l("It was not sent by a form of these pages. Open the page again and send its form from there."),
    ),
    422: (_l("Some of it does not fit"), _l("Go back, check what you typed and send it again.")),
    429: (
        _l("Too many tries in a short time"),
        _l("Wait a minute and try again. Nothing that you already have is lost."),
    ),
    500: (
        _l("Something failed on our side"),
        _l("It was not your fault. Nothing was changed. Try again in a few minutes."),
    ),
    503: (_l("The service is resting"), _l("It will be back soon. Your appointments are safe.")),
}
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
STALE_FORM = _l(
    "This form was open in another session, so it was not sent. Go back, reload the page and send it again."
)


def answer_errors_under(app: Flask, prefix: str, answer: Answer) -> None:
    """Let a door answer errors under its addresses in its own form (`/api/`: problem+json)."""
    app.extensions.setdefault("error_answers", {})[prefix] = answer


def _own_answer(error: Exception) -> Response | None:
    answers: dict[str, Answer] = current_app.extensions.get("error_answers", {})
    for prefix, answer in answers.items():
        if request.path.startswith(prefix):
            return answer(error)
    return None


def error_page(status: int, advice: str | None = None, headers: Headers | None = None) -> Response:
    """The page of a status; `advice` replaces its second sentence."""
    heading, usual_advice = WORDS.get(status) or WORDS[500 if status >= 500 else 400]
    page = render_template(
        "errors/error.html",
        status=status,
        phrase=HTTPStatus(status).phrase,
        heading=heading,
        advice=advice or usual_advice,
    )
    response = current_app.make_response((page, status))
    if headers:
        response.headers.extend(headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _http_error(error: HTTPException) -> Response:
    own = _own_answer(error)
    if own is not None:
        return own
    status = error.code or 500
    if error.response is not None or 300 <= status < 400:
        return error.get_response()
    kept = Headers([(name, value) for name, value in error.get_headers() if name in ("Allow", "Retry-After")])
    return error_page(status, str(STALE_FORM) if isinstance(error, CSRFError) else None, kept)


def _too_many(error: RateLimitExceeded) -> Response:
    response = _own_answer(error) or error_page(429)
    response.headers.setdefault("Retry-After", "60")
    return response


def _refusal(error: Refusal) -> Response:
    return _own_answer(error) or error_page(error.status)


def _database_away(error: Exception) -> Response:
    log.error("the database is away: %s", error, extra={"endpoint": request.endpoint})
    return _own_answer(error) or error_page(503, headers=Headers({"Retry-After": "5"}))


def _broken_body(error: Exception) -> Response:
    return _http_error(BadRequest())


def _crash(error: Exception) -> Response:
    log.exception("unhandled error", extra={"endpoint": request.endpoint})
    return _own_answer(error) or error_page(500)


def refuse_null_characters(asked: Request) -> None:
    """A NUL is in no name, and PostgreSQL stores none: refused here, once, for every door."""
    texts = [asked.path]
    if asked.query_string:
        texts += [*asked.args.keys(), *(value for _, value in asked.args.items(multi=True))]
    if asked.mimetype in FORMS:
        texts += [value for _, value in asked.form.items(multi=True)]
    if any("\x00" in text for text in texts):
        abort(400)


def refuse_what_is_no_form(asked: Request) -> None:
    """A page reads forms. JSON in the place of one would be taken for a form whose fields are numbers and lists."""
    programs: dict[str, Answer] = current_app.extensions.get("error_answers", {})
    if asked.method != "POST" or asked.routing_exception or asked.path.startswith(tuple(programs)):
        return
    sends = asked.mimetype or asked.content_length or asked.environ.get("HTTP_TRANSFER_ENCODING")
    if sends and asked.mimetype not in FORMS:
        abort(415)


def install_error_pages(app: Flask) -> None:
    """Wire them in; every error reaches a person as a page and the log as a record."""
    app.before_request(lambda: refuse_what_is_no_form(request))
    app.before_request(lambda: refuse_null_characters(request))
    app.register_error_handler(RateLimitExceeded, _too_many)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Refusal, _refusal)
    for away in DATABASE_AWAY:
        app.register_error_handler(away, _database_away)
    for broken in BROKEN_BODY:
        app.register_error_handler(broken, _broken_body)
    app.register_error_handler(Exception, _crash)
