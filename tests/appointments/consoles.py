"""A raw SQL console on a test's own database, with every guard off: to make what must be found."""

import sqlite3
from collections.abc import Iterable

import psycopg
from sqlalchemy import Engine, text

from consular.appointments import guards


def corrupt(engine: Engine, statements: Iterable[str]) -> None:
    """Run statements with triggers, foreign keys and checks off; afterwards the guards are as before.

    Unique indexes and checks that a statement drops stay dropped.
    """
    if engine.dialect.name == "sqlite":
        _on_sqlite(str(engine.url.database), statements)
    else:
        _on_postgresql(engine.url.render_as_string(hide_password=False), statements)


def _on_sqlite(path: str, statements: Iterable[str]) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for switch in ("foreign_keys = OFF", "ignore_check_constraints = ON"):
            connection.execute(f"PRAGMA {switch}")
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for statement in guards.statements("sqlite"):
            connection.execute(statement)
    finally:
        connection.close()


def _on_postgresql(url: str, statements: Iterable[str]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        # A replica applies changes without triggers and foreign keys: all of ours are ordinary ones.
        connection.execute("SET session_replication_role = replica; SET timezone = 'UTC'")
        for statement in statements:
            connection.execute(statement)


def on_console(engine: Engine, statement: str) -> None:
    """Run one statement, with everything as the program left it."""
    with engine.begin() as connection:
        connection.execute(text(statement))
