"""The guards of capacity: which triggers must be in the database, and whether they are.

The SQL beside this file is what the newest migration left; `audit` compares a database with it, so a
trigger that somebody dropped or changed by hand is found.
"""

import re
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

_FOLDER = Path(__file__).parent
GUARDED = (
    *("slot", "seat", "appointment", "booking", "opening_rule", "office", "service"),
    *("region", "source", "offer", "opening_hours", "closure", "opening_rule_service"),
)
_CREATED = re.compile(r"CREATE (TRIGGER|FUNCTION) (\w+)")


def statements(dialect: str) -> list[str]:
    """The CREATE statements for `sqlite` or `postgresql`, in order, without comments between them."""
    source = (_FOLDER / f"{dialect}.sql").read_text("utf-8")
    pieces = re.split(r"(?m)^(?=CREATE )", source)[1:]
    return [re.sub(r"(?m)^--.*\n?", "", piece).strip().removesuffix(";").rstrip() for piece in pieces]


def install(connection: Connection) -> None:
    """Create every guard. For a schema that was built from the models instead of the migrations."""
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _wanted(dialect: str) -> dict[str, str]:
    found = {}
    for statement in statements(dialect):
        created = _CREATED.match(statement)
        if created is None:
            raise ValueError(f"not a guard: {statement[:60]}")
        found[created[2]] = statement
    return found


def _plain(sql: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"--[^\n]*", "", sql)).strip().removesuffix(";").rstrip()


def _present_sqlite(connection: Connection) -> dict[str, str]:
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    return {name: _plain(sql) for name, sql in rows}


def _present_postgresql(connection: Connection) -> dict[str, str]:
    functions = connection.execute(
        text(
            "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace "
            "AND proname LIKE 'consular!_%' ESCAPE '!'"
        )
    )
    return {
        **{name: _plain(body) for name, body in functions},
        **_triggers_postgresql(connection, "current"),
    }


def _expected_postgresql(connection: Connection, wanted: dict[str, str]) -> dict[str, str]:
    """Functions by their text; triggers by what PostgreSQL makes of them on empty temporary tables."""
    functions = {
        name: _plain(body[1])
        for name, sql in wanted.items()
        if (body := re.search(r"\$\$(.*)\$\$", sql, re.DOTALL)) is not None
    }
    with connection.begin_nested() as trial:
        for table in GUARDED:
            connection.execute(text(f"CREATE TEMPORARY TABLE {table} (LIKE {table})"))
        for name in wanted.keys() - functions.keys():
            try:
                with connection.begin_nested():
                    connection.exec_driver_sql(wanted[name])
            except ProgrammingError:
                continue  # its function is missing, which is reported as such
        triggers = _triggers_postgresql(connection, "temporary")
        trial.rollback()
    return {**functions, **triggers}


def _triggers_postgresql(connection: Connection, schema: str) -> dict[str, str]:
    rows = connection.execute(
        text(
            "SELECT tgname, tgenabled::text || ' ' || pg_get_triggerdef(t.oid) FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND relname = ANY(:tables) "
            "AND relnamespace = CASE :schema WHEN 'temporary' THEN pg_my_temp_schema() "
            "ELSE current_schema()::regnamespace END"
        ),
        {"tables": list(GUARDED), "schema": schema},
    )
    return {name: re.sub(r" ON \S+\.", " ON ", _plain(definition)) for name, definition in rows}


def drift(connection: Connection) -> list[str]:
    """What is missing, foreign or altered among the guards of this database; empty when all is well."""
    dialect = connection.dialect.name
    wanted = _wanted(dialect)
    if dialect == "sqlite":
        present = _present_sqlite(connection)
        expected = {name: _plain(sql) for name, sql in wanted.items()}
    else:
        present = _present_postgresql(connection)
        expected = _expected_postgresql(connection, wanted)
    problems = [f"guard {name} is missing" for name in wanted.keys() - present.keys()]
    problems += [f"trigger {name} is not one of ours" for name in present.keys() - wanted.keys()]
    problems += [
        f"guard {name} was altered or disabled"
        for name in expected.keys() & present.keys()
        if expected[name] != present[name]
    ]
    return sorted(problems)
