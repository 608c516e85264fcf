"""A plain SQL console: no program, no pool, no foreign keys on SQLite, and it goes on after an error."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import psycopg

TABLES = {
    "office": "id",
    "service": "id",
    "opening_rule": "id",
    "slot": "id",
    "seat": "slot_id, no",
    "booking": "id",
    "appointment": "id",
}


@contextmanager
def console(url: str) -> Iterator[Any]:
    """A connection that commits each statement, as consoles do."""
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(path, isolation_level=None, timeout=15)) as connection:
            assert connection.execute("PRAGMA foreign_keys").fetchone() == (0,)
            yield connection
    else:
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection


def run(url: str, statements: Sequence[str]) -> list[str]:
    """Run them one by one whatever happens, and return the refusals."""
    refusals = []
    with console(url) as connection:
        for statement in statements:
            try:
                connection.execute(statement)
            except (sqlite3.Error, psycopg.Error) as problem:
                refusals.append(str(problem).partition("\n")[0])
    return refusals


def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that has to do with capacity."""
    with console(url) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table} ORDER BY {key}").fetchall()  # noqa: S608  constants
            for table, key in TABLES.items()
        }


def seats_of_the_living(url: str) -> dict[int, list[tuple[int, int]]]:
    """Which seats each occupying appointment has."""
    with console(url) as connection:
        living = connection.execute(
            "SELECT id FROM appointment WHERE status IN ('booked', 'arrived', 'serving', 'served', 'no_show')"
        ).fetchall()
        taken = connection.execute("SELECT appointment_id, slot_id, no FROM seat ORDER BY 1, 2, 3").fetchall()
    return {number: [(slot, no) for owner, slot, no in taken if owner == number] for (number,) in living}
