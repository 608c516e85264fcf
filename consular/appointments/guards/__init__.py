"""The guards of capacity: which triggers must be in the database, and whether they are.

The SQL beside this file is what the newest migration left; `audit` compares a database with it, so a
trigger that somebody dropped or changed by hand is found.
"""

import re
from pathlib import Path

from sqlalchemy import Connection, text

_FOLDER = Path(__file__).parent
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
    rows = connection.execute(
        text(
            "SELECT proname AS name, prosrc AS body FROM pg_proc "
            "WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'consular!_%' ESCAPE '!' "
            "UNION ALL SELECT tgname, tgenabled::text || ' ' || tgrelid::regclass::text FROM pg_trigger "
            "WHERE NOT tgisinternal AND tgrelid::regclass::text IN ('slot', 'seat', 'appointment', "
            "'booking', 'opening_rule', 'office', 'service')"
        )
    )
    return {name: _plain(body) for name, body in rows}


def _expected_postgresql(name: str, statement: str) -> str:
    body = re.search(r"\$\$(.*)\$\$", statement, re.DOTALL)
    if body is not None:
        return _plain(body[1])
    table = re.search(r"\bON (\w+)", statement)
    return f"O {table[1] if table else '?'}"  # O: fires in ordinary sessions


def drift(connection: Connection) -> list[str]:
    """What is missing, foreign or altered among the guards of this database; empty when all is well."""
    dialect = connection.dialect.name
    wanted = _wanted(dialect)
    if dialect == "sqlite":
        present = _present_sqlite(connection)
        expected = {name: _plain(sql) for name, sql in wanted.items()}
    else:
        present = _present_postgresql(connection)
        expected = {name: _expected_postgresql(name, sql) for name, sql in wanted.items()}
    problems = [f"guard {name} is missing" for name in expected.keys() - present.keys()]
    problems += [f"trigger {name} is not one of ours" for name in present.keys() - expected.keys()]
    problems += [
        f"guard {name} was altered or disabled"
        for name in expected.keys() & present.keys()
        if expected[name] != present[name]
    ]
    return sorted(problems)
