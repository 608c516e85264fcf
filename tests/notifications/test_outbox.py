"""A message exists exactly when what it tells exists, and nobody reads it in the database."""

import pytest
from flask import Flask
from sqlalchemy import select, text

from consular.foundation.database import db, transaction
from consular.notifications import outbox
from consular.notifications.models import OutboxMessage
from tests.databases import on_both_databases

pytestmark = on_both_databases


def _count() -> int:
    return db.session.execute(text("SELECT count(*) FROM outbox")).scalar_one()


def test_it_is_written_with_the_transaction(app: Flask) -> None:
    with app.app_context():
        with transaction():
            outbox.enqueue("appointment-confirmed", "rosa@example.pe", "es", {"reference": "K7QM-4T3X"})
        assert _count() == 1


def test_it_is_undone_with_the_transaction(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(RuntimeError, match="the booking failed"), transaction():
            outbox.enqueue("appointment-confirmed", "rosa@example.pe", "es", {})
            raise RuntimeError("the booking failed")
        assert _count() == 0


def test_it_takes_one_statement(app: Flask, count_statements) -> None:
    with app.app_context(), transaction(), count_statements() as statements:
        outbox.enqueue("appointment-confirmed", "rosa@example.pe", "es", {})
    assert len(statements) == 1, statements


def test_who_and_what_are_sealed(app: Flask) -> None:
    with app.app_context():
        with transaction():
            outbox.enqueue("appointment-confirmed", "rosa@example.pe", "es", {"given_names": "Rosa"})
        stored = db.session.execute(text('SELECT recipient, "values" FROM outbox')).one()
        assert "rosa" not in f"{stored}".lower()
        read = db.session.execute(select(OutboxMessage.recipient, OutboxMessage.values)).one()
        assert read == ("rosa@example.pe", '{"given_names": "Rosa"}')


@pytest.mark.parametrize("value", [b"bytes", {1, 2}, object(), float("nan")])
def test_only_plain_values_are_taken(app: Flask, value: object) -> None:
    with app.app_context(), pytest.raises((TypeError, ValueError)), transaction():
        outbox.enqueue("appointment-confirmed", "rosa@example.pe", "es", {"value": value})
