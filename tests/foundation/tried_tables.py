"""Two tables of the tests' own, of which one's rows point to the other's."""

from collections.abc import Iterator
from functools import cache

import pytest
from sqlalchemy import CTE, Column, ForeignKey, Integer, MetaData, String, Table, cast, select, update
from sqlalchemy.orm import Session

from consular.foundation.database import Base, db, transaction, writing
from consular.foundation.rows import FIRST_ID, Giving, Row, Step

_TABLES = MetaData(naming_convention=Base.metadata.naming_convention)
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
    """Both tables, empty, as long as a test runs."""
    with transaction():
        _TABLES.create_all(writing())
    yield
    session.rollback()
    with transaction():
        _TABLES.drop_all(writing())


def rows(name: str | None, *notes: str) -> tuple[Row, ...]:
    """A parent and a child for each note."""
    first = Row(PARENT, {"name": name, "note": "first"})
    return first, *(Row(CHILD, {"parent_id": FIRST_ID, "note": note}) for note in notes)


@cache
def _renaming(was: str) -> Giving:
    picked = select(PARENT.c.id).where(PARENT.c.name == was).with_for_update().cte("picked")

    def renamed(child: CTE) -> CTE:
        note = "child " + cast(child.c.id, String)
        return (
            update(PARENT).where(PARENT.c.id == picked.c.id).values(name="renamed", note=note).cte("renamed")
        )

    return Giving(picked, CHILD, renamed)


def renaming(was: str) -> Step:
    """A step that renames a parent, and notes of it which new child that is for."""
    return Step(_renaming(was), {})


def written() -> list[tuple[str | None, str]]:
    """(Parent's name, note) of each child that others see, in the order of their writing."""
    query = select(PARENT.c.name, CHILD.c.note).join(CHILD, CHILD.c.parent_id == PARENT.c.id)
    with db.engine.connect() as other:
        return [(name, note) for name, note in other.execute(query.order_by(CHILD.c.id))]


def parents() -> list[str | None]:
    """The names that others see."""
    with db.engine.connect() as other:
        return list(other.scalars(select(PARENT.c.name).order_by(PARENT.c.id)))
