"""The audit finds every kind of disagreement, and every guard that is missing or altered.

Each case is made by a console with the guards off, in that test's own database: one case for each
check, with all the problems that the corruption makes.
"""

from dataclasses import replace

# ruff: noqa: S608 - the corruptions are put together from constants of this file
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from consular.appointments.auditing import CHECKS, MOST_SHOWN, audit_capacity
from consular.foundation.database import db
from tests.appointments.acting import NINE, STEP, book, person
from tests.appointments.consoles import corrupt, on_console
from tests.databases import on_both_databases
from tests.factories import ROSA, World

pytestmark = on_both_databases
FIRST = "(SELECT min(id) FROM appointment)"
LAST = "(SELECT max(id) FROM appointment)"
FAR = "'9999-12-31 00:00:00.000000'"
NOW = "'2026-11-30 12:00:00.000000'"

# What the console does, and what must be found: the first is the check that the case is for.
CASES: dict[str, tuple[list[str], set[str]]] = {
    "a seat is taken away": (
        [f"UPDATE seat SET appointment_id = NULL, free_from = {NOW} WHERE appointment_id = {FIRST}"],
        {"an occupying appointment without exactly its seats"},
    ),
    "an appointment has a seat too many": (
        [
            f"UPDATE seat SET appointment_id = {FIRST}, free_from = {FAR} WHERE no = 2 AND slot_id ="
            f" (SELECT slot_id FROM seat WHERE appointment_id = {FIRST})"
        ],
        {
            "an occupying appointment without exactly its seats",
        },
    ),
    "an appointment says another time": (
        [f"UPDATE appointment SET starts_at = '2026-11-30 13:45:00.000000' WHERE id = {FIRST}"],
        {"an occupying appointment whose seats are at another office or time"},
    ),
    "an appointment says another end": (
        [f"UPDATE appointment SET ends_at = '2026-11-30 15:30:00.000000' WHERE id = {LAST}"],
        {"an occupying appointment whose seats are at another office or time"},
    ),
    "an appointment says another office": (
        [f"UPDATE appointment SET office_id = 2 WHERE id = {FIRST}"],
        {"an occupying appointment whose seats are at another office or time"},
    ),
    "a run with a gap": (
        [
            f"UPDATE seat SET appointment_id = NULL, free_from = {NOW} WHERE appointment_id = {LAST}"
            " AND starts_at = '2026-11-30 14:45:00.000000'",
            f"UPDATE seat SET appointment_id = {LAST}, free_from = {FAR} WHERE no = 1 AND office_id = 1"
            " AND starts_at = '2026-11-30 15:00:00.000000'",
            f"UPDATE appointment SET ends_at = '2026-11-30 15:15:00.000000' WHERE id = {LAST}",
        ],
        {"an occupying appointment whose slots are not one unbroken run"},
    ),
    "a cancelled appointment keeps its seat": (
        [f"UPDATE appointment SET status = 'cancelled' WHERE id = {FIRST}"],
        {"a seat taken by an appointment that does not occupy"},
    ),
    "an appointment is deleted under its seat": (
        [f"DELETE FROM appointment WHERE id = {FIRST}"],
        {"a seat taken by an appointment that does not occupy"},
    ),
    "a taken seat is free": (
        [
            "ALTER TABLE seat DROP CONSTRAINT ck_seat_taken_is_not_free",
            f"UPDATE seat SET free_from = {NOW} WHERE appointment_id = {FIRST}",
        ],
        {"a taken seat that is held or free"},
    ),
    "a taken seat is held": (
        [
            "ALTER TABLE seat DROP CONSTRAINT ck_seat_taken_is_not_held",
            f"UPDATE seat SET hold = 'somebody' WHERE appointment_id = {FIRST}",
        ],
        {"a taken seat that is held or free"},
    ),
    "a seat says another time than its slot": (
        ["UPDATE seat SET starts_at = '2026-11-30 20:00:00.000000' WHERE slot_id = 12 AND no = 1"],
        {"a seat that disagrees with its slot"},
    ),
    "a seat says another office than its slot": (
        ["UPDATE seat SET office_id = 2 WHERE slot_id = 12 AND no = 1"],
        {"a seat that disagrees with its slot"},
    ),
    "a slot is deleted under its seats": (
        ["DELETE FROM slot WHERE id = 12"],
        {"a seat that disagrees with its slot"},
    ),
    "a rule is deleted under its slots": (
        ["DELETE FROM opening_rule_service WHERE rule_id = 5", "DELETE FROM opening_rule WHERE id = 5"],
        {"a slot without its rule or office"},
    ),
    "a rule goes to another office": (
        ["UPDATE opening_rule SET office_id = 2 WHERE id = 5"],
        {"a slot without its rule or office"},
    ),
    "a booking is deleted under its appointment": (
        [f"DELETE FROM booking WHERE id = (SELECT booking_id FROM appointment WHERE id = {FIRST})"],
        {"an appointment without its booking, office or service"},
    ),
    "a service is deleted under its appointments": (
        ["DELETE FROM service WHERE code = 'apostille'"],
        {"an appointment without its booking, office or service"},
    ),
    "a person has two active appointments": (
        [
            "DROP INDEX uq_appointment_active_person",
            f"UPDATE appointment SET person_key = (SELECT person_key FROM appointment WHERE id = {FIRST})"
            f" WHERE id = {FIRST} + 1",
        ],
        {"a person with two active appointments for one service"},
    ),
    "two rules serve one time": (
        [
            "INSERT INTO opening_rule (id, office_id, weekday, opens, closes, slot_minutes, seats, valid_from,"
            " demonstration) SELECT 99, office_id, weekday, opens, closes, slot_minutes, seats, valid_from,"
            " demonstration FROM opening_rule WHERE id = 1",
            "INSERT INTO opening_rule_service (rule_id, service_id) VALUES (99, 1)",
            "INSERT INTO slot (id, rule_id, office_id, sequence, starts_at, ends_at)"
            " SELECT 99999, 99, office_id, sequence, starts_at, ends_at FROM slot WHERE id = 12",
        ],
        {"two slots of one office, service and start"},
    ),
}


