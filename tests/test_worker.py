"""The worker as it runs in production: a process of its own that does all its duties, whatever one of them meets."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from consular.foundation.database import db, transaction
from consular.notifications.models import OutboxMessage
from consular.schedule.models import Slot
from tests.appointments.acting import book
from tests.databases import on_both_databases, settings
from tests.factories import ROSA, World
from tests.needs import ROOT
from tests.notifications.servers import moody_server

pytestmark = on_both_databases

GIVES_UP = 60.0  # seconds
ENDS = 20.0
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@contextmanager
def worker(database_url: str, folder: Path, **others: str) -> Iterator[subprocess.Popen[str]]:
    """`flask work` on that database; its log is `worker.log` in the folder."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONFAULTHANDLER": "1",
        **settings(database_url, folder, **others),
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "work", "--pause", "0.2"]
    with (folder / "worker.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


def _wait_until(true: Callable[[], bool], process: subprocess.Popen[str], folder: Path) -> None:
    until = time.monotonic() + GIVES_UP
    while not true():
        said = (folder / "worker.log").read_text()
        assert process.poll() is None, said
        assert time.monotonic() < until, said
        time.sleep(0.1)


def _ended(process: subprocess.Popen[str]) -> int:
    """How the process ended; where it stands is in its log when it does not."""
    try:
        return process.wait(ENDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        return process.wait(ENDS)


@pytest.fixture
def letters(app: Flask, world: World, tmp_path: Path) -> Callable[[], int]:
    """How many letters were sent; one is due."""
    with app.app_context():
        book()
        with transaction():
            db.session.execute(update(OutboxMessage).values(send_after=LONG_AGO))
    return lambda: len(list((tmp_path / "outbox").glob("*.eml")))


def _slots(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Slot)) or 0


def test_it_sends_and_publishes_until_it_is_asked_to_stop(
    app: Flask, database_url: str, tmp_path: Path, letters: Callable[[], int]
) -> None:
    published = _slots(app)
    with worker(database_url, tmp_path) as process:
        _wait_until(lambda: letters() == 1 and _slots(app) > published, process, tmp_path)
        process.send_signal(signal.SIGTERM)
        assert _ended(process) == 0, (tmp_path / "worker.log").read_text()


def test_what_fails_keeps_nothing_else_from_being_done_and_is_tried_again(
    app: Flask, database_url: str, tmp_path: Path, letters: Callable[[], int]
) -> None:
    def move(before: str, after: str) -> None:
        with app.app_context(), transaction() as session:
            session.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))

    def said() -> str:
        return (tmp_path / "worker.log").read_text()

    published = _slots(app)
    move("opening_rule", "opening_rule_elsewhere")
    with worker(database_url, tmp_path) as process:
        _wait_until(lambda: "the worker could not publish slots" in said(), process, tmp_path)
        _wait_until(lambda: letters() == 1, process, tmp_path)
        assert _slots(app) == published
        move("opening_rule_elsewhere", "opening_rule")
        _wait_until(lambda: _slots(app) > published, process, tmp_path)


def test_it_hands_letters_to_a_mail_server(
    database_url: str, tmp_path: Path, letters: Callable[[], int]
) -> None:
    with moody_server() as server, worker(database_url, tmp_path, SMTP_URL=server.url) as process:
        _wait_until(lambda: len(server.messages) == 1, process, tmp_path)
        process.send_signal(signal.SIGTERM)
        assert _ended(process) == 0, (tmp_path / "worker.log").read_text()
    assert str(server.messages[0]["To"]) == ROSA.email
    assert letters() == 0
