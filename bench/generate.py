"""Fill an empty, migrated database with invented offices, slots and appointments, fast and always the same.

    python -m bench.generate sqlite:////tmp/large.db --offices 10000 --days 60 --slots-a-day 4 --seats 2 --taken 0.6

Everything is marked as demonstration. The guards are off while the rows are written and back at the end,
in one transaction; `flask audit-capacity` finds nothing to object to.
"""

import argparse
import os
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.orm import Session

from bench.generated_rows import Invented, Plan, Row, invented_tables
from consular.foundation import database as database  # its listeners set every connection up
from consular.foundation.vault import Vault

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
BATCH = 20_000
GUARDED = (
    *(
        "office",
        "service",
        "slot",
        "seat",
        "booking",
        "appointment",
        "opening_rule",
        "region",
        "source",
        "offer",
    ),
    "opening_hours",
)


def fill(
    target: Session | Engine | str,
    *,
    offices: int,
    days: int = 60,
    slots_a_day: int = 4,
    seats: int = 2,
    taken: float = 0.6,
    seed: int = 1,
    first_day: date | None = None,
) -> Invented:
    """Invent offices with a schedule of working days and write them all in one transaction.

    Args:
        target: a database's address, its engine, or a session on it; migrated, with no office in it.
        days: calendar days from `first_day` (today in Lima unless given), of which the working ones have slots.
        slots_a_day: slots of 15 minutes from 9:00 on, at most 60.
        seats: of each slot.
        taken: the share of the seats that somebody has; the first days are fuller than the last.

    Raises:
        ValueError: there are offices already, or a number is out of range.
    """
    plan = Plan(
        offices,
        days,
        slots_a_day,
        seats,
        taken,
        seed,
        first_day or (datetime.now(UTC) - timedelta(hours=5)).date(),
    )
    engine, own = _engine(target)
    try:
        with engine.connect() as plain:
            # SQLite takes the write lock at once, and rows may be written in any order.
            connection = plain.execution_options(consular_writing=True)
            with connection.begin():
                if connection.scalar(text("SELECT count(*) FROM office")):
                    raise ValueError("the database has offices already: fill only an empty one")
                return _write_all(connection, plan)
    finally:
        if own:
            engine.dispose()


def _engine(target: Session | Engine | str) -> tuple[Engine, bool]:
    """The engine, and whether it is ours to close."""
    if isinstance(target, str):
        return create_engine(target.replace("postgresql://", "postgresql+psycopg://", 1)), True
    return (target, False) if isinstance(target, Engine) else (target.get_bind().engine, False)


def _write_all(connection: Connection, plan: Plan) -> Invented:
    invented = Invented()
    writer = _copy if connection.dialect.name == "postgresql" else _insert
    restore = _without_guards(connection)
    for table, columns, rows in invented_tables(plan, SEEDS, _sealed_number(), invented):
        writer(connection, table, columns, rows)
    restore()
    _after(connection)
    return invented


def _sealed_number() -> str:
    """What the program with the same SECRET_KEY reads as a document's number."""
    return Vault.from_secret(os.environ["SECRET_KEY"]).seal("DEMO-000000")


def _without_guards(connection: Connection) -> Callable[[], None]:
    """Take the triggers off; what it returns puts them back."""
    if connection.dialect.name == "postgresql":
        for table in GUARDED:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        undo = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in GUARDED]
    else:
        triggers = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        undo = [sql for _, sql in triggers]

    def restore() -> None:
        for statement in undo:
            connection.exec_driver_sql(statement)

    return restore


def _insert(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
    cursor = connection.connection.cursor()
    cursor.executemany(statement, rows)


def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    driver: Any = connection.connection.driver_connection
    waiting = iter(rows)
    with driver.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        while batch := list(islice(waiting, BATCH)):
            copy.write("".join(map(_line, batch)))


def _line(row: Row) -> str:
    return "\t".join(["\\N" if value is None else _escaped(value) for value in row]) + "\n"


def _escaped(value: object) -> str:
    if isinstance(value, str):
        return (
            value.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t") if "\\" in value else value
        )
    return str(value)


def _after(connection: Connection) -> None:
    """Numbers go on after ours; what is published has a new version; the planner knows the sizes."""
    if connection.dialect.name == "postgresql":
        for table in ("office", "service", "opening_hours", "opening_rule", "slot", "booking", "appointment"):
            last = f"SELECT coalesce(max(id), 0) + 1 FROM {table}"  # noqa: S608 - our own names
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            connection.exec_driver_sql(f"SELECT setval({sequence}, ({last}), false)")
    connection.exec_driver_sql("UPDATE region SET name = name")
    connection.exec_driver_sql("ANALYZE")


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("database")
    parser.add_argument("--offices", type=int, default=10_000)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--slots-a-day", type=int, default=4)
    parser.add_argument("--seats", type=int, default=2)
    parser.add_argument("--taken", type=float, default=0.6)
    parser.add_argument("--seed", type=int, default=1)
    asked = vars(parser.parse_args())
    started = time.monotonic()
    invented = fill(asked.pop("database"), **asked)
    print(f"{invented} in {time.monotonic() - started:.1f} s")


if __name__ == "__main__":
    main()
