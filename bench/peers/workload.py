"""What every system is measured with: the same offices, slots, seats and share of them taken."""

from dataclasses import dataclass

import psycopg


@dataclass(frozen=True)
class Workload:
    """20 offices, 30 days of 32 slots with 3 seats, 30 % of the seats taken, unless a trial asks for less."""

    offices: int = 20
    days: int = 30
    slots_a_day: int = 32
    seats: int = 3
    percent_taken: int = 30


@dataclass(frozen=True)
class Store:
    """Where a system keeps its bookings: its database, what counts them, and what counts those beyond the places."""

    database: str
    booked: str
    oversold: str


def settle(url: str) -> None:
    """Give the planner figures about freshly written tables, as autovacuum would in a minute."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def count(url: str, statement: str) -> int:
    """One number from a database: bookings are counted there, never from what a client saw."""
    with psycopg.connect(url) as connection:
        row = connection.execute(statement).fetchone()  # type: ignore[call-overload]
    return int(row[0])
