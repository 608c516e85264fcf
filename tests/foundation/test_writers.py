"""Who writes on SQLite waits for others, and takes their place soon after they have gone."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import delete, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from consular.audit.models import JournalEntry
from consular.foundation import database
from consular.foundation.database import transaction, writing
from tests.databases import on_sqlite

pytestmark = on_sqlite
LONG = 20.0  # seconds


@contextmanager
def _somebody_writes(database_url: str) -> Iterator[sqlite3.Connection]:
    other = sqlite3.connect(
        make_url(database_url).database or "", isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        other.close()


def _write() -> None:
    with transaction():
        writing().execute(delete(JournalEntry))


def _busy_timeout(session: Session) -> int:
    return int(session.execute(text("PRAGMA busy_timeout")).scalar_one())


def test_it_writes_once_the_other_has(
    session: Session, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()
    real = database.time.sleep

    def sleep(seconds: float) -> None:
        looked.set()
        real(seconds)

    monkeypatch.setattr(database.time, "sleep", sleep)
    with _somebody_writes(database_url) as other:
        ending = threading.Thread(target=lambda: looked.wait(LONG) and other.execute("COMMIT"))
        ending.start()
        _write()
        ending.join(LONG)
    assert looked.is_set()
    assert _busy_timeout(session) == 15_000


def test_it_gives_up_after_a_while(
    session: Session, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    with _somebody_writes(database_url), pytest.raises(OperationalError, match="database is locked"):
        _write()
    assert _busy_timeout(session) == 15_000
    _write()


def test_what_no_waiting_mends_is_refused_at_once(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BEGIN_WRITING", "BEGIN NOW")
    monkeypatch.setattr(database.time, "sleep", lambda seconds: pytest.fail("it waits"))
    with pytest.raises(OperationalError, match="syntax error"):
        _write()
    assert _busy_timeout(session) == 15_000
