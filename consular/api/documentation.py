"""The API's documentation for people (one page, and one for each kind of problem) and for programs."""

from typing import Any

from flask import Blueprint, Response, abort, render_template
from markupsafe import Markup, escape

from consular.api.answering import shared_answer
from consular.api.problems import PROBLEMS
from consular.api.refusing import address_of
from consular.api.v1.document import document
from consular.web.guards import public
from consular.web.languages import speak

DOCUMENT_MAX_AGE = 300  # seconds; it changes with a release only
LONGEST_CHOICE = 20  # codes that a person reads through

pages = Blueprint("api_pages", __name__)


@pages.get("/api/v1/openapi.json")
@public
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    return shared_answer(document(), max_age=DOCUMENT_MAX_AGE)


@pages.get("/api/docs")
@public
def manual() -> str:
    """Every call, parameter, shape and problem, readable."""
    speak("en")  # programs are written in English, and so is this page
    return render_template("api/manual.html", document=document(), calls=_calls(), problems=PROBLEMS)


@pages.get("/api/problems/<string:name>")
@public
def problem(name: str) -> str:
    """What the `type` of an answer points to."""
    if name not in PROBLEMS:
        abort(404)
    speak("en")
    return render_template("api/problem.html", problem=PROBLEMS[name], address=address_of(name))


def _calls() -> dict[str, list[dict[str, Any]]]:
    """The calls by their tag, in the order in which the modules declare them."""
    by_tag: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in document()["tags"]}
    for path, methods in document()["paths"].items():
        for method, call in methods.items():
            by_tag[call["tags"][0]].append({"method": method.upper(), "path": path, **call})
    return by_tag


@pages.app_template_filter("schema_words")
def schema_words(schema: dict[str, Any]) -> Markup:
    """A JSON schema in a few words: `string (date-time) or null`, `list of Slot` with a link to the shape."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#shape-{0}">{0}</a>').format(name)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return Markup(" or ").join(schema_words(each) for each in schema[several])
    if "enum" in schema or "const" in schema:
        words = schema.get("enum") or [schema["const"]]
        shown = words if len(words) <= LONGEST_CHOICE else words[:3]
        listed = Markup(" | ").join(Markup("<code>{}</code>").format(word) for word in shown)
        return listed if shown is words else listed + f" … ({len(words)} in all, in openapi.json)"
    if schema.get("type") == "array":
        return Markup("list of {}").format(schema_words(schema.get("items", {})))
    return escape(schema.get("type", "anything") + _limits(schema))


def _limits(schema: dict[str, Any]) -> str:
    limits = [schema[key] for key in ("format",) if key in schema]
    limits += [f"from {schema['minimum']}"] if "minimum" in schema else []
    limits += [f"to {schema['maximum']}"] if "maximum" in schema else []
    limits += [f"at most {schema['maxLength']} characters"] if "maxLength" in schema else []
    return f" ({', '.join(limits)})" if limits else ""


@pages.app_template_filter("code_words")
def code_words(text: str) -> Markup:
    """Text whose `backticked` words become code; everything is escaped."""
    parts = text.split("`")
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if place % 2 else escape(part)
        for place, part in enumerate(parts)
    )
