"""The same race with the guards off: it oversells, and the audit says so. So the other tests can fail."""

import pytest
from flask import Flask

from consular.appointments import guards
from consular.appointments.auditing import audit_capacity
from consular.foundation.database import transaction
from tests.databases import DIALECTS, on_both_databases
from tests.races.conftest import Race
from tests.races.console import run
from tests.races.racing import Task
from tests.races.stage import SEATS, Stage

PEOPLE = 32
EMPTY_SLOT = "cusco_slot_8"


def _drop_guards(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        for name, table in _triggers(session.connection().dialect.name):
            on = f" ON {table}" if session.connection().dialect.name == "postgresql" else ""
            session.connection().exec_driver_sql(f"DROP TRIGGER {name}{on}")


def _triggers(dialect: str) -> list[tuple[str, str]]:
    words = [statement.split() for statement in guards.statements(dialect)]
    return [(each[2], each[each.index("ON") + 1]) for each in words if each[1] == "TRIGGER"]


def _race(run_race: Race, stage: Stage) -> list[str]:
    slot = stage.facts[EMPTY_SLOT]
    return run_race([Task("book by counting", {"person": n, "slot": slot}) for n in range(PEOPLE)])


@on_both_databases
def test_without_guards_counting_oversells_and_the_audit_finds_it(
    app: Flask, stage: Stage, run_race: Race
) -> None:
    _drop_guards(app)
    answers = _race(run_race, stage)
    assert sum(answer.startswith("ok ") for answer in answers) > SEATS, answers
    with app.app_context():
        problems = [finding.problem for finding in audit_capacity().findings]
    assert "an occupying appointment without exactly its seats" in problems
    assert any("is missing" in problem for problem in problems)


@on_both_databases
def test_with_guards_the_same_program_cannot(app: Flask, stage: Stage, run_race: Race) -> None:
    answers = _race(run_race, stage)
    assert not any(answer.startswith("ok ") for answer in answers)
    assert all("appointment_takes_its_seats" in answer for answer in answers), answers
    with app.app_context():
        assert audit_capacity().findings == ()


SABOTAGE = {
    ("sqlite", "a trigger is dropped"): ("DROP TRIGGER seat_taken_is_not_removed",),
    ("sqlite", "a trigger does nothing any more"): (
        "DROP TRIGGER seat_taken_is_not_removed",
        "CREATE TRIGGER seat_taken_is_not_removed BEFORE DELETE ON seat BEGIN SELECT 1; END",
    ),
    ("sqlite", "a trigger of somebody else"): (
        "CREATE TRIGGER thief AFTER INSERT ON booking BEGIN DELETE FROM journal; END",
    ),
    ("sqlite", "seats removed behind a dropped trigger that is put back"): (
        "DROP TRIGGER seat_taken_is_not_removed",
        "DELETE FROM seat WHERE appointment_id = {rosa}",
        "{seat_taken_is_not_removed}",
    ),
    ("postgresql", "a trigger is dropped"): ("DROP TRIGGER seat_taken_is_not_removed ON seat",),
    ("postgresql", "a trigger is switched off"): ("ALTER TABLE seat DISABLE TRIGGER seat_changes_hands",),
    ("postgresql", "a guard does nothing any more"): (
        "CREATE OR REPLACE FUNCTION consular_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    ),
    ("postgresql", "seats given away with every trigger asleep"): (
        "SET session_replication_role = replica",
        "UPDATE seat SET appointment_id = {julio} WHERE appointment_id = {rosa}",
    ),
    ("postgresql", "seats removed with every trigger asleep"): (
        "SET session_replication_role = replica",
        "DELETE FROM seat WHERE appointment_id = {rosa}",
    ),
}


@pytest.mark.parametrize(("dialect", "what"), list(SABOTAGE))
def test_the_audit_finds_what_an_owner_of_the_database_did(
    app: Flask, stage: Stage, dialect: str, what: str
) -> None:
    own = {statement.split()[2]: statement for statement in guards.statements(dialect)}
    statements = [
        statement.format(**stage.facts, **own) if "{" in statement else statement
        for statement in SABOTAGE[dialect, what]
    ]
    assert run(stage.url, statements) == []
    with app.app_context():
        assert audit_capacity().findings != ()


def test_both_databases_have_such_owners() -> None:
    assert {dialect for dialect, _ in SABOTAGE} == set(DIALECTS)