@pytest.fixture
def booked(world: World, session: Session) -> None:
    """Two appointments of one slot at 9:00 and one of two slots at 9:30, all at Cusco; all agrees."""
    for citizen in (person(1), person(2)):
        book(citizen)
    book(ROSA, NINE + 2 * STEP, service="legalisation")
    assert audit_capacity().findings == ()
    session.rollback()


def _runs_here(statement: str, dialect: str) -> bool:
    """SQLite's checks are switched off, not dropped."""
    return dialect == "postgresql" or not statement.startswith("ALTER TABLE")


@pytest.mark.parametrize("case", CASES)
def test_a_corruption_is_found_and_nothing_else(
    booked: None, session: Session, dialect: str, case: str
) -> None:
    statements, expected = CASES[case]
    corrupt(db.engine, [s for s in statements if _runs_here(s, dialect)])
    findings = {finding.problem: finding for finding in audit_capacity().findings}
    assert findings.keys() == expected
    for finding in findings.values():
        assert finding.count >= 1
        assert len(finding.places) == min(finding.count, MOST_SHOWN)
        assert all(place.split()[0] in ("appointment", "seat", "slot") for place in finding.places)


def test_every_check_and_every_guard_case_is_there(dialect: str) -> None:
    assert ON_SQLITE.keys() == ON_POSTGRESQL.keys()
    assert {problem for _statements, problems in CASES.values() for problem in problems} == CHECKS.keys()


def test_a_finding_says_where_and_shows_only_the_first(booked: None, session: Session) -> None:
    corrupt(db.engine, ["UPDATE seat SET office_id = 2 WHERE office_id = 1 AND appointment_id IS NULL"])
    (finding,) = audit_capacity().findings
    assert finding.count > MOST_SHOWN == len(finding.places)
    corrupt(db.engine, ["UPDATE seat SET office_id = 1", "UPDATE seat SET office_id = 2 WHERE slot_id > 0"])
    assert audit_capacity().findings != ()


def test_the_audit_counts_what_there_is(booked: None, session: Session) -> None:
    result = audit_capacity()
    seats = session.execute(text("SELECT count(*) FROM seat")).scalar_one()
    assert (result.seats, result.taken, result.occupying) == (seats, 4, 3)
    assert replace(result, findings=()) == result


