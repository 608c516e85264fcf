"""Writes answers: compact JSON, instants with a Z, and a tag by which a caller learns that nothing changed."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

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
    body = _dumped(content)
    told = body if as_of is None else f'{{"as_of":"{written(as_of)}",{body[1:]}'
    return shared_text(told, media_type=media_type, max_age=max_age, facts=body)


def shared_text(
    text: str, *, media_type: str, max_age: int | None = None, facts: str | None = None
) -> Response:
    """The same for a text; `facts` is what its tag is made from, when that is less than the whole text."""
    response = Response(text, content_type=media_type)
    response.set_etag(hashlib.sha256((facts or text).encode()).hexdigest()[:32], weak=True)
    response.headers["Cache-Control"] = "no-cache" if max_age is None else f"public, max-age={max_age}"
    response.make_conditional(request)
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        abort(HTTPStatus.PRECONDITION_FAILED)  # the bare answer would not say why
    return response


def _dumped(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
