"""The database: one declarative base, aware UTC instants, one writing transaction a request."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, DateTime, Engine, MetaData, event
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, scoped_session
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.types import TypeDecorator
from sqlalchemy.util import ScopedRegistry

# A seat that is taken is free "never"; one that was never taken is free "since ever".
# Not PostgreSQL's infinity: Python's datetime cannot hold it, and SQLite has no such value.
FAR_FUTURE = datetime(9999, 12, 31, tzinfo=UTC)
FAR_PAST = datetime(1970, 1, 1, tzinfo=UTC)

FRESH = 1.0  # seconds for which a connection that worked is taken to work

# SQLite's: it waits for whoever writes, before it reads anything.
BEGIN_WRITING = "BEGIN IMMEDIATE"
PATIENCE = 15.0  # seconds for which it waits
LOOKS_AGAIN = 0.001  # seconds
_BUSY_TIMEOUT = f"busy_timeout={PATIENCE * 1000:.0f}"

# What is raised when the database is stopped, locked by somebody else, or out of connections. Nothing
# was changed, and the same request may succeed in a moment.
DATABASE_AWAY = (OperationalError, InterfaceError, NoConnectionLeft)


class Base(DeclarativeBase):
    """Every table of the system; constraint names follow one convention so migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class _OnTheOneConnection(FlaskSession):
    """Sends what it has on the connection that `connection()` and `writing()` give."""

    def get_bind(
        self, mapper: Any = None, clause: Any = None, bind: Engine | Connection | None = None, **others: Any
    ) -> Engine | Connection:
        return connection() if bind is None else bind


db = SQLAlchemy(
    metadata=Base.metadata,
    session_options={
        "class_": _OnTheOneConnection,
        "expire_on_commit": False,
        "join_transaction_mode": "control_fully",  # its commit is that of the connection
    },
)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime: timestamptz on PostgreSQL, fixed-width text on SQLite (so it sorts)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(slots=True)
class _Scope:
    """What a request or a command has of the database: one connection, and how far its transaction() is."""

    on: Connection | None = None
    open: bool = False  # its transaction()
    late: bool = False  # that is still to begin
    over: bool = False  # one statement was all of it


_scopes = ScopedRegistry(_Scope, db.session.registry.scopefunc)


@contextmanager
def transaction(*, begins_late: bool = False) -> Iterator[scoped_session[FlaskSession]]:
    """The one writing transaction of a request or a command: commits at the end, or leaves no trace.

    On SQLite it takes the write lock at its start (BEGIN IMMEDIATE), so that what it reads stays true
    until it writes. It does not nest.

    Args:
        begins_late: it begins with its first change, so that others write while it reads, and what it read may be
            different by then. When `insert_rows` makes that change on PostgreSQL, its statement is the whole
            transaction: to be asked for only where nothing may fail after it.

    Raises:
        RuntimeError: a writing transaction is already open.
    """
    on, scope = connection(), _scopes()
    if scope.open:
        raise RuntimeError("a writing transaction is already open: actions never open their own")
    try:
        _begin_anew(on, scope, late=begins_late)
        yield db.session
        if db.session.registry.has():
            db.session.commit()
        on.commit()
    except BaseException:
        if db.session.registry.has():
            db.session.rollback()
        on.rollback()
        raise
    finally:
        scope.open = scope.late = scope.over = False
        _read_on(on)


def writing() -> Connection:
    """What a change is sent on, in the open transaction(), which begins now if it has not.

    Raises:
        RuntimeError: none is open, or one statement was all of it.
    """
    scope = _scopes()
    if not scope.open or scope.on is None:
        raise RuntimeError("a change outside transaction()")
    if scope.over:
        raise RuntimeError("a change after the statement that was the whole transaction")
    if scope.late:
        scope.late = False
        _begin_writing(scope.on)
    return scope.on


def may_be_whole() -> bool:
    """Whether the open transaction() begins late and nothing was changed in it: one statement may be all of it."""
    scope = _scopes()
    return scope.late and not scope.over


def is_whole() -> None:
    """Say that one statement on `connection()` has changed all that the open transaction() changes."""
    _scopes().over = True


def connection() -> Connection:
    """The one connection of this request, or of this command, on which it asks, inside its transaction() or not.

    What is only read on PostgreSQL needs no transaction around it: each statement of READ COMMITTED has a snapshot of
    its own in any case, and BEGIN and COMMIT are two messages. The session uses the same connection, and costs a
    request a tenth of a kept answer's time: what reads rows and not objects does without it.
    """
    scope = _scopes()
    if scope.on is not None and scope.on.invalidated and not scope.open:
        give_back()
        scope = _scopes()
    if scope.on is None:
        scope.on = db.engine.connect()
        scope.on.begin()  # on SQLite a request has one snapshot
        _read_on(scope.on)
    return scope.on


