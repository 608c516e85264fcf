"""Races between real processes: each has its own application, connections and threads.

A racer is a number; what it does is one of the functions below, by name, so that every process finds it.
`RACE_ROUNDS` sets how many rounds a race has (2; the long proof uses 50).
"""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import Barrier as ThreadBarrier
from typing import Any

from flask import Flask
from sqlalchemy import func, insert, select, text, update

from consular.appointments.changing import cancel, move
from consular.appointments.holding import hold_places
from consular.appointments.models import Appointment
from consular.foundation import clock
from consular.foundation.database import FAR_FUTURE, db, give_back, transaction
from consular.foundation.errors import Refusal
from consular.schedule.claiming import SlotTaken
from consular.schedule.models import Seat, Slot
from tests.databases import application
from tests.factories import MORNING
from tests.processes import processes
from tests.races.stage import POLICY, citizen, reserve

ROUNDS = int(os.environ.get("RACE_ROUNDS", "2"))
PROCESSES = 4
RACERS = 64
WAIT_SECONDS = 60
THINKING_SECONDS = 0.3

_start: Barrier | None = None


@dataclass(frozen=True)
class Task:
    """What one racer does: the name of a function below, and its arguments."""

    action: str
    arguments: dict[str, Any]


def race(pool: ProcessPoolExecutor, url: str, folder: Path, tasks: Sequence[Task]) -> list[str]:
    """Run all tasks at the same moment, spread over the processes; what each came to, in their order.

    The answer is `ok REFERENCE`, the name of a refusal, or the error that should not have been.
    """
    shares = [list(tasks[number::PROCESSES]) for number in range(PROCESSES)]
    running = [pool.submit(_run_share, url, str(folder), share) for share in shares]
    answers: list[str] = [""] * len(tasks)
    for number, future in enumerate(running):
        answers[number::PROCESSES] = future.result(WAIT_SECONDS * 2)
    return answers


def racing_pool() -> ProcessPoolExecutor:
    """PROCESSES processes that start their share of a race together."""
    context = processes()
    return ProcessPoolExecutor(PROCESSES, context, initializer=_enter, initargs=(context.Barrier(PROCESSES),))


def _enter(start: Barrier) -> None:
    global _start
    _start = start


def _run_share(url: str, folder: str, tasks: list[Task]) -> list[str]:
    assert _start is not None
    ready = ThreadBarrier(len(tasks) + 1)
    with (
        application(url, Path(folder)) as app,
        clock.stopped(MORNING),
        ThreadPoolExecutor(len(tasks)) as threads,
    ):
        running = [threads.submit(_run, app, ready, task) for task in tasks]
        ready.wait(WAIT_SECONDS)  # every thread has been to the database
        _start.wait(WAIT_SECONDS)
        ready.wait(WAIT_SECONDS)
        return [future.result(WAIT_SECONDS) for future in running]


def _run(app: Flask, ready: ThreadBarrier, task: Task) -> str:
    with app.app_context():
        db.session.execute(text("SELECT 1"))
        give_back()  # its connection stays open in the pool, which has fewer than there are racers
        ready.wait(WAIT_SECONDS)
        ready.wait(WAIT_SECONDS)
        try:
            return f"ok {ACTIONS[task.action](**task.arguments)}"
        except Refusal as refusal:
            return refusal.name
        except Exception as problem:  # what a citizen would see as a broken page
            return f"{type(problem).__name__}: {problem}".partition("\n")[0]


# --- What racers do -------------------------------------------------------------------------------


def _book(person: int, starts_at: datetime, service: str = "apostille", **options: Any) -> str:
    return reserve(citizen(person), starts_at, service, **options).reference


def _move(reference: str, starts_at: datetime) -> str:
    with transaction():
        return move(reference, starts_at, policy=POLICY, actor="test").reference


def _cancel(reference: str) -> str:
    with transaction():
        return cancel(reference, policy=POLICY, actor="test").reference


def _hold(starts_at: datetime, people: int) -> str:
    with transaction():
        return hold_places(
            office="cusco", service="apostille", starts_at=starts_at, policy=POLICY, people=people
        ).token


def _book_by_counting(person: int, slot: int) -> str:
    """What most systems do, and the negative control: read what is free, think, then write it down."""
    seat = db.session.scalar(
        select(func.min(Seat.no)).where(Seat.slot_id == slot, Seat.appointment_id.is_(None))
    )
    give_back()
    if seat is None:
        raise SlotTaken()
    time.sleep(THINKING_SECONDS)
    with transaction() as session:
        like = session.execute(select(*Appointment.__table__.c).where(Appointment.slots == 1).limit(1)).one()
        new = {**like._asdict(), "hold": f"h{person}", "person_key": f"p{person}", "status": "booked"}
        start = session.execute(select(Slot.starts_at, Slot.ends_at).where(Slot.id == slot)).one()
        del new["id"]
        number = session.scalar(
            insert(Appointment).values({**new, **start._asdict()}).returning(Appointment.id)
        )
        session.execute(
            update(Seat)
            .where(Seat.slot_id == slot, Seat.no == seat)
            .values(appointment_id=number, free_from=FAR_FUTURE)
        )
    return str(number)


ACTIONS: dict[str, Callable[..., str]] = {
    "book": _book,
    "book by counting": _book_by_counting,
    "move": _move,
    "cancel": _cancel,
    "hold": _hold,
}


def bookings(starts_at: datetime, people: range, **options: Any) -> list[Task]:
    """One booking for each of these people."""
    return [Task("book", {"person": person, "starts_at": starts_at, **options}) for person in people]
