"""Requests that a machine makes up from the document: every check that schemathesis has, none left out.

Half of what is made up about offices and services is exchanged for real ones, so that the requests get
past the 404s. GENERATED_REQUESTS asks for more of each kind.
"""

import os

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import APIOperation, GenerationMode

from consular.api.v1.document import document
from tests.api.bodies import HALF_PAST_NINE, NINE
from tests.api.program import Program

EACH = int(os.environ.get("GENERATED_REQUESTS", "20"))
CALLS = [(method, path) for path, methods in document()["paths"].items() for method in methods]
NAMES = [f"{method} {path}" for method, path in CALLS]
# Any text may be a slug or a code, and the services take nothing: no request to these can be unfit.
ALWAYS_FITS = {
    ("get", "/api/v1/offices.csv"),
    ("get", "/api/v1/services"),
    ("get", "/api/v1/services/{code}/papers"),
    ("get", "/api/v1/offices/{slug}"),
}
WITH_INPUT = [call for call in CALLS if call not in ALWAYS_FITS]
NAMES_WITH_INPUT = [f"{method} {path}" for method, path in WITH_INPUT]


@pytest.fixture
def schema(app) -> schemathesis.BaseSchema:
    """The document as the application serves it."""
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


def _office(context, path_parameters):
    if "slug" in (path_parameters or {}) and len(str(path_parameters["slug"])) % 2:
        return {**path_parameters, "slug": "cusco"}
    return path_parameters


def _service(context, query):
    if "service" in (query or {}) and len(str(query["service"])) % 2:
        return {**query, "service": "apostille"}
    return query


def _start(context, body):
    if not isinstance(body, dict) or len(str(body)) % 2:
        return body
    real = {"office": "cusco", "service": "apostille", "starts_at": (NINE, HALF_PAST_NINE)[len(body) % 2]}
    real["guidance"] = None  # no paper is known in the standard world
    return {**body, **{name: value for name, value in real.items() if name in body}}


@pytest.mark.parametrize(("method", "path"), CALLS, ids=NAMES)
def test_a_request_that_fits_the_document_is_answered_as_it_says(schema, booker, method, path):
    for name, exchange in (("path_parameters", _office), ("query", _service), ("body", _start)):
        schema.hooks.register_hook_with_name(exchange, f"map_{name}")
    _ask(schema[path][method], GenerationMode.POSITIVE, booker)


@pytest.mark.parametrize(("method", "path"), WITH_INPUT, ids=NAMES_WITH_INPUT)
def test_a_request_that_does_not_fit_is_refused(schema, booker, method, path):
    _ask(schema[path][method], GenerationMode.NEGATIVE, booker)


def _ask(call: APIOperation, mode: GenerationMode, booker: Program) -> None:
    # Not packed: schemathesis does not unpack what comes straight from the application.
    headers = {"Authorization": f"Bearer {booker.key}", "Accept-Encoding": "identity"}
    answered = []

    @settings(
        max_examples=EACH,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=call.as_strategy(generation_mode=mode))
    def ask(case):
        answered.append(case.call_and_validate(headers=headers).status_code)

    ask()
    assert answered