def install_database(app: Any) -> None:
    """Give each request and each command of a Flask application its connection, and take it back when they end."""
    app.teardown_appcontext(give_back)  # after the session's own, which is registered later and called first
    db.init_app(app)
    app.teardown_request(end_reading)


def end_reading(error: BaseException | None = None) -> None:
    """Give the connection back at the end of a request, as Flask's teardown; objects keep what was read of them."""
    if db.session.registry.has():
        session = db.session()
        if session.new or session.dirty or session.deleted:
            return  # what was never meant to be written is thrown away with the session
        if error is None:
            session.commit()
    give_back()


def give_back(_: object = None) -> None:
    """Give the connection back when its request or command ends, or waits for something else; then no snapshot is kept."""
    if db.session.registry.has():
        db.session.rollback()
    if _scopes.has():
        on = _scopes().on
        _scopes.clear()
        if on is not None:
            on.close()


def _begin_anew(on: Connection, scope: _Scope, *, late: bool) -> None:
    """Leave what a guard has read behind, so that nothing old is written upon."""
    if db.session.registry.has():
        db.session.expire_all()
    if not on.in_transaction():
        on.begin()
    scope.open, scope.late = True, late
    if not late:
        _begin_writing(on)
    elif on.dialect.name == "sqlite":
        _driver(on).commit()  # each question has a snapshot of its own from now on


def _begin_writing(on: Connection) -> None:
    if on.dialect.name == "sqlite":
        _driver(on).commit()
        _wait_for_the_writer(on)
    else:
        _driver(on).autocommit = False


def _wait_for_the_writer(on: Connection) -> None:
    """BEGIN IMMEDIATE on SQLite, tried every millisecond.

    SQLite's own `busy_timeout` looks after 1, 2, 5 and so on up to 100 ms
    (https://sqlite.org/src/file/src/main.c, sqliteDefaultBusyCallback): while many write, the lock is free and nobody
    takes it, and who has waited longest looks most seldom.

    Raises:
        OperationalError: somebody else has written all the time.
    """
    driver = _driver(on)
    until = time.monotonic() + PATIENCE
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < until:
            try:
                driver.execute(BEGIN_WRITING)
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
            time.sleep(LOOKS_AGAIN)
        on.exec_driver_sql(BEGIN_WRITING)  # refused once more, and named as SQLAlchemy does
    finally:
        driver.execute(f"PRAGMA {_BUSY_TIMEOUT}")


def _read_on(on: Connection) -> None:
    """What is asked now is a transaction of its own, on PostgreSQL."""
    if not on.invalidated and isinstance(driver := _driver(on), psycopg.Connection) and not driver.closed:
        driver.autocommit = True


def _driver(of: Connection) -> Any:
    return of.connection.driver_connection


@event.listens_for(Session, "do_orm_execute")
def _refuse_a_change(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        writing()


@event.listens_for(Session, "before_flush")
def _refuse_while_reading(*_: object) -> None:
    """What is changed outside transaction() would be committed by itself, without the locks of a writer."""
    writing()


@event.listens_for(Engine, "connect")
def _configure_connection(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # SQLAlchemy's begin event decides, below
    # WAL: readers never wait for the writer; FULL: a confirmed appointment survives a power cut. 16 MB of pages are kept:
    # with SQLite's own 2 MB what is free at 30 of 2,000 offices took a sixth longer.
    settings = ("journal_mode=WAL", "synchronous=FULL", _BUSY_TIMEOUT, "foreign_keys=ON")
    for pragma in (*settings, "cache_size=-16384"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Pool, "checkin")
def _give_back(connection: object, entry: ConnectionPoolEntry) -> None:
    """Whoever is given it next may write."""
    if isinstance(connection, psycopg.Connection) and not connection.closed:
        entry.info["given_back"] = time.monotonic()
        if connection.autocommit:
            connection.autocommit = False


@event.listens_for(Pool, "checkout")
def _look_at_an_idle_one(connection: object, entry: ConnectionPoolEntry, _: object) -> None:
    """A server that was started anew, or a firewall, may have ended a connection while nobody used it.

    SQLAlchemy's `pool_pre_ping` asks each time, which takes longer than what most requests ask.
    """
    idle = time.monotonic() - entry.info.get("given_back", time.monotonic())
    if isinstance(connection, psycopg.Connection) and idle > FRESH:
        try:
            # No transaction for it: psycopg forgets what it prepared at a ROLLBACK.
            connection.autocommit = True
            connection.execute("")
            connection.autocommit = False
        except psycopg.Error as error:
            raise InvalidatePoolError() from error


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        if connection.get_execution_options().get("consular_writing"):
            _wait_for_the_writer(connection)
        else:
            connection.exec_driver_sql("BEGIN")
