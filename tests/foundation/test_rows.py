"""Rows that belong together: all of them or none, in one statement where the database takes it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, TypeDecorator, cast, select, text, update
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consular.audit.models import JournalEntry
from consular.foundation.database import Base, transaction, writing
from consular.foundation.rows import NothingPicked, Row, Step, insert_rows, one_statement, row_of
from tests.databases import on_both_databases, on_postgresql, on_sqlite
from tests.foundation.tried_tables import CHILD, PARENT, parents, renaming, rows, tables, written

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


@on_both_databases
def test_what_changes_before_them_goes_with_them(session: Session) -> None:
    def rename() -> None:
        writing().execute(update(PARENT).values(name="renamed"))

    _insert("rosa", "a")
    with transaction():
        assert insert_rows(*rows("rosa", "b"), once="name", when_ready=rename) is not None
    with pytest.raises(IntegrityError), transaction():
        insert_rows(*rows("julio", "b"), once="name", when_ready=rename)
    with transaction():
        assert insert_rows(*rows("rosa", "c"), once="name") is None
    assert written() == [("renamed", "a"), ("rosa", "b")]


@on_sqlite
def test_all_is_made_ready_before_others_are_kept_from_writing(session: Session) -> None:
    done: list[str] = []

    class Noted(TypeDecorator[str]):
        impl = String
        cache_ok = True

        def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
            done.append(f"{value} made ready")
            return value

    table = Table("tried_noted", MetaData(), Column("id", Integer, primary_key=True), Column("name", Noted))
    with transaction():
        table.create(writing())
    both = [Row(table, {"name": name}) for name in ("rosa", "julio")]
    with transaction(begins_late=True):
        insert_rows(*both, once="name", when_ready=lambda: done.append("begun"))
    assert done == ["rosa made ready", "julio made ready", "begun"]
    assert session.scalars(select(table.c.name)).all() == ["rosa", "julio"]


@on_postgresql
def test_a_row_that_is_there_is_given_to_a_new_one(session: Session) -> None:
    _insert("rosa", "a")
    assert _insert("julio", "b", step=renaming("rosa")) is not None
    assert written() == [("renamed", "a"), ("julio", "b")]
    query = select(CHILD.c.id).join(PARENT, PARENT.c.note == "child " + cast(CHILD.c.id, String))
    assert (
        session.scalars(query).all() == session.scalars(select(CHILD.c.id).where(CHILD.c.note == "b")).all()
    )


@on_postgresql
def test_where_nothing_is_picked_nothing_is_written(session: Session) -> None:
    _insert("rosa", "a")
    with pytest.raises(NothingPicked):
        _insert("julio", "b", step=renaming("nobody"))
    assert written() == [("rosa", "a")]
    assert "julio" not in parents()


@on_postgresql
def test_where_two_are_picked_nothing_is_written(session: Session) -> None:
    _insert(None, "a")
    _insert(None, "b")
    with transaction():
        writing().execute(text("ALTER TABLE tried_parent DROP CONSTRAINT uq_tried_parent_name"))
        writing().execute(update(PARENT).values(name="rosa"))
    with pytest.raises(NothingPicked), transaction():
        insert_rows(*rows("julio", "c"), once="id", step=renaming("rosa"))
    assert written() == [("rosa", "a"), ("rosa", "b")]


@on_postgresql
def test_where_the_first_row_is_there_already_nothing_is_given(session: Session) -> None:
    _insert("rosa", "a")
    _insert("julio", "b")
    assert _insert("julio", "c", step=renaming("rosa")) is None
    assert written() == [("rosa", "a"), ("julio", "b")]


def test_only_a_model_with_a_table_hasrows() -> None:
    assert row_of(JournalEntry, {"actor": "system"}).table is JournalEntry.__table__
    with pytest.raises((TypeError, AttributeError)):
        row_of(Base, {})
