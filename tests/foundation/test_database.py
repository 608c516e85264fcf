"""Instants and transactions, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DatabaseError, StatementError
from sqlalchemy.orm import Session

from consular.audit.models import JournalEntry
from consular.foundation.database import (
    FAR_FUTURE,
    FAR_PAST,
    connection,
    db,
    end_reading,
    transaction,
    writing,
)
from tests.databases import on_both_databases

pytestmark = on_both_databases
AT = datetime(2026, 11, 30, 12, 34, 56, 789012, tzinfo=UTC)
PLAIN = {"at": AT, "actor": "system", "action": "try", "subject_type": "test", "details": {}}


def _entry(at: datetime, subject: str = "x") -> JournalEntry:
    return JournalEntry(at=at, actor="system", action="try", subject_type="test", subject=subject, details={})


def _instants() -> list[datetime]:
    return list(db.session.scalars(select(JournalEntry.at).order_by(JournalEntry.at)))


@pytest.mark.parametrize("instant", [AT, FAR_FUTURE, FAR_PAST])
def test_an_instant_comes_back_as_it_was(session: Session, instant: datetime) -> None:
    with transaction():
        session.add(_entry(instant))
    session.expunge_all()
    (read,) = _instants()
    assert read == instant
    assert read.utcoffset() == timedelta(0)


def test_instants_of_any_zone_sort_and_compare_as_instants(session: Session) -> None:
    lima, tokyo = timezone(timedelta(hours=-5)), timezone(timedelta(hours=9))
    instants = [
        AT,
        (AT - timedelta(microseconds=1)).astimezone(tokyo),
        (AT + timedelta(seconds=1)).astimezone(lima),
    ]
    whole = AT.replace(microsecond=0)
    with transaction():
        session.add_all(_entry(instant) for instant in [*instants, whole])
    session.expunge_all()
    assert _instants() == [whole, instants[1], AT, instants[2]]
    later = select(func.count()).where(JournalEntry.at >= AT.astimezone(lima))
    assert session.scalar(later) == 2


def test_an_instant_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="aware"), transaction():
        session.execute(select(JournalEntry.id).where(JournalEntry.at == datetime(2026, 11, 30)))  # noqa: DTZ001


def test_a_transaction_is_written_whole(session: Session) -> None:
    with transaction():
        session.add(_entry(AT, "one"))
        session.add(_entry(AT, "two"))
    session.rollback()
    assert len(_instants()) == 2


def _write_and_fail() -> None:
    with transaction() as writing:
        writing.add(_entry(AT))
        writing.flush()
        raise ValueError("after the write")


def test_a_failed_transaction_leaves_no_trace_and_the_next_one_works(session: Session) -> None:
    with pytest.raises(ValueError, match="after the write"):
        _write_and_fail()
    assert _instants() == []
    with transaction():
        session.add(_entry(AT))
    assert _instants() == [AT]


def _nest() -> None:
    with transaction(), transaction():
        pass


def test_a_transaction_does_not_nest(session: Session) -> None:
    with pytest.raises(RuntimeError, match="already open"):
        _nest()
    with transaction():
        session.add(_entry(AT))
    assert _instants() == [AT]


def test_a_transaction_sees_what_was_committed_since_the_last_read(session: Session, dialect: str) -> None:
    """A read that a guard began must not leave the writer with an old snapshot."""
    assert _instants() == []
    with db.engine.connect() as other:
        sql = "INSERT INTO journal (at, actor, action, subject_type, subject, details) VALUES (:at, 'a', 'b', 'c', 'd', '{}')"
        other.execute(
            text(sql), {"at": "2026-11-30 12:00:00.000000" + ("+00" if dialect == "postgresql" else "")}
        )
        other.commit()
    with transaction():
        assert len(_instants()) == 1


def test_a_transaction_begins_after_a_read_that_failed(session: Session) -> None:
    assert _instants() == []
    with pytest.raises(DatabaseError):
        session.connection().execute(text("SELECT 1 FROM no_such_table"))
    with transaction():
        session.add(_entry(AT))
    assert _instants() == [AT]


def _read_then_fail() -> None:
    assert connection().scalar(text("SELECT count(*) FROM journal")) == 0
    with transaction():
        connection().execute(insert(JournalEntry), {**PLAIN, "subject": "lost"})
        raise ValueError("after the write")


def test_what_only_reads_holds_no_transaction_and_what_writes_after_it_does(
    session: Session, dialect: str
) -> None:
    """On PostgreSQL a guard's read is its own transaction; what is then written is one all the same, on its connection."""
    for _ in range(2):  # the second time on a connection that has been given back
        with pytest.raises(ValueError, match="after the write"):
            _read_then_fail()
        assert connection().scalar(text("SELECT count(*) FROM journal")) == 0
        if dialect == "postgresql":
            driver: Any = connection().connection.driver_connection
            assert driver.info.transaction_status == TransactionStatus.IDLE
        end_reading()
    with pytest.raises(ValueError, match="after the write"):
        _write_and_fail()
    assert _instants() == []
    with db.engine.connect() as given_back:
        given_back.execute(insert(JournalEntry), {**PLAIN, "subject": "never committed"})
    assert connection().scalar(text("SELECT count(*) FROM journal")) == 0


def test_a_record_that_a_guard_read_is_read_again_in_the_transaction(session: Session) -> None:
    with transaction():
        session.add(_entry(AT, "before"))
    held = session.scalars(select(JournalEntry)).one()
    with db.engine.begin() as other:
        other.execute(text("UPDATE journal SET subject = 'after'"))
    with transaction():
        assert held.subject == "after"


@pytest.mark.parametrize(
    "change",
    [
        lambda session: session.execute(insert(JournalEntry).values(subject="x")),
        lambda session: session.execute(update(JournalEntry).values(subject="x")),
        lambda session: session.execute(delete(JournalEntry)),
        lambda session: [session.add(_entry(AT)), session.flush()],
    ],
)
def test_a_change_outside_a_transaction_is_refused(
    session: Session, change: Callable[[Session], Any]
) -> None:
    with pytest.raises(RuntimeError, match="outside transaction"):
        change(session)
    session.rollback()
    assert _instants() == []


@pytest.mark.parametrize("error", [None, ValueError("the view failed")])
def test_a_request_has_one_connection_and_gives_it_back(app: Flask, error: ValueError | None) -> None:
    """Whether it reads rows or objects, and writes after that."""
    pool: Any
    with app.test_request_context():
        pool = db.engine.pool
        _instants()
        connection().scalar(select(func.count()).select_from(JournalEntry))
        assert db.session.connection() is connection()
        with transaction():
            db.session.add(_entry(AT))
            writing().execute(insert(JournalEntry), {**PLAIN, "subject": "by connection"})
        assert len(_instants()) == 2
        assert pool.checkedout() == 1
        end_reading(error)
        assert pool.checkedout() == 0
        assert len(_instants()) == 2
    assert pool.checkedout() == 0


def test_objects_keep_what_was_read_of_them(session: Session) -> None:
    with transaction():
        session.add(_entry(AT))
    read = session.scalars(select(JournalEntry)).one()
    end_reading()
    with db.engine.begin() as other:
        other.execute(text("UPDATE journal SET subject = 'after'"))
    assert read.subject == "x"


def test_sqlite_is_configured_for_durability_and_integrity(session: Session, dialect: str) -> None:
    if dialect == "postgresql":
        assert session.scalar(text("SHOW timezone")) == "UTC"
        return
    read = {
        name: session.execute(text(f"PRAGMA {name}")).scalar_one()
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    }
    assert read == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15000}
