"""Rows that belong together, written by one message to the database where it can take them so."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from psycopg.errors import UniqueViolation
from sqlalchemy import CTE, Connection, Insert, Select, Table, bindparam, func, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import IntegrityError

from consular.foundation.database import Base, connection, is_whole, may_be_whole, writing
from consular.foundation.statements import Ready, ready, send, send_given


class _FirstId:
    """Stands for a number that only the database knows yet."""


FIRST_ID: Final = _FirstId()


class Row(NamedTuple):
    """A row to be written: its table, and the values of its columns by their names."""

    table: Table
    values: Mapping[str, object]


def row_of(model: type[Base], values: Mapping[str, object]) -> Row:
    """A row of a model's table."""
    return Row(table_of(model), values)


def table_of(model: type[Base]) -> Table:
    """The table of a model."""
    table = model.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} has no table of its own")
    return table


class Giving(NamedTuple):
    """A row that is there already, and that a new one is given: `picked` finds and locks it.

    `change` makes of the new row of the table `to`, whose `id` it is given, the change of what was picked.
    """

    picked: CTE
    to: Table
    change: Callable[[CTE], CTE]


class Step(NamedTuple):
    """What must be given for the rows to be written, and the values of its statement's parameters."""

    giving: Giving
    values: Mapping[str, object]


class NothingPicked(Exception):
    """The step found no row, or more than one: nothing was changed, and no row written."""


def one_statement() -> bool:
    """Whether this database takes several changes in one statement."""
    return connection().dialect.name == "postgresql"


def nothing() -> None:
    """Where nothing is to be changed before the rows."""


def insert_rows(
    first: Row,
    *others: Row,
    once: str,
    step: Step | None = None,
    when_ready: Callable[[], None] = nothing,
) -> int | None:
    """Write them all, or none when there is a row already with the first one's value in the unique column `once`.

    The others may give FIRST_ID as the value of a column, for the `id` of the first. One statement on PostgreSQL,
    where the rows are written in this order and their triggers run when all are; one for each row on SQLite. The one
    statement is the whole transaction() where that begins late and nothing was changed before.

    Args:
        step: what one of them is given, in the same statement; only where `one_statement()`.
        when_ready: what is to be changed before them. On SQLite, where nobody else writes from then on, all that can be
            made ready is by then.

    Returns:
        The `id` of the first; None when no row was written.

    Raises:
        NothingPicked: the step found nothing to give.
        IntegrityError: any other row in the way, or a guard.
    """
    if one_statement():
        when_ready()
        if may_be_whole():
            return _written_whole(once, step, first, *others)
        return _written_together(writing(), once, step, first, *others)
    return _written_by_turns(once, when_ready, first, *others)


def _written_by_turns(once: str, when_ready: Callable[[], None], first: Row, *others: Row) -> int | None:
    dialect = connection().dialect
    beginning = ready(_first_row(_shape(first)), dialect)
    begins = beginning.given(_values(first))
    there = ready(_there(first.table, once), dialect)
    waiting = [_waiting(row, dialect) for row in others]
    when_ready()
    sending = writing()
    try:
        ((number,),) = send_given(sending, beginning, begins)
    except IntegrityError:
        # Not ON CONFLICT: the guards of a table whose rows may not be replaced refuse before it is asked.
        if send(sending, there, {"once": first.values[once]}):
            return None
        raise
    for made, given in waiting:
        send_given(sending, made, tuple([number if each is FIRST_ID else each for each in given]))
    return int(number)


def _waiting(row: Row, dialect: Dialect) -> tuple[Ready, tuple[object, ...]]:
    """A row's statement and what it is given, but for the number of the first."""
    made = ready(_alone(_shape(row)), dialect)
    return made, made.given({_name(row.table, column): value for column, value in row.values.items()})


def _written_whole(once: str, step: Step | None, first: Row, *others: Row) -> int | None:
    """As a transaction of its own: a row in the way of the first one is an error there."""
    try:
        number = _written_together(connection(), None, step, first, *others)
    except IntegrityError as error:
        if _is_unique(error, first.table, once):
            return None
        raise
    is_whole()
    return number


