"""Writes answers: compact JSON, instants with a Z, and a tag by which a caller learns that nothing changed."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Response, abort, request

JSON = "application/json"
GEOJSON = "application/geo+json"


def written(instant: datetime) -> str:
    """ISO 8601 in UTC, whole seconds, `Z`."""
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def answer(content: Mapping[str, Any], status: int = 200) -> Response:
    """An answer about one caller's own affairs: nobody keeps it."""
    response = Response(_dumped(content), status, content_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response


class Facts(NamedTuple):
    """The text of an answer that is the same for everybody, and the tag that says whether its facts changed."""

    text: str
    tag: str


def facts_of(content: Mapping[str, Any]) -> Facts:
    """An answer's facts, written down."""
    return _facts(_dumped(content))


def _facts(text: str) -> Facts:
    return Facts(text, hashlib.sha256(text.encode()).hexdigest()[:32])


def shared_answer(
    content: Mapping[str, Any],
    *,
    as_of: datetime | None = None,
    max_age: int | None = None,
    media_type: str = JSON,
) -> Response:
    """An answer that is the same for everybody, or 304 when the caller has it already.

    `as_of` is put in front of the content and left out of the tag: the tag says whether the facts
    changed, not whether the clock did. That makes it a weak one. `max_age` is in seconds; without it a
    cache has to ask every time.
    """
    return shared_facts(facts_of(content), as_of=as_of, max_age=max_age, media_type=media_type)


def shared_facts(
    facts: Facts, *, as_of: datetime | None = None, max_age: int | None = None, media_type: str = JSON
) -> Response:
    """The same for facts that were written down before; `as_of` is the instant at which they are known to hold."""
    told = facts.text if as_of is None else f'{{"as_of":"{written(as_of)}",{facts.text[1:]}'
    return _conditional(told, facts.tag, media_type, max_age)


def shared_text(text: str, *, media_type: str, max_age: int | None = None) -> Response:
    """The same for a text."""
    return _conditional(text, _facts(text).tag, media_type, max_age)


def _conditional(text: str, tag: str, media_type: str, max_age: int | None) -> Response:
    response = Response(text, content_type=media_type)
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache" if max_age is None else f"public, max-age={max_age}"
    response.make_conditional(request)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        abort(HTTPStatus.PRECONDITION_FAILED)  # the bare answer would not say why
    return response


def _dumped(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
