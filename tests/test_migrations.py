"""Migrations: one line of them, up and down over data, and equal to the models with every trigger and function."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, inspect, text

from consular.appointments import guards
from consular.appointments.booking import book
from consular.appointments.rules import Policy
from consular.foundation.database import Base, db, transaction
from tests.databases import Templates, application, on_both_databases
from tests.factories import MORNING, ROSA, furnish

VERSIONS = Path(__file__).resolve().parent.parent / "migrations" / "versions"
SCRIPTS = ScriptDirectory(str(VERSIONS.parent))
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


def test_there_is_one_line_of_migrations_numbered_in_order() -> None:
    assert len(SCRIPTS.get_heads()) == 1
    assert [f"{number:04}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS
    names = sorted(path.name for path in VERSIONS.glob("*.py"))
    assert [name[:4] for name in names] == REVISIONS


def test_migrations_do_not_depend_on_todays_models() -> None:
    """A migration that imports the program changes its meaning when the program changes."""
    importing = re.compile(r"(?m)^\s*(?:from|import)\s+consular\b")
    assert importing.search("from consular.offices.models import Office")
    # A column type whose meaning is fixed may be shared; tables and rules may not.
    allowed = re.compile(r"from consular\.foundation\.(?:database import Instant|vault import Sealed)\b")
    for path in VERSIONS.glob("*.py"):
        source = allowed.sub("", path.read_text("utf-8"))
        assert not importing.search(source), path.name


# --- Equal to the models --------------------------------------------------------------------------


def _plain(sql: object) -> str:
    return re.sub(r"\s+", " ", str(sql)).strip()


def tables(connection: Connection) -> dict[str, object]:
    """Every fact of every table, in an order that does not depend on how it was created."""
    inspector = inspect(connection)
    return {
        name: {
            "columns": {
                column["name"]: (_plain(column["type"]), column["nullable"], _plain(column["default"]))
                for column in inspector.get_columns(name)
            },
            "primary key": _words(inspector.get_pk_constraint(name)),
            "foreign keys": _sorted(inspector.get_foreign_keys(name)),
            "unique": _sorted(inspector.get_unique_constraints(name)),
            "checks": _sorted(inspector.get_check_constraints(name)),
            "indexes": _sorted(inspector.get_indexes(name)),
        }
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


def _sorted(constraints: list[dict[str, object]]) -> list[str]:
    return sorted(_words(constraint) for constraint in constraints)


def _words(fact: object) -> str:
    """A fact in words that are the same for equal facts (SQL expressions compare by identity)."""
    if isinstance(fact, dict):
        return "{" + ", ".join(f"{name}: {_words(value)}" for name, value in sorted(fact.items())) + "}"
    if isinstance(fact, list | tuple):
        return "[" + ", ".join(_words(value) for value in fact) + "]"
    return _plain(fact)


def programs(connection: Connection) -> set[str]:
    """The full text of every trigger and function, and what no inspector tells (tables without rowid)."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql, type FROM sqlite_master WHERE sql IS NOT NULL"))
        return {
            _plain(sql) if kind == "trigger" else f"{name} has no rowid"
            for name, sql, kind in rows
            if kind == "trigger" or "WITHOUT ROWID" in sql.upper()
        }
    return set(
        connection.scalars(
            text(
                "SELECT pg_get_triggerdef(oid) || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
                " UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
            )
        )
    )


@pytest.fixture
def built_from_models(templates: Templates, dialect: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database that the models made, with the guards of today."""
    url = templates.empty(dialect)
    with application(url, tmp_path) as app:
        with app.app_context(), db.engine.begin() as connection:
            Base.metadata.create_all(connection)
            guards.install(connection)
        yield app
    templates.remove(url)


@on_both_databases
def test_migrations_make_what_the_models_say(app: Flask, built_from_models: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        migrated, migrated_programs = tables(connection), programs(connection)
    with built_from_models.app_context(), db.engine.connect() as connection:
        modelled, modelled_programs = tables(connection), programs(connection)
    assert migrated.keys() == modelled.keys()
    for name in modelled:
        assert migrated[name] == modelled[name], name
    assert migrated_programs
    assert migrated_programs == modelled_programs


@on_both_databases
@pytest.mark.parametrize(
    "change",
    [
        "DROP INDEX ix_seat_free",
        "ALTER TABLE seat ADD COLUMN extra integer",
        "CREATE TABLE stray (id integer)",
        "{drop_trigger}",
    ],
)
def test_the_comparison_sees_a_difference(app: Flask, dialect: str, change: str) -> None:
    on_table = " ON slot" if dialect == "postgresql" else ""
    with app.app_context(), db.engine.begin() as connection:
        before = tables(connection), programs(connection)
        connection.exec_driver_sql(change.format(drop_trigger=f"DROP TRIGGER slot_never_changes{on_table}"))
        assert (tables(connection), programs(connection)) != before


# --- Up and down ----------------------------------------------------------------------------------


def _everything(connection: Connection) -> tuple[dict[str, object], set[str]]:
    return tables(connection), programs(connection)


def _book_for_rosa() -> None:
    with transaction():
        book(
            office="cusco",
            service="apostille",
            starts_at=MORNING + timedelta(hours=2),
            citizen=ROSA,
            policy=Policy(),
            actor="rosa",
            channel="site",
        )


@on_both_databases
def test_down_to_nothing_and_up_again_over_data(app: Flask, morning) -> None:
    with app.app_context():
        with transaction():
            furnish()
        _book_for_rosa()
        with db.engine.connect() as connection:
            whole = _everything(connection)
        for revision in [*reversed(REVISIONS[:-1]), "base"]:
            downgrade(revision=revision)
        with db.engine.connect() as connection:
            assert _everything(connection) == ({}, set())
        for revision in REVISIONS:
            upgrade(revision=revision)
        with db.engine.connect() as connection:
            assert _everything(connection) == whole
        with transaction():
            furnish()
        _book_for_rosa()


@on_both_databases
def test_upgrading_twice_changes_nothing(app: Flask) -> None:
    with app.app_context(), db.engine.connect() as connection:
        before = _everything(connection)
    with app.app_context():
        upgrade()
    with app.app_context(), db.engine.connect() as connection:
        assert _everything(connection) == before
