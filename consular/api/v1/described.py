"""Says in the OpenAPI document which problems a call may answer, from the one table of problems."""

from collections.abc import Iterable
from typing import Any

from consular.api.problems import PROBLEMS
from consular.api.refusing import MEDIA_TYPE

ANY_CALL = ("bad-request", "invalid-input", "too-many-requests", "internal-error", "unavailable")
ANY_KEY = ("key-missing", "key-unknown", "scope-missing", "office-not-allowed")
ANY_BODY = ("malformed-json", "body-too-large", "media-type-unsupported")
BEARER = "apiKey"
LINKS_TO_HOLD = {"release": {"operationId": "release_seats", "parameters": {"hold": "$response.body#/hold"}}}


def problems(*names: str) -> dict[int | str, Any]:
    """The `responses` of a call that may answer these problems, besides those that every call may."""
    by_status: dict[int, list[str]] = {}
    for name in (*names, *ANY_CALL):
        by_status.setdefault(PROBLEMS[name].status, []).append(name)
    return {status: _response(by_status[status]) for status in sorted(by_status)}


def shared(*names: str) -> dict[int | str, Any]:
    """The same for a call whose answer may be kept: 304 as well."""
    return {
        304: {"description": "What If-None-Match names is still true; no body."},
        **problems("precondition-failed", *names),
    }


def links_to_appointment() -> dict[str, Any]:
    """What can be done next with an appointment that was just made."""
    parameters = {
        "reference": "$response.body#/reference",
        "header.X-Appointment-Secret": "$response.body#/secret",
    }
    calls = {"read": "show_appointment", "move": "move_appointment", "cancel": "cancel_appointment"}
    return {name: {"operationId": call, "parameters": parameters} for name, call in calls.items()}


def _response(names: Iterable[str]) -> dict[str, Any]:
    return {
        "description": "\n".join(f"- `{name}`: {PROBLEMS[name].title}." for name in names),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
