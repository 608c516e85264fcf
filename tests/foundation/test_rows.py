"""Rows that belong together: all of them or none, in one statement where the database takes it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from consular.audit.models import JournalEntry
from consular.foundation.database import Base, connection, transaction
from consular.foundation.rows import FIRST_ID, Row, Step, StepFailed, insert_rows, one_statement, row_of
from tests.databases import on_both_databases, on_postgresql

Count = Callable[[], AbstractContextManager[list[str]]]

_TABLES = MetaData()
PARENT = Table(
    "tried_parent",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("name", String, unique=True),
    Column("note", String),
)
CHILD = Table(
    "tried_child",
    _TABLES,
    Column("id", Integer, primary_key=True),
    Column("parent_id", Integer, ForeignKey("tried_parent.id")),
    Column("note", String, unique=True),
)


@pytest.fixture(autouse=True)
def tables(session: Session) -> Iterator[None]:
    with transaction():
        _TABLES.create_all(connection())
    yield
    session.rollback()
    with transaction():
        _TABLES.drop_all(connection())


def _rows(name: str | None, *notes: str) -> tuple[Row, ...]:
    first = Row(PARENT, {"name": name, "note": "first"})
    return first, *(Row(CHILD, {"parent_id": FIRST_ID, "note": note}) for note in notes)


def _insert(name: str | None, *notes: str, step: Step | None = None) -> int | None:
    with transaction():
        return insert_rows(*_rows(name, *notes), once="name", step=step)


def _written(session: Session) -> list[tuple[str | None, str]]:
    rows = session.connection().execute(
        select(PARENT.c.name, CHILD.c.note).join(CHILD, CHILD.c.parent_id == PARENT.c.id).order_by(CHILD.c.id)
    )
    return [(name, note) for name, note in rows]


@on_both_databases
def test_the_others_point_to_the_first(session: Session) -> None:
    assert _insert("rosa", "a") != _insert("julio", "b")
    assert _written(session) == [("rosa", "a"), ("julio", "b")]


@on_both_databases
def test_one_value_is_written_once_and_nothing_beside_it(session: Session) -> None:
    assert _insert("rosa", "a") is not None
    assert _insert("rosa", "b") is None
    assert _written(session) == [("rosa", "a")]


@on_both_databases
def test_many_may_have_no_value(session: Session) -> None:
    assert None not in (_insert(None, "a"), _insert(None, "b"))
    assert _written(session) == [(None, "a"), (None, "b")]


@on_both_databases
def test_a_row_in_the_way_of_another_leaves_nothing(session: Session) -> None:
    _insert("rosa", "a")
    with pytest.raises(IntegrityError):
        _insert("julio", "a")
    assert _written(session) == [("rosa", "a")]
    assert session.connection().scalar(select(PARENT.c.id).where(PARENT.c.name == "julio")) is None


@on_both_databases
def test_it_is_one_statement_or_one_a_row(session: Session, dialect: str, count_statements: Count) -> None:
    with transaction(), count_statements() as statements:
        insert_rows(*_rows("rosa", "a"), once="name")
    assert one_statement() is (dialect == "postgresql")
    assert len(statements) == (1 if one_statement() else 2)


def _rename(was: str, rows: int) -> Step:
    change = update(PARENT).where(PARENT.c.name == was).values(name="renamed").returning(PARENT.c.id)
    return Step(change.cte("renamed"), {}, rows)


@on_postgresql
def test_a_step_that_succeeds_goes_before_the_rows(session: Session) -> None:
    _insert("rosa", "a")
    assert _insert("julio", "b", step=_rename("rosa", 1)) is not None
    assert _written(session) == [("renamed", "a"), ("julio", "b")]


@on_postgresql
@pytest.mark.parametrize(("was", "rows"), [("nobody", 1), ("rosa", 2), ("rosa", 0)])
def test_a_step_that_fails_leaves_nothing_of_anything(session: Session, was: str, rows: int) -> None:
    _insert("rosa", "a")
    with pytest.raises(StepFailed):
        _insert("julio", "b", step=_rename(was, rows))
    assert _written(session) == [("rosa", "a")]
    assert session.connection().scalar(select(PARENT.c.id).where(PARENT.c.name == "julio")) is None


@on_postgresql
def test_a_step_before_a_row_that_is_there_already_is_told_apart(session: Session) -> None:
    """Its change stands, and the caller takes it back: a seat is given back, not lost."""
    _insert("rosa", "a")
    _insert("julio", "b")
    assert _insert("julio", "c", step=_rename("rosa", 1)) is None
    assert _written(session) == [("renamed", "a"), ("julio", "b")]


def test_only_a_model_with_a_table_has_rows() -> None:
    assert row_of(JournalEntry, {"actor": "system"}).table is JournalEntry.__table__
    with pytest.raises((TypeError, AttributeError)):
        row_of(Base, {})
