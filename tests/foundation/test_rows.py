"""Rows that belong together: all of them or none, in one statement where the database takes it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consular.audit.models import JournalEntry
from consular.foundation.database import Base, transaction
from consular.foundation.rows import Step, StepFailed, insert_rows, one_statement, row_of
from tests.databases import on_both_databases, on_postgresql
from tests.foundation.tried_tables import parents, renaming, rows, tables, written

__all__ = ["tables"]  # a fixture

Count = Callable[[], AbstractContextManager[list[str]]]


def _insert(name: str | None, *notes: str, step: Step | None = None) -> int | None:
    with transaction():
        return insert_rows(*rows(name, *notes), once="name", step=step)


@on_both_databases
def test_the_others_point_to_the_first(session: Session) -> None:
    assert _insert("rosa", "a") != _insert("julio", "b")
    assert written() == [("rosa", "a"), ("julio", "b")]


@on_both_databases
def test_one_value_is_written_once_and_nothing_beside_it(session: Session) -> None:
    assert _insert("rosa", "a") is not None
    assert _insert("rosa", "b") is None
    assert written() == [("rosa", "a")]


@on_both_databases
def test_many_may_have_no_value(session: Session) -> None:
    assert None not in (_insert(None, "a"), _insert(None, "b"))
    assert written() == [(None, "a"), (None, "b")]


@on_both_databases
def test_a_row_in_the_way_of_another_leaves_nothing(session: Session) -> None:
    _insert("rosa", "a")
    with pytest.raises(IntegrityError):
        _insert("julio", "a")
    assert written() == [("rosa", "a")]
    assert "julio" not in parents()


@on_both_databases
def test_it_is_one_statement_or_one_a_row(session: Session, dialect: str, count_statements: Count) -> None:
    with transaction(), count_statements() as statements:
        insert_rows(*rows("rosa", "a"), once="name")
    assert one_statement() is (dialect == "postgresql")
    assert len(statements) == (1 if one_statement() else 2)


@on_postgresql
def test_a_step_that_succeeds_goes_before_the_rows(session: Session) -> None:
    _insert("rosa", "a")
    assert _insert("julio", "b", step=renaming("rosa", 1)) is not None
    assert written() == [("renamed", "a"), ("julio", "b")]


@on_postgresql
@pytest.mark.parametrize(("was", "rows"), [("nobody", 1), ("rosa", 2), ("rosa", 0)])
def test_a_step_that_fails_leaves_nothing_of_anything(session: Session, was: str, rows: int) -> None:
    _insert("rosa", "a")
    with pytest.raises(StepFailed):
        _insert("julio", "b", step=renaming(was, rows))
    assert written() == [("rosa", "a")]
    assert "julio" not in parents()


@on_postgresql
def test_a_step_before_a_row_that_is_there_already_is_told_apart(session: Session) -> None:
    """Its change stands, and the caller takes it back: a seat is given back, not lost."""
    _insert("rosa", "a")
    _insert("julio", "b")
    assert _insert("julio", "c", step=renaming("rosa", 1)) is None
    assert written() == [("renamed", "a"), ("julio", "b")]


def test_only_a_model_with_a_table_hasrows() -> None:
    assert row_of(JournalEntry, {"actor": "system"}).table is JournalEntry.__table__
    with pytest.raises((TypeError, AttributeError)):
        row_of(Base, {})
