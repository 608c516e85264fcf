"""A transaction that begins with its first change, and the statement that is all of one."""

from typing import Any

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consular.audit.journal import record
from consular.audit.models import JournalEntry
from consular.foundation.database import FAR_PAST, connection, db, may_be_whole, transaction, writing
from consular.foundation.rows import NothingPicked, insert_rows
from tests.databases import on_both_databases, on_postgresql
from tests.foundation.tried_tables import renaming, rows, tables, written

__all__ = ["tables"]  # a fixture


def _status() -> TransactionStatus:
    driver: Any = connection().connection.driver_connection
    status: TransactionStatus = driver.info.transaction_status
    return status


def _journal() -> list[str]:
    """What others see."""
    with db.engine.connect() as other:
        return list(other.scalars(select(JournalEntry.action).order_by(JournalEntry.id)))


@on_postgresql
def test_rows_that_are_the_first_change_are_all_of_it(session: Session) -> None:
    with transaction(begins_late=True):
        assert may_be_whole()
        assert insert_rows(*rows("rosa", "a"), once="name") is not None
        assert _status() == TransactionStatus.IDLE
        assert written() == [("rosa", "a")]  # others see it already


@on_both_databases
def test_others_write_until_its_first_change(session: Session) -> None:
    with transaction(begins_late=True):
        connection().execute(select(JournalEntry.action)).all()
        with db.engine.begin() as other:
            other.execute(insert(JournalEntry), _entry("by another"))
        assert connection().scalars(select(JournalEntry.action)).all() == ["by another"]
        record("system", "try", "test", "x")
        assert _journal() == ["by another"]
    assert _journal() == ["by another", "try"]


@on_both_databases
def test_after_a_change_they_are_a_part_of_it(session: Session) -> None:
    def fail() -> None:
        with transaction(begins_late=True):
            record("system", "try", "test", "x")
            assert not may_be_whole()
            assert insert_rows(*rows("rosa", "a"), once="name") is not None
            raise ValueError("after the rows")

    with pytest.raises(ValueError, match="after the rows"):
        fail()
    assert (written(), _journal()) == ([], [])


@on_both_databases
def test_changes_of_every_kind_are_one_transaction(session: Session) -> None:
    def fail() -> None:
        with transaction(begins_late=True):
            session.execute(insert(JournalEntry).values(_entry("by statement")))
            session.add(JournalEntry(**_entry("by object")))
            session.flush()
            writing().execute(insert(JournalEntry), _entry("by connection"))
            assert _journal() == []
            raise ValueError("after the changes")

    with pytest.raises(ValueError, match="after the changes"):
        fail()
    assert _journal() == []


def _entry(action: str) -> dict[str, object]:
    return {
        "at": FAR_PAST,
        "actor": "system",
        "action": action,
        "subject_type": "test",
        "subject": "x",
        "details": {},
    }


@on_postgresql
def test_nothing_may_be_changed_after_what_was_all_of_it(session: Session) -> None:
    def go_on() -> None:
        with transaction(begins_late=True):
            insert_rows(*rows("rosa", "a"), once="name")
            record("system", "try", "test", "x")

    with pytest.raises(RuntimeError, match="was the whole transaction"):
        go_on()
    assert (written(), _journal()) == ([("rosa", "a")], [])


@on_postgresql
def test_an_object_that_waits_to_be_written_is_not_lost_in_silence(session: Session) -> None:
    def go_on() -> None:
        with transaction(begins_late=True):
            session.add(JournalEntry(**_entry("by object")))
            insert_rows(*rows("rosa", "a"), once="name")

    with pytest.raises(RuntimeError, match="was the whole transaction"):
        go_on()


@on_postgresql
def test_a_row_in_the_way_undoes_the_step_and_lets_others_change(session: Session) -> None:
    with transaction():
        insert_rows(*rows("rosa", "a"), once="name")
        insert_rows(*rows("julio", "b"), once="name")
    with transaction(begins_late=True):
        assert insert_rows(*rows("julio", "c"), once="name", step=renaming("rosa")) is None
        record("system", "try", "test", "x")
    assert written() == [("rosa", "a"), ("julio", "b")]
    assert _journal() == ["try"]


@on_postgresql
def test_a_row_in_the_way_of_another_is_an_error_and_leaves_nothing(session: Session) -> None:
    with transaction():
        insert_rows(*rows("rosa", "a"), once="name")
    with pytest.raises(IntegrityError), transaction(begins_late=True):
        insert_rows(*rows("julio", "a"), once="name", step=renaming("rosa"))
    assert written() == [("rosa", "a")]


@on_postgresql
def test_a_step_that_picks_nothing_leaves_nothing(session: Session) -> None:
    with transaction():
        insert_rows(*rows("rosa", "a"), once="name")
    with pytest.raises(NothingPicked), transaction(begins_late=True):
        insert_rows(*rows("julio", "b"), once="name", step=renaming("nobody"))
    assert written() == [("rosa", "a")]


@on_both_databases
def test_it_is_committed_at_the_end_and_the_next_is_another(session: Session) -> None:
    with transaction(begins_late=True):
        record("system", "first", "test", "x")
    with transaction(begins_late=True):
        pass
    with transaction():
        assert not may_be_whole()
        record("system", "second", "test", "x")
    assert _journal() == ["first", "second"]


@on_both_databases
def test_what_changes_needs_a_transaction(session: Session) -> None:
    with pytest.raises(RuntimeError, match="outside transaction"):
        writing()
    with pytest.raises(RuntimeError, match="outside transaction"):
        record("system", "try", "test", "x")