def test_the_command_fails_when_something_disagrees(app: Flask, world: World) -> None:
    runner = app.test_cli_runner()
    agrees = runner.invoke(args=["audit-capacity"])
    assert (agrees.exit_code, agrees.output.splitlines()[-1]) == (0, "Everything agrees.")
    with app.app_context():
        corrupt(db.engine, ["UPDATE seat SET office_id = 2 WHERE slot_id = 12 AND no = 1"])
    disagrees = runner.invoke(args=["audit-capacity"])
    assert disagrees.exit_code == 1
    assert "DISAGREES: a seat that disagrees with its slot (1) seat 12/1" in disagrees.output


# --- The guards themselves --------------------------------------------------------------------------

ON_SQLITE = {
    "dropped": (["DROP TRIGGER seat_keeps_its_keys"], "guard seat_keeps_its_keys is missing"),
    "emptied": (
        [
            "DROP TRIGGER slot_never_changes",
            "CREATE TRIGGER slot_never_changes BEFORE UPDATE ON slot BEGIN SELECT 1; END",
        ],
        "guard slot_never_changes was altered or disabled",
    ),
    "never fires": (
        [
            "DROP TRIGGER slot_never_changes",
            "CREATE TRIGGER slot_never_changes BEFORE UPDATE ON slot WHEN 0 "
            "BEGIN SELECT RAISE(ABORT, 'slot_never_changes'); END",
        ],
        "guard slot_never_changes was altered or disabled",
    ),
    "another event": (
        [
            "DROP TRIGGER slot_never_changes",
            "CREATE TRIGGER slot_never_changes BEFORE DELETE ON slot "
            "BEGIN SELECT RAISE(ABORT, 'slot_never_changes'); END",
        ],
        "guard slot_never_changes was altered or disabled",
    ),
    "foreign": (
        ["CREATE TRIGGER gift AFTER INSERT ON appointment BEGIN UPDATE seat SET hold = NULL; END"],
        "trigger gift is not one of ours",
    ),
}
ON_POSTGRESQL = {
    "dropped": (["DROP TRIGGER seat_keeps_its_keys ON seat"], "guard seat_keeps_its_keys is missing"),
    "emptied": (
        [
            "CREATE OR REPLACE FUNCTION consular_guard() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RETURN NEW; END'"
        ],
        "guard consular_guard was altered or disabled",
    ),
    "never fires": (
        [
            "DROP TRIGGER slot_never_changes ON slot",
            "CREATE TRIGGER slot_never_changes BEFORE UPDATE ON slot FOR EACH ROW WHEN (false) "
            "EXECUTE FUNCTION consular_guard()",
        ],
        "guard slot_never_changes was altered or disabled",
    ),
    "another event": (
        [
            "DROP TRIGGER slot_never_changes ON slot",
            "CREATE TRIGGER slot_never_changes BEFORE DELETE ON slot FOR EACH ROW "
            "EXECUTE FUNCTION consular_guard()",
        ],
        "guard slot_never_changes was altered or disabled",
    ),
    "foreign": (
        [
            "CREATE TRIGGER gift BEFORE INSERT ON appointment FOR EACH ROW EXECUTE FUNCTION consular_guard()",
        ],
        "trigger gift is not one of ours",
    ),
}


@pytest.mark.parametrize("case", ON_SQLITE)
def test_a_missing_or_altered_guard_is_found(session: Session, dialect: str, case: str) -> None:
    statements, problem = (ON_SQLITE if dialect == "sqlite" else ON_POSTGRESQL)[case]
    for statement in statements:
        on_console(db.engine, statement)
    assert [finding.problem for finding in audit_capacity().findings] == [problem]


def test_every_guard_can_be_missed(session: Session, dialect: str) -> None:
    triggers = (
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if dialect == "sqlite"
        else "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    )
    names = session.execute(text(triggers)).all()
    session.rollback()
    for name, table in names:
        on_console(db.engine, f"DROP TRIGGER {name}" + (f" ON {table}" if dialect == "postgresql" else ""))
    missing = {finding.problem for finding in audit_capacity().findings}
    assert missing == {f"guard {name} is missing" for name, _table in names}
    assert len(names) > 15


def test_an_audit_changes_nothing(booked: None, session: Session) -> None:
    tables = ("seat", "slot", "appointment", "booking", "journal")
    before = [session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2")).all() for table in tables]  # noqa: S608
    audit_capacity()
    session.commit()
    after = [session.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2")).all() for table in tables]  # noqa: S608
    assert after == before
