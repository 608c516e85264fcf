"""A program that is killed at any moment leaves whole appointments or none, and loses none that it promised."""

import os
import random
import signal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from consular.appointments import booking
from consular.appointments.auditing import audit_capacity
from consular.appointments.models import Appointment, Booking
from consular.foundation import clock
from consular.foundation.database import db
from consular.foundation.rows import Row
from tests.databases import application, on_both_databases
from tests.factories import MORNING
from tests.processes import processes
from tests.races.stage import SEATS, Stage, at, citizen, reserve

pytestmark = on_both_databases

WAIT_SECONDS = 60
KILLS = 3


def _book_until_killed(url: str, folder: Path, first: int, promised: Connection) -> None:
    """Book one after the other; each reference is told only after its transaction is over."""
    with application(url, folder) as app, app.app_context(), clock.stopped(MORNING):
        starts = [at(9 + slot // 4, slot % 4 * 15, days=day) for day in (1, 2, 3, 4) for slot in range(12)]
        for number, starts_at in enumerate(start for start in starts for _ in range(SEATS)):
            try:
                view = reserve(citizen(first + number), starts_at)
            except Exception as refusal:
                promised.send(f"{type(refusal).__name__}")
            else:
                promised.send(view.reference)


def _die_before_the_end(url: str, folder: Path) -> None:
    """Book up to the end of the transaction, with seats, appointment, journal and letter written.

    An ordinary transaction: where one statement is all of it, this process knows no moment between.
    """
    write = booking.insert_rows

    def write_and_die(*rows: Row, **how: Any) -> None:
        assert write(*rows, **how)
        os.kill(os.getpid(), signal.SIGKILL)

    booking.insert_rows = write_and_die
    with application(url, folder) as app, app.app_context(), clock.stopped(MORNING):
        reserve(citizen(99), at(9, days=1), begins_late=False)


def _counts() -> tuple[int, ...]:
    return tuple(
        db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608  constants
        for table in ("booking", "appointment", "journal", "outbox")
    )


def test_killed_in_the_middle_of_a_booking(app: Flask, stage: Stage, tmp_path: Path) -> None:
    with app.app_context():
        before = _counts()
    victim = processes().Process(target=_die_before_the_end, args=(stage.url, tmp_path))
    victim.start()
    victim.join(WAIT_SECONDS)
    assert victim.exitcode == -signal.SIGKILL
    with app.app_context(), clock.stopped(MORNING):
        assert _counts() == before
        db.session.rollback()
        assert audit_capacity().findings == ()
        for number in range(SEATS):  # its seat is free at once: nothing of it was ever written
            reserve(citizen(100 + number), at(9, days=1))


def test_killed_again_and_again_at_any_moment(app: Flask, stage: Stage, tmp_path: Path) -> None:
    promised: list[str] = []
    for kill in range(KILLS):
        promised += _kill_one(stage, tmp_path, 1000 * (kill + 1), random.Random(kill).randint(5, 25))
        with app.app_context():
            assert audit_capacity().findings == ()
    references = {each for each in promised if "-" in each}
    assert len(references) >= KILLS * 5
    with app.app_context():
        kept = select(Booking.reference).join(Appointment).where(Appointment.status == "booked")
        assert references <= set(db.session.scalars(kept)), "an appointment that was promised is gone"


def _kill_one(stage: Stage, folder: Path, first: int, after: int) -> list[str]:
    """Let a process book, kill it while it goes on after `after` promises, and return all that it promised."""
    context = processes()
    mine, its = context.Pipe(duplex=False)
    victim = context.Process(target=_book_until_killed, args=(stage.url, folder, first, its))
    victim.start()
    its.close()
    promised = []
    while len([each for each in promised if "-" in each]) < after:
        assert mine.poll(WAIT_SECONDS), "it says nothing"
        promised.append(mine.recv())
    assert victim.pid is not None
    os.kill(victim.pid, signal.SIGKILL)
    victim.join(WAIT_SECONDS)
    assert victim.exitcode == -signal.SIGKILL
    while True:
        try:
            promised.append(mine.recv())
        except (EOFError, OSError):
            return promised
