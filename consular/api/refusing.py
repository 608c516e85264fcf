"""Turns what went wrong under /api/ into an answer of application/problem+json."""

import json
from typing import Any

from flask import Response, current_app
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException

from consular.api.problems import PROBLEMS, ProblemType, name_of
from consular.appointments.people import InvalidCitizen
from consular.foundation.database import DATABASE_AWAY
from consular.foundation.errors import Refusal
from consular.foundation.tries import TooManyTries

MEDIA_TYPE = "application/problem+json"

_BY_STATUS = {
    404: "not-found",
    405: "method-not-allowed",
    412: "precondition-failed",
    413: "body-too-large",
    415: "media-type-unsupported",
    429: "too-many-requests",
    503: "unavailable",
}


def problem_of(error: Exception) -> Response:
    """The answer to an error, whoever raised it: an action, the router, the limiter, a broken database."""
    if isinstance(error, Refusal):
        return _refused(error)
    if isinstance(error, DATABASE_AWAY):
        return _answer(PROBLEMS["unavailable"], {}, Headers({"Retry-After": "5"}))
    if isinstance(error, HTTPException):
        return _http(error)
    return _answer(PROBLEMS["internal-error"], {}, Headers())


def address_of(name: str) -> str:
    """The URI that names a kind of problem, which is also the page that documents it."""
    return f"{current_app.extensions['consular'].public_url}/api/problems/{name}"


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if 300 <= status < 400:
        return current_app.make_response(error.get_response())
    nearest = "internal-error" if status >= 500 else "bad-request"
    kept = [each for each in error.get_headers() if each[0] in ("Allow", "Retry-After")]
    return _answer(PROBLEMS[_BY_STATUS.get(status, nearest)], {}, Headers(kept))


def _refused(refusal: Refusal) -> Response:
    if isinstance(refusal, TooManyTries):
        seconds = int(str(refusal.facts["wait_minutes"])) * 60
        return _answer(PROBLEMS["too-many-requests"], {}, Headers({"Retry-After": str(seconds)}))
    name = name_of(refusal)
    # One without an entry is still answered truly, with nothing of its facts.
    kind = PROBLEMS.get(name) or ProblemType(name, refusal.status, name.replace("-", " ").capitalize(), "")
    facts = {fact: refusal.facts[fact] for fact in kind.shows if fact in refusal.facts}
    if isinstance(refusal, InvalidCitizen):
        facts["errors"] = _citizen_errors(refusal)
    return _answer(kind, facts, _headers(kind))


def _citizen_errors(refusal: InvalidCitizen) -> list[dict[str, str]]:
    errors: Any = refusal.facts.get("errors", {})
    return [
        {"path": f"citizen.{field}", "code": code, "message": "Does not fit the rules for this field"}
        for field, code in errors.items()
    ]


def _headers(kind: ProblemType) -> Headers:
    headers = Headers()
    if kind.status == 401:
        reason = ', error="invalid_token"' if kind.name == "key-unknown" else ""
        headers["WWW-Authenticate"] = f'Bearer realm="api"{reason}'
    if kind.status == 415:
        headers["Accept-Post"] = "application/json"
    return headers


def _answer(kind: ProblemType, facts: dict[str, Any], headers: Headers) -> Response:
    body = {
        "type": address_of(kind.name),
        "title": kind.title,
        "status": kind.status,
        "detail": kind.advice,
        **facts,
    }
    headers["Cache-Control"] = "no-store"
    return Response(
        json.dumps(body, ensure_ascii=False, default=str), kind.status, headers, content_type=MEDIA_TYPE
    )
