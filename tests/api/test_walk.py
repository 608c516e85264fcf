"""docs/api.md, run: its commands one after the other, its answers compared with the real ones."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from consular.foundation.database import db, transaction
from consular.offices.models import Office, Service
from consular.schedule.publishing import publish
from consular.staff.api_keys import issue
from tests.api.program import Program
from tests.factories import make_rule

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
STEP = re.compile(r"```sh\n(curl .*?)\n```\n+```json ?(\d{3})?\n(.*?)\n```", re.DOTALL)
# What differs each time: the page's value stands for the real one from then on.
MADE_UP = ("reference", "secret", "hold")


@pytest.fixture
def database_kind() -> str:
    return "seeded"


@pytest.fixture
def program(app, morning) -> Program:
    """A program with a key, and mornings in Cusco: the real data has no opening rules."""
    with app.app_context(), transaction():
        cusco = db.session.scalar(select(Office).where(Office.slug == "cusco"))
        apostille = db.session.scalar(select(Service).where(Service.code == "apostille"))
        for weekday in range(5):
            make_rule(cusco, [apostille], weekday)
        publish(14, morning)
        key = issue("the page's own", "book")
    return Program(app, key)


def test_the_examples_of_the_page_are_true(program):
    steps = STEP.findall(PAGE.read_text(encoding="utf-8"))
    assert len(steps) == PAGE.read_text(encoding="utf-8").count("```sh\ncurl")
    assert len(steps) > 10
    real: dict[str, str] = {}
    for command, status, shown in steps:
        for example, value in real.items():
            command, shown = command.replace(example, value), shown.replace(example, value)
        answered = _run(program, command, int(status or 200))
        expected = json.loads(shown)
        for name in MADE_UP:
            if name in expected and expected[name] not in real.values():
                real[expected[name]] = answered[name]
                expected[name] = answered[name]
        assert not (wrong := list(_differences(expected, answered, ""))), f"{command}\n" + "\n".join(wrong)


def _run(program: Program, command: str, status: int) -> Any:
    """What curl would do, for the few options that the page uses."""
    words = shlex.split(command.replace("\\\n", " "))[1:]
    method, headers, data, address = "GET", {}, None, ""
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value.replace("$KEY", program.key or "")
        elif word == "-d":
            data = words.pop(0).encode()
        elif word != "-s":
            address = word
    return program.call(method, address.removeprefix("$API"), status=status, headers=headers, raw=data).body


def _differences(shown: object, real: object, where: str):
    """Where the real answer is not what the page shows. A list is shown from its beginning."""
    if isinstance(shown, dict) and isinstance(real, dict):
        for key, value in shown.items():
            if key in real:
                yield from _differences(value, real[key], f"{where}.{key}")
            else:
                yield f"{where}.{key} is not in the answer"
    elif isinstance(shown, list) and isinstance(real, list):
        if len(real) < len(shown):
            yield f"{where} has {len(real)} items, {len(shown)} are shown"
        for place, (one, other) in enumerate(zip(shown, real, strict=False)):
            yield from _differences(one, other, f"{where}[{place}]")
    elif shown != real:
        yield f"{where} is {real!r}, {shown!r} is shown"
