"""No statement of booking or of a visit's life reads a growing table from end to end, by SQLite's own plans."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

from consular.foundation.database import db
from tests.api.bodies import HALF_PAST_NINE, appointment
from tests.api.program import Program

GROWING = (
    "slot",
    "seat",
    "booking",
    "appointment",
    "opening_rule",
    "opening_rule_service",
    "journal",
    "outbox",
)
Sent = list[tuple[str, Any]]


@contextmanager
def _noted() -> Iterator[Sent]:
    sent: Sent = []

    def note(connection: object, cursor: object, statement: str, parameters: Any, *others: object) -> None:
        if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", statement):
            sent.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _scanned(statement: str, parameters: Sequence[Any]) -> list[str]:
    """The growing tables that SQLite would read whole, by its own plan."""
    with db.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    scans = [match[1] for step in plan if (match := re.match(r"SCAN (\w+?)(?:_\d+)?\b", step[3]))]
    return [table for table in scans if table in GROWING]


@pytest.fixture
def visit(booker: Program, new_program: Callable[..., Program]) -> Callable[[], None]:
    """The life of an appointment over the API; nothing of it is kept."""

    def live() -> None:
        made = booker.post("/appointments", appointment(1), status=201).body
        path, secret = f"/appointments/{made['reference']}", made["secret"]
        operator = new_program("desk of cusco", "operator", "cusco")
        again = appointment(1, starts_at=HALF_PAST_NINE)
        operator.refused("POST", "/appointments", "already-booked", body=again)
        booker.get(path, secret=secret)
        booker.post(f"{path}/move", {"starts_at": HALF_PAST_NINE}, secret=secret, status=200)
        booker.delete(path, secret=secret, status=200)

    return live


def test_a_visit_reads_no_growing_table_whole(app: Flask, visit: Callable[[], None]) -> None:
    with _noted() as sent:
        visit()
    assert len(sent) > 20
    with app.app_context():
        scanned = {
            statement: found for statement, parameters in sent if (found := _scanned(statement, parameters))
        }
    assert not scanned, scanned


def test_a_plan_that_reads_a_table_whole_is_noticed(app: Flask) -> None:
    bound = "SELECT ends_at FROM appointment WHERE person_key = ? AND service_id = ? AND status IN (?, ?, ?)"
    with app.app_context():
        assert _scanned(bound, ("a", 1, "booked", "arrived", "serving")) == ["appointment"]
        assert _scanned("SELECT * FROM seat AS seat_1 WHERE slot_id = ?", (1,)) == []
