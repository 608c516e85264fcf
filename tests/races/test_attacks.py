"""Every attack of an SQL console on both databases: refused or harmless, and the audit agrees."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask

from consular.appointments.auditing import audit_capacity
from consular.appointments.queries import today
from consular.foundation import clock
from consular.schedule.queries import free_starts, office_service, week
from tests.databases import DIALECTS, Templates, application
from tests.factories import MORNING, ZONE
from tests.races.attacks import Attack
from tests.races.attacks_on_records import ATTACKS
from tests.races.console import contents, run, seats_of_the_living
from tests.races.stage import POLICY, Stage, staged

MONDAY = date(2026, 11, 30)
CASES = [
    pytest.param(dialect, attack, id=f"{dialect}: {group}: {attack.name}")
    for dialect in DIALECTS
    for group, attacks in ATTACKS.items()
    for attack in attacks
    if dialect in attack.dialects
]


@dataclass
class Arena:
    """A stage with the program beside it. The next attack finds it again while nothing has changed in it."""

    stage: Stage
    app: Flask
    contents: dict[str, list[tuple[Any, ...]]]
    closing: ExitStack


@pytest.fixture(scope="module")
def arenas() -> Iterator[dict[str, Arena]]:
    arenas: dict[str, Arena] = {}
    yield arenas
    for arena in arenas.values():
        arena.closing.close()


@pytest.fixture
def arena(dialect: str, templates: Templates, arenas: dict[str, Arena]) -> Iterator[Arena]:
    if dialect not in arenas:
        closing, stage = ExitStack(), staged(templates, dialect)
        closing.callback(templates.remove, stage.url)
        app = closing.enter_context(application(stage.url, templates.folder))
        arenas[dialect] = Arena(stage, app, contents(stage.url), closing)
    yield arenas[dialect]
    if contents(arenas[dialect].stage.url) != arenas[dialect].contents:
        arenas.pop(dialect).closing.close()


def test_there_are_enough_of_them() -> None:
    for dialect in DIALECTS:
        assert len([case for case in CASES if case.values[0] == dialect]) >= 40


@pytest.mark.parametrize(("dialect", "attack"), CASES)
def test_attack(attack: Attack, arena: Arena) -> None:
    url, facts = arena.stage.url, arena.stage.facts
    had = seats_of_the_living(url)
    assert len(had) == 6, "the stage is set"
    refusals = run(url, [statement.format(**facts) for statement in attack.statements])
    if attack.refused:
        assert refusals, "it went through"
    else:
        assert not refusals
    if attack.refused and len(attack.statements) == 1:
        assert contents(url) == arena.contents, "refused, yet something changed"
    has = seats_of_the_living(url)
    for appointment in had.keys() & has.keys():
        assert has[appointment] == had[appointment], "a living appointment has other seats than before"
    _program_agrees(arena)


def _program_agrees(arena: Arena) -> None:
    """The audit finds nothing, and the pages that read these tables still can."""
    cusco = arena.stage.facts["cusco_office"]
    with arena.app.app_context(), clock.stopped(MORNING):
        assert audit_capacity().findings == ()
        today(cusco, ZONE, MONDAY)
        week(cusco, ZONE, MONDAY, MORNING)
        target = office_service("cusco", "apostille", MONDAY, MONDAY)
        free_starts(target, MONDAY, MONDAY, MORNING, POLICY.lead)
