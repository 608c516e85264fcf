"""Parameters that a call does not have are refused by every call, by name."""

import pytest

from consular.api.v1.document import document
from tests.api.bodies import appointment
from tests.api.program import Program

CALLS = [
    (method.upper(), path.removeprefix("/api/v1"))
    for path, methods in document()["paths"].items()
    for method in methods
]


@pytest.mark.parametrize(("method", "path"), CALLS, ids=[" ".join(call) for call in CALLS])
def test_every_call_refuses_a_parameter_that_it_does_not_have(
    booker: Program, method: str, path: str
) -> None:
    address = path.format(slug="cusco", code="apostille", reference="K7QM-4T3X", hold="x")
    body = appointment() if method == "POST" else None
    problem = booker.refused(method, f"{address}?servcie=apostille", "invalid-input", secret="x", body=body)
    assert {each["path"]: each["code"] for each in problem["errors"] if each["code"] != "required"} == {
        "servcie": "unknown-field"
    }


def test_a_refused_call_counts(booker: Program) -> None:
    left = [
        int(booker.call("GET", "/services?x=1", status=422).headers["RateLimit-Remaining"]) for _ in range(2)
    ]
    assert left[1] == left[0] - 1


def test_a_booking_with_a_parameter_makes_nothing(booker: Program) -> None:
    booker.refused("POST", "/appointments?dry_run=true", "invalid-input", body=appointment())
    booker.post("/appointments", appointment(), status=201)


def test_asking_for_the_methods_takes_no_notice_of_parameters(booker: Program) -> None:
    assert booker.http.options("/api/v1/services?x=1").status_code == 200
