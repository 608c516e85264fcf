"""Connections to PostgreSQL that end while the pool keeps them."""

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from consular.audit.journal import record
from consular.audit.models import JournalEntry
from consular.foundation import database
from consular.foundation.database import DATABASE_AWAY, connection, db, transaction
from tests.databases import on_postgresql

pytestmark = on_postgresql


def _entries() -> int | None:
    return connection().scalar(select(func.count()).select_from(JournalEntry))


def _end_all_connections() -> None:
    """As a server that is started anew does."""
    with db.engine.connect() as one:
        assert one.scalar(text("SELECT 1")) == 1
    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as other:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        assert other.execute(f"SELECT pg_terminate_backend(pid) {others}").fetchall()
        while other.execute(f"SELECT 1 {others}").fetchall():
            pass


def test_a_connection_that_ended_while_nobody_used_it_is_not_given_out(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    _end_all_connections()
    monkeypatch.setattr(database, "FRESH", -1.0)
    assert _entries() == 0


def test_one_that_ended_in_this_second_costs_one_request(session: Session) -> None:
    _end_all_connections()
    with pytest.raises(DATABASE_AWAY):
        _entries()
    session.rollback()
    with transaction():
        record("system", "try", "test", "x")
    assert _entries() == 1
