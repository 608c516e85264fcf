"""Reads what a program sends, strictly, and says of each wrong field where it is and why."""

from collections.abc import Iterable
from typing import Any

from apiflask.schema_adapters.pydantic import PydanticAdapter
from flask import Request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from consular.appointments.people import DOCUMENT_TYPES
from consular.foundation.errors import Refusal

LARGEST_BODY = 16 * 1024  # bytes; a full booking has under 2,000


class MalformedJson(Refusal):
    """The body is not JSON."""

    status = 400


class MediaTypeUnsupported(Refusal):
    """The body is not declared as application/json."""

    status = 415


class InvalidInput(Refusal):
    """Fields that do not fit. Facts: errors, a list of path, code and message."""

    status = 422


# pydantic's names for what is wrong -> ours, which are part of the contract; others pass as they are.
CODES = {
    "missing": "required",
    "union_tag_not_found": "required",
    "union_tag_invalid": "not-one-of",
    "literal_error": "not-one-of",
    "extra_forbidden": "unknown-field",
    "string_pattern_mismatch": "format",
    "string_too_long": "too-long",
    "string_too_short": "too-short",
    "greater_than_equal": "out-of-range",
    "less_than_equal": "out-of-range",
}


class StrictReading(PydanticAdapter):
    """How `@v1.input` reads: the JSON text itself is checked, so `"1"` is no number and no half of a
    surrogate pair is a letter; a parameter given twice is refused, not guessed."""

    def validate_input(self, request: Request, location: str, **kwargs: Any) -> BaseModel:
        try:
            if location == "json":
                return self._body(request)
            if location == "query":
                return self._parameters(request.args.to_dict(flat=False))
            return self._parameters({name: request.headers.getlist(name) for name in self._names()})
        except ValidationError as error:
            raise InvalidInput(errors=self._described(location, error)) from None

    def _body(self, request: Request) -> BaseModel:
        if request.mimetype != "application/json":
            raise MediaTypeUnsupported()
        request.max_content_length = LARGEST_BODY
        try:
            read: BaseModel = self.model_class.model_validate_json(request.get_data(cache=False))
        except ValidationError as error:
            if any(each["type"] == "json_invalid" for each in error.errors(include_url=False)):
                raise MalformedJson() from None
            raise
        return read

    def _parameters(self, given: dict[str, list[str]]) -> BaseModel:
        known = self._names()
        repeated = [name for name, values in given.items() if name in known and len(values) > 1]
        if repeated:
            raise InvalidInput(
                errors=[
                    {"path": name, "code": "repeated", "message": "Must be given once"} for name in repeated
                ]
            )
        read: BaseModel = self.model_class.model_validate(
            {name: values[0] for name, values in given.items() if values}
        )
        return read

    def _described(self, location: str, error: ValidationError) -> list[dict[str, str]]:
        described = _described(error.errors(include_url=False))
        if location != "query":
            return described
        return [
            unknown_parameter(each["path"], self._names()) if each["code"] == "unknown-field" else each
            for each in described
        ]

    def _names(self) -> list[str]:
        return [field.alias or name for name, field in self.model_class.model_fields.items()]


def unknown_parameter(name: str, known: Iterable[str]) -> dict[str, str]:
    """What is wrong with a parameter that a call does not have; `known` are those that it has."""
    there_are = ", ".join(f"`{each}`" for each in known) or "none"
    message = f"This call has no such parameter. Those that it has: {there_are}"
    return {"path": name, "code": "unknown-field", "message": message}


def _described(errors: Iterable[ErrorDetails]) -> list[dict[str, str]]:
    """Where, which code, and a sentence; never the value, which may be somebody's document."""
    described = []
    for error in errors:
        code = CODES.get(error["type"], error["type"])
        if code.endswith("_type"):
            code = "type"
        message = error["msg"]
        if error["type"] == "string_pattern_mismatch":
            message = f"Does not have the expected form: {error['ctx']['pattern']}"
        described.append({"path": _path(error), "code": code, "message": message})
    return described


def _path(error: ErrorDetails) -> str:
    """`citizen.document_number`: without the tag that pydantic puts between the two."""
    steps = [str(step) for step in error["loc"]]
    if len(steps) > 1 and steps[1] in DOCUMENT_TYPES:
        del steps[1]
    if error["type"].startswith("union_tag"):
        steps.append("document_type")
    return ".".join(steps)
