"""Writes answers: compact JSON, instants with a Z, and a tag by which a caller learns that nothing changed."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, request

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
    tag = hashlib.sha256(body.encode()).hexdigest()[:32]
    if as_of is not None:
        body = f'{{"as_of":"{written(as_of)}",{body[1:]}'
    response = Response(body, content_type=media_type)
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "no-cache" if max_age is None else f"public, max-age={max_age}"
    response.make_conditional(request)
    return response


def _dumped(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