def _is_unique(error: IntegrityError, table: Table, column: str) -> bool:
    """Whether another row has that column's value; its constraint is named by the convention of Base."""
    driver = error.orig
    return isinstance(driver, UniqueViolation) and driver.diag.constraint_name == f"uq_{table.name}_{column}"


def _written_together(
    sending: Connection, once: str | None, step: Step | None, first: Row, *others: Row
) -> int | None:
    values = _values(first, *others)
    giving = step.giving if step else None
    made = _ready(sending.dialect, once, giving, _shape(first), *map(_shape, others))
    number: int | None
    if step is None:
        ((number,),) = send(sending, made, values)
        return number
    ((picked, number),) = send(sending, made, {**values, **step.values})
    if picked != 1:
        raise NothingPicked()
    return number


@lru_cache(maxsize=64)
def _ready(
    dialect: Dialect, once: str | None, giving: Giving | None, first: "_Shape", *others: "_Shape"
) -> Ready:
    return ready(_together(once, giving, first, *others), dialect)


class _Shape(NamedTuple):
    """What a row's statement depends on: its table, its columns by name, and those of them that give FIRST_ID."""

    table: Table
    columns: tuple[str, ...]
    links: tuple[str, ...]


def _shape(row: Row) -> _Shape:
    links = tuple(name for name, value in row.values.items() if value is FIRST_ID)
    return _Shape(row.table, tuple(row.values), links)


def _name(table: Table, column: str) -> str:
    """Of a parameter: two tables may have columns of one name."""
    return f"{table.description}_{column}"


def _values(*rows: Row) -> dict[str, object]:
    return {
        _name(row.table, column): value
        for row in rows
        for column, value in row.values.items()
        if value is not FIRST_ID
    }


def _parameters(shape: _Shape) -> dict[str, Any]:
    return {
        name: bindparam(_name(shape.table, name), type_=shape.table.c[name].type) for name in shape.columns
    }


# All are built once for each shape: building them takes longer than running them.


@lru_cache(maxsize=64)
def _first_row(shape: _Shape) -> Any:
    return insert(shape.table).values(_parameters(shape)).returning(shape.table.c.id)


@lru_cache(maxsize=64)
def _there(table: Table, once: str) -> Any:
    return select(table.c.id).where(table.c[once] == bindparam("once"))


@lru_cache(maxsize=64)
def _alone(shape: _Shape) -> Insert:
    return insert(shape.table).values(_parameters(shape)).inline()


def _together(once: str | None, giving: Giving | None, first: _Shape, *others: _Shape) -> Select[Any]:
    """`WITH first_row AS (INSERT ... RETURNING id), ...row AS (INSERT ... SELECT ... FROM first_row) ... SELECT id`.

    What the others select comes from the first, so that nothing is written beside one that was not.
    """
    chosen = select(*_parameters(first).values())
    columns: list[Any] = []
    if giving is not None:
        picked = select(func.count()).select_from(giving.picked).scalar_subquery()
        chosen = chosen.where(picked == 1)
        columns.append(picked.label("picked"))
    insertion = postgresql.insert(first.table).from_select(list(first.columns), chosen)
    if once is not None:
        insertion = insertion.on_conflict_do_nothing(index_elements=[once])
    begun = insertion.returning(first.table.c.id).cte("first_row")
    number = select(begun.c.id).scalar_subquery().label("number")
    beside = [_beside(begun, other, giving) for other in others]
    if giving is not None:
        given = next(row for row, other in zip(beside, others, strict=True) if other.table is giving.to)
        beside.append(giving.change(given))
    return select(*columns, number).add_cte(*beside)


def _beside(begun: CTE, shape: _Shape, giving: Giving | None) -> CTE:
    values = _parameters(shape) | {name: begun.c.id for name in shape.links}
    chosen = select(*values.values()).select_from(begun)
    insertion: Any = insert(shape.table).from_select(list(values), chosen)
    if giving is not None and giving.to is shape.table:
        insertion = insertion.returning(shape.table.c.id)
    row: CTE = insertion.cte(f"{shape.table.description}_row")
    return row
