"""A strict program: it calls the API and holds every answer against the OpenAPI document.

    program = Program(app, key)
    booked = program.post("/appointments", body, status=201).body
    program.refused("GET", "/offices/atlantis", "office-unknown")

An answer whose status, media type or shape is not described fails the test that asked for it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from consular.api.problems import PROBLEMS
from consular.api.v1 import answers
from consular.api.v1.document import document

PREFIX = "/api/v1"
PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Answered:
    """An answer that was checked. `body` is None when there is none."""

    response: TestResponse
    body: Any

    @property
    def headers(self) -> Mapping[str, str]:
        return self.response.headers


class Program:
    """An outside program, with its key if it has one."""

    def __init__(self, app: Flask, key: str | None = None) -> None:
        self.app = app
        self.http = app.test_client(use_cookies=False)
        self.key = key

    def get(self, path: str, *, status: int = 200, **details: Any) -> Answered:
        return self.call("GET", path, status=status, **details)

    def post(self, path: str, body: object, *, status: int, **details: Any) -> Answered:
        return self.call("POST", path, status=status, body=body, **details)

    def delete(self, path: str, *, status: int, **details: Any) -> Answered:
        return self.call("DELETE", path, status=status, **details)

    def refused(self, method: str, path: str, problem: str, **details: Any) -> dict[str, Any]:
        """Call, expecting the problem of that name; answers its body."""
        answered = self.call(method, path, status=PROBLEMS[problem].status, **details)
        assert answered.body["type"].endswith(f"/api/problems/{problem}"), answered.body
        return answered.body

    def call(
        self,
        method: str,
        path: str,
        *,
        status: int,
        body: object = None,
        secret: str | None = None,
        headers: Mapping[str, str] | None = None,
        raw: bytes | None = None,
    ) -> Answered:
        sent = dict(headers or {})
        if self.key is not None:
            sent.setdefault("Authorization", f"Bearer {self.key}")
        if secret is not None:
            sent["X-Appointment-Secret"] = secret
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        response = self.http.open(PREFIX + path, method=method, data=data, headers=sent)
        assert response.status_code == status, (
            f"{method} {path} answered {response.status_code}, wanted {status}:\n{response.get_data(as_text=True)[:800]}"
        )
        return self._checked(method, path, response)

    def _checked(self, method: str, path: str, response: TestResponse) -> Answered:
        call = _call(method, path)
        if response.status_code >= 400:
            return Answered(response, _checked_problem(call, response))
        assert call is not None, f"{method} {path} is not described"
        described = call["responses"].get(str(response.status_code))
        assert described is not None, f"{method} {path}: {response.status_code} is not described"
        if not response.get_data() or method == "HEAD":
            return Answered(response, None)
        (media_type,) = described["content"]
        assert response.mimetype == media_type
        shape = described["content"][media_type]["schema"]["$ref"].rpartition("/")[2]
        getattr(answers, shape).model_validate_json(response.get_data(), strict=True)
        return Answered(response, response.get_json(force=True))


def _checked_problem(call: Mapping[str, Any] | None, response: TestResponse) -> dict[str, Any]:
    assert response.mimetype == PROBLEM, response.mimetype
    answers.Problem.model_validate_json(response.get_data(), strict=True)
    body: dict[str, Any] = json.loads(response.get_data())
    name = body["type"].rpartition("/")[2]
    assert name in PROBLEMS, f"{name} is not documented"
    assert body["status"] == response.status_code == PROBLEMS[name].status
    unknown_address_or_method = name in ("not-found", "method-not-allowed")
    if call is not None and not unknown_address_or_method:
        described = call["responses"].get(str(response.status_code), {}).get("description", "")
        assert f"`{name}`" in described, f"{call['operationId']} does not describe {name}"
    return body


def _call(method: str, path: str) -> Mapping[str, Any] | None:
    """The described call that an address belongs to, the most literal one first."""
    steps = (PREFIX + path.partition("?")[0]).split("/")
    fitting = [
        (template, calls[method.lower()])
        for template, calls in document()["paths"].items()
        if method.lower() in calls and _fits(template.split("/"), steps)
    ]
    return min(fitting, key=lambda each: each[0].count("{"))[1] if fitting else None


def _fits(template: list[str], steps: list[str]) -> bool:
    return len(template) == len(steps) and all(
        part == step or part.startswith("{") for part, step in zip(template, steps, strict=True)
    )
