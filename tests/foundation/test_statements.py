"""Statements that go to the driver as they are: the same values, answers and refusals as SQLAlchemy's."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from sqlalchemy import Integer, String, bindparam, event, func, insert, literal, literal_column, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from consular.audit.models import JournalEntry
from consular.foundation.database import (
    DATABASE_AWAY,
    FAR_FUTURE,
    Instant,
    connection,
    db,
    transaction,
    writing,
)
from consular.foundation.statements import ready, rows_of, send
from tests.databases import on_both_databases, on_postgresql
from tests.foundation.tried_tables import CHILD, PARENT, tables

__all__ = ["tables"]  # a fixture

AT = datetime(2026, 11, 30, 12, 34, 56, 789012, tzinfo=UTC)
_ENTRIES = (
    select(
        JournalEntry.at,
        JournalEntry.details,
        JournalEntry.subject.label("about"),
        func.count().over().label("count"),
        literal(7).label("own"),
    )
    .where(
        JournalEntry.at <= bindparam("until", type_=Instant),
        JournalEntry.at >= bindparam("since", type_=Instant),
    )
    .where(JournalEntry.at <= bindparam("until", type_=Instant))  # SQLite is given it twice, by its place
    .order_by(JournalEntry.at)
)
_ENTRY = (
    insert(JournalEntry)
    .values(
        {name: bindparam(name) for name in ("at", "actor", "action", "subject_type", "subject", "details")}
    )
    .inline()
)
_PARENT = insert(PARENT).values(name=bindparam("name")).inline()
_CHILD = insert(CHILD).values(parent_id=bindparam("parent")).inline()


def _write(at: datetime, **details: object) -> None:
    values = {
        "at": at,
        "actor": "a",
        "action": "b",
        "subject_type": "c",
        "subject": "ñandú",
        "details": details,
    }
    assert send(writing(), ready(_ENTRY, writing().dialect), values) == []


@on_both_databases
def test_values_and_answers_are_what_their_types_say(session: Session) -> None:
    tokyo = timezone(timedelta(hours=9))
    with transaction():
        _write(AT.astimezone(tokyo), a=1, b=["ñ", None])
        _write(FAR_FUTURE)
    values = {"since": AT.astimezone(tokyo), "until": FAR_FUTURE}
    first, last = rows_of(connection(), _ENTRIES, values)
    assert (first.at, first.at.utcoffset()) == (AT, timedelta(0))
    assert (first.details, first.about, first.count, first.own) == ({"a": 1, "b": ["ñ", None]}, "ñandú", 2, 7)
    assert (last.at, last.details) == (FAR_FUTURE, {})
    assert [tuple(row) for row in connection().execute(_ENTRIES, values)] == [first, last]
    assert rows_of(connection(), _ENTRIES, {"since": FAR_FUTURE, "until": AT}) == []


@on_both_databases
def test_an_instant_without_a_zone_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="aware"):
        rows_of(connection(), _ENTRIES, {"since": AT, "until": datetime(2026, 11, 30)})  # noqa: DTZ001


@on_both_databases
def test_a_value_that_is_missing_is_an_error_before_anything_is_sent(session: Session) -> None:
    with pytest.raises(KeyError):
        rows_of(connection(), _ENTRIES, {"since": AT})


@on_both_databases
def test_what_is_written_is_part_of_the_transaction(session: Session) -> None:
    def fail() -> None:
        with transaction():
            _write(AT)
            raise ValueError("after the write")

    with pytest.raises(ValueError, match="after the write"):
        fail()
    assert rows_of(connection(), _ENTRIES, {"since": AT, "until": AT}) == []
    with transaction():
        _write(AT)
    with db.engine.connect() as other:
        assert other.scalar(select(func.count()).select_from(JournalEntry)) == 1


@on_both_databases
def test_a_refusal_has_its_name_and_shows_no_values(session: Session, dialect: str) -> None:
    with pytest.raises(IntegrityError) as refused, transaction():
        for _ in range(2):
            send(writing(), ready(_PARENT, writing().dialect), {"name": "rosa"})
    assert "rosa" not in str(refused.value).replace(str(refused.value.orig), "")
    assert "unique" in str(refused.value.orig).lower()
    with pytest.raises(IntegrityError), transaction():
        send(writing(), ready(_CHILD, writing().dialect), {"parent": 12_345})
    wrong = select(text("nothing")).select_from(text("no_such_table"))
    with pytest.raises(ProgrammingError if dialect == "postgresql" else OperationalError):
        rows_of(connection(), wrong, {})
    with transaction():
        assert send(writing(), ready(_PARENT, writing().dialect), {"name": "rosa"}) == []


@on_both_databases
def test_whoever_listens_hears_of_it(session: Session) -> None:
    heard: list[str] = []

    def note(connection: object, cursor: object, statement: str, *others: object) -> None:
        heard.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        rows_of(connection(), _ENTRIES, {"since": AT, "until": AT})
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert [sql for sql in heard if sql.startswith("SELECT journal.at")] == heard[-1:]


@on_both_databases
def test_a_percent_sign_is_only_that(session: Session) -> None:
    asked = select(
        literal_column("'30 % of %(these)s'").label("said"),
        (bindparam("number", type_=Integer) % 7).label("rest"),
        (bindparam("word", type_=String).like("ñ%")).label("like"),
    )
    assert rows_of(connection(), asked, {"number": 30, "word": "ñandú"}) == [("30 % of %(these)s", 2, True)]


@on_both_databases
def test_it_is_compiled_once(session: Session) -> None:
    assert ready(_ENTRIES, connection().dialect) is ready(_ENTRIES, connection().dialect)


@on_both_databases
def test_a_statement_whose_text_depends_on_its_values_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="depends on the values"):
        rows_of(
            connection(), select(PARENT.c.id).where(PARENT.c.name.in_(bindparam("names", expanding=True))), {}
        )


@on_postgresql
def test_a_connection_that_is_lost_is_not_used_again(session: Session) -> None:
    driver: Any = connection().connection.driver_connection
    url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [driver.info.backend_pid])
    with pytest.raises(DATABASE_AWAY) as lost:
        rows_of(connection(), _ENTRIES, {"since": AT, "until": AT})
    assert lost.value.connection_invalidated
    assert rows_of(connection(), _ENTRIES, {"since": AT, "until": AT}) == []
    with transaction():
        _write(AT)
    assert len(rows_of(connection(), _ENTRIES, {"since": AT, "until": AT})) == 1
