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
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, DateTime, Engine, MetaData, event
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session
from sqlalchemy.pool import ConnectionPoolEntry, Pool
from sqlalchemy.types import TypeDecorator

# A seat that is taken is free "never"; one that was never taken is free "since ever".
# Not PostgreSQL's infinity: Python's datetime cannot hold it, and SQLite has no such value.
FAR_FUTURE = datetime(9999, 12, 31, tzinfo=UTC)
FAR_PAST = datetime(1970, 1, 1, tzinfo=UTC)

FRESH = 1.0  # seconds for which a connection that worked is taken to work

BEGIN_WRITING = "BEGIN IMMEDIATE"  # SQLite's: it waits for whoever writes, before it reads anything

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


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})


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


@contextmanager
def transaction(*, begins_late: bool = False) -> Iterator[Session]:
    """The one writing transaction of a request or a command: commits at the end, or leaves no trace.

    On SQLite it takes the write lock at its start (BEGIN IMMEDIATE), so that what it reads stays true
    until it writes. It does not nest.

    Args:
        begins_late: on PostgreSQL it begins with its first change. When `insert_rows` makes that, its statement is
            the whole transaction: to be asked for only where nothing may fail after it.

    Raises:
        RuntimeError: a writing transaction is already open.
    """
    session = db.session()
    if _open(session) is not None:
        raise RuntimeError("a writing transaction is already open: actions never open their own")
    try:
        on = _begin_anew(session)
        session.info["writing"] = _Writing(on, late=begins_late and _waits(on))
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["writing"] = None


@dataclass(slots=True)
class _Writing:
    """An open transaction(): its connection, whether it is still to begin, and whether one statement was all of it."""

    on: Connection
    late: bool
    over: bool = False


def _open(session: Session) -> _Writing | None:
    opened: _Writing | None = session.info.get("writing")
    return opened


def writing() -> Connection:
    """What a change is sent on, in the open transaction(), which begins now if it has not.

    Raises:
        RuntimeError: none is open, or `whole_transaction()` was it.
    """
    return _begun(db.session())


def _begun(session: Session) -> Connection:
    opened = _open(session)
    if opened is None:
        raise RuntimeError("a change outside transaction()")
    if opened.over:
        raise RuntimeError("a change after the statement that was the whole transaction")
    if opened.late:
        _driver(opened.on).autocommit = False
        opened.late = False
    return opened.on


def may_be_whole() -> bool:
    """Whether the open transaction() begins late and nothing was changed in it: one statement may be all of it."""
    opened = _open(db.session())
    return opened is not None and opened.late and not opened.over


def is_whole() -> None:
    """Say that one statement on `connection()` has changed all that the open transaction() changes."""
    opened = _open(db.session())
    if opened is not None:
        opened.over = True


def connection() -> Connection:
    """What this request's questions are sent on: the connection of its open transaction(), or of its reads.

    In a transaction the session is not asked for it, which takes as long as SQLite needs for a statement. What is
    only read on PostgreSQL needs no transaction around it: each statement of READ COMMITTED has a snapshot of its own
    in any case, and BEGIN and COMMIT are two messages.
    """
    session = db.session()
    opened = _open(session)
    if opened is not None:
        return opened.on
    if session.in_transaction():
        return session.connection()
    reading = session.connection()
    driver = _driver(reading)
    if isinstance(driver, psycopg.Connection):
        driver.autocommit = True  # until it is given back, or transaction() goes on with it
    return reading


def end_reading(error: BaseException | None = None) -> None:
    """End with COMMIT what a request has only read, as Flask's teardown; after an error it is left to ROLLBACK.

    To whoever only reads they are the same. But psycopg forgets at each ROLLBACK what it had prepared, and every
    statement would be parsed and planned anew each time, which may take longer than running it.
    """
    session = db.session()
    if error is None and session.in_transaction() and not (session.new or session.dirty or session.deleted):
        session.commit()


def _begin_anew(session: Session) -> Connection:
    """Leave what a guard has read behind, so that nothing old is written upon; the connection of the transaction.

    On PostgreSQL the guard's connection goes on, and a transaction that it began: each statement of READ COMMITTED has
    a snapshot of its own, and to end one transaction and begin another costs three messages. A transaction that an
    error has ended must be ended here too. On SQLite its connection goes on, in a transaction that writes.
    """
    if session.in_transaction():
        reading = session.connection()
        driver = _driver(reading)
        if reading.dialect.name == "sqlite":
            session.expire_all()
            driver.commit()
            reading.exec_driver_sql(BEGIN_WRITING)
            return reading
        if driver.info.transaction_status != TransactionStatus.INERROR:
            session.expire_all()
            if driver.autocommit:
                driver.autocommit = False
            return reading
        session.rollback()
    return session.connection(execution_options={"consular_writing": True})


def _waits(on: Connection) -> bool:
    """Let the transaction that was begun on it begin later; False where it cannot."""
    driver = _driver(on)
    if not isinstance(driver, psycopg.Connection) or driver.info.transaction_status != TransactionStatus.IDLE:
        return False
    driver.autocommit = True
    return True


def _driver(of: Connection) -> Any:
    return of.connection.driver_connection


@event.listens_for(Session, "do_orm_execute")
def _refuse_a_change(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        _begun(state.session)


@event.listens_for(Session, "before_flush")
def _refuse_while_reading(session: Session, *_: object) -> None:
    """What is changed outside transaction() would be committed by `end_reading`, without the locks of a writer."""
    _begun(session)


@event.listens_for(Engine, "connect")
def _configure_connection(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # SQLAlchemy's begin event decides, below
    # WAL: readers never wait for the writer; FULL: a confirmed appointment survives a power cut.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000", "foreign_keys=ON"):
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
        writing = connection.get_execution_options().get("consular_writing")
        connection.exec_driver_sql(BEGIN_WRITING if writing else "BEGIN")
