"""Statements that are compiled once and handed to the driver: the few that most requests send.

SQLAlchemy finds a compiled statement by a key as long as the statement, and makes a result that can do more than be read
once. Where the database answers in a tenth of a millisecond, that takes longer than the answer.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

import psycopg
from sqlalchemy import Connection, Select
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.elements import ClauseElement

Make = Callable[[Any], Any]


class Ready(NamedTuple):
    """A statement as the driver is given it, and what its columns' types make of an answer.

    `parameters` are names, each with what makes of a value what the driver takes, in the order of the statement; `own`
    are values that the statement has of its own; `answers` says that there is something to be read afterwards.
    """

    sql: str
    parameters: tuple[tuple[str, Make | None], ...]
    own: Mapping[str, object]
    answers: bool
    readers: tuple[Make | None, ...]
    named: Make

    def given(self, values: Mapping[str, Any]) -> tuple[object, ...]:
        """The parameters of the driver's call."""
        own = self.own
        made = [
            own[name] if name in own else make(values[name]) if make else values[name]
            for name, make in self.parameters
        ]
        return tuple(made)

    def read(self, row: Sequence[Any]) -> Any:
        """The row with its columns by name."""
        return self.named(
            [read(each) if read else each for read, each in zip(self.readers, row, strict=True)]
        )


@lru_cache(maxsize=256)
def ready(statement: ClauseElement, dialect: Dialect) -> Ready:
    """Compiled for a dialect, once for a statement that is itself built once.

    Raises:
        ValueError: its text depends on its values, as that of an IN with a list does.
    """
    compiled: Any = statement.compile(dialect=_by_place(dialect))
    if compiled.post_compile_params:
        raise ValueError(f"the text depends on the values: {compiled}")
    found = {name: parameter for parameter, name in compiled.bind_names.items()}
    makers = {
        name: parameter.type.dialect_impl(dialect).bind_processor(dialect)
        for name, parameter in found.items()
    }
    own = {
        name: makers[name](parameter.value) if makers[name] else parameter.value
        for name, parameter in found.items()
        if not parameter.required
    }
    columns = list(statement.selected_columns) if isinstance(statement, Select) else []
    return Ready(
        str(compiled),
        tuple((name, makers[name]) for name in compiled.positiontup),
        own,
        answers=isinstance(statement, Select) or bool(compiled.effective_returning),
        readers=tuple(each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns),
        named=_row_of([str(each.key) for each in columns]),
    )


@lru_cache(maxsize=8)
def _by_place(dialect: Dialect) -> Dialect:
    """The dialect with its parameters by place: psycopg then hands the text on as it is, for its RawCursor."""
    if dialect.name != "postgresql":
        return dialect
    kind: Any = type(dialect)
    by_place: Dialect = kind(paramstyle="numeric_dollar")
    by_place.server_version_info = dialect.server_version_info
    return by_place


def _row_of(names: Sequence[str]) -> Make:
    row: Any = namedtuple("Answer", names, rename=True)  # type: ignore[misc]  # known only now
    make: Make = row._make
    return make


def rows_of(on: Connection, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any]) -> list[Any]:
    """What a SELECT answers: rows whose columns are known by name.

    Raises:
        DBAPIError: as SQLAlchemy names what the driver refuses.
    """
    made = ready(statement, on.dialect)
    return [made.read(row) for row in send(on, made, values)]


def send(on: Connection, made: Ready, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Send a statement; what it answers, as the driver gives it. Empty where it answers nothing.

    Whoever listens to SQLAlchemy's `before_cursor_execute` hears of it.

    Raises:
        DBAPIError: as SQLAlchemy names what the driver refuses.
    """
    return send_given(on, made, made.given(values))


def send_given(on: Connection, made: Ready, given: tuple[object, ...]) -> list[tuple[Any, ...]]:
    """As `send`, of what `made.given` made of the values before: sealing and formatting them takes longer than SQLite."""
    driver: Any = on.connection.driver_connection
    cursor: Any = psycopg.RawCursor(driver) if isinstance(driver, psycopg.Connection) else driver.cursor()
    for listener in on.dispatch.before_cursor_execute:
        listener(on, cursor, made.sql, given, None, False)
    try:
        cursor.execute(made.sql, given)
        answered: list[tuple[Any, ...]] = cursor.fetchall() if made.answers else []
    except on.dialect.loaded_dbapi.Error as error:
        _refuse(on, made.sql, error)
    finally:
        cursor.close()
    return answered


def _refuse(on: Connection, sql: str, error: Any) -> NoReturn:
    """Raise what SQLAlchemy would; a connection that is lost is not used again."""
    driver: Any = on.connection.driver_connection
    lost = on.dialect.is_disconnect(error, driver, None)
    refusal = DBAPIError.instance(
        sql,
        None,  # people's data
        error,
        on.dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=on.dialect,
    )
    if lost:
        on.invalidate(error)
    raise refusal from error
