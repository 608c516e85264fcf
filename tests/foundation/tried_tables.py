"""Two tables of the tests' own, of which one's rows point to the other's."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Column, ForeignKey, Integer, MetaData, String, Table, select, update
from sqlalchemy.orm import Session

from consular.foundation.database import Base, db, transaction, writing
from consular.foundation.rows import FIRST_ID, Row, Step

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


def renaming(was: str, so_many: int) -> Step:
    """A step that must rename so many parents."""
    change = update(PARENT).where(PARENT.c.name == was).values(name="renamed").returning(PARENT.c.id)
    return Step(change.cte("renamed"), {}, so_many)


def written() -> list[tuple[str | None, str]]:
    """(Parent's name, note) of each child that others see, in the order of their writing."""
    query = select(PARENT.c.name, CHILD.c.note).join(CHILD, CHILD.c.parent_id == PARENT.c.id)
    with db.engine.connect() as other:
        return [(name, note) for name, note in other.execute(query.order_by(CHILD.c.id))]


def parents() -> list[str | None]:
    """The names that others see."""
    with db.engine.connect() as other:
        return list(other.scalars(select(PARENT.c.name).order_by(PARENT.c.id)))
