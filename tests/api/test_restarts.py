"""The server is restarted in the middle of many bookings: who asks again with the same key has one place, and no seat is lost."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import time as clock_time
from datetime import timedelta
from http.client import HTTPException
from itertools import count
from pathlib import Path
from threading import Event, Lock
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from consular.appointments.auditing import audit_capacity
from consular.appointments.models import Appointment, Booking
from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.schedule.models import Seat
from consular.schedule.publishing import publish
from consular.staff.api_keys import issue
from tests.api.bodies import citizen
from tests.api.serving import call, start_gunicorn
from tests.databases import on_both_databases
from tests.factories import make_offer, make_office, make_rule, make_service
from tests.servers import free_port

AT_ONCE = 8
# People come until the disturbances are over, however fast they are served.
FEWEST, MOST = 130, 900
GIVES_UP = 90  # seconds
AGAIN_AFTER = 0.05


@dataclass
class Server:
    """A gunicorn that can be restarted on its port."""

    url: str
    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = start_gunicorn(self.url, self.folder, self.port)

    def hang_up(self) -> None:
        """New workers for old ones, without closing the door."""
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(40)

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Server]:
    """Started; whatever became of it is ended."""
    running = Server(database_url, tmp_path)
    running.start()
    yield running
    if running.process and running.process.poll() is None:
        running.kill()


@pytest.fixture
def morning_for_all(app: Flask) -> tuple[str, list[str]]:
    """A key, and starts of tomorrow with more places than there are people."""
    with app.app_context(), transaction():
        office, service = make_office("cusco", "Cusco"), make_service("apostille")
        make_offer(office, service)
        for weekday in range(7):
            make_rule(
                office, [service], weekday, opens=clock_time(9), closes=clock_time(12), seats=MOST // 12
            )
        publish(3, clock.now())
        key = issue("insistent", "book")
    tomorrow = (clock.now() - timedelta(hours=5)).date() + timedelta(days=1)
    return key, [f"{tomorrow}T{14 + quarter // 4}:{quarter % 4 * 15:02}:00Z" for quarter in range(12)]


@dataclass
class Insistent:
    """Programs that ask again, with the same key, until they are answered."""

    port: int
    key: str
    starts: list[str]
    answered: list[dict[str, Any]] = field(default_factory=list)
    unanswered: int = 0
    lock: Lock = field(default_factory=Lock)
    numbers: Iterator[int] = field(default_factory=count)
    disturbed: Event = field(default_factory=Event)
    over: Event = field(default_factory=Event)

    def come(self) -> None:
        """One after the other, until enough have come and nothing more is going to happen to the server."""
        for number in iter(self._next, MOST):
            if self.over.is_set() or (self.disturbed.is_set() and number >= FEWEST):
                return
            self.book(number)

    def _next(self) -> int:
        with self.lock:
            return min(next(self.numbers), MOST)

    def book(self, number: int) -> None:
        body = {
            "office": "cusco",
            "service": "apostille",
            "starts_at": self.starts[number % len(self.starts)],
            "citizen": citizen(number),
        }
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency_Key": f"insistent-{number}"}
        while not self.over.is_set():
            try:
                status, made = call(self.port, "POST", "/api/v1/appointments", body, **headers)
            except (OSError, HTTPException, ValueError):  # cut off, or half of an answer
                status, made = 503, {}
            if status != 503:
                break
            with self.lock:
                self.unanswered += 1
            time.sleep(AGAIN_AFTER)
        assert status == 201, made
        with self.lock:
            self.answered.append(made)

    def reach(self, people: int) -> None:
        """Wait until so many have their answer."""
        until = time.monotonic() + GIVES_UP
        while len(self.answered) < people:
            assert time.monotonic() < until, f"only {len(self.answered)} were answered"
            time.sleep(0.002)

    def go_unanswered(self, requests: int) -> None:
        """Wait until so many requests were turned away: somebody has noticed that the server is not there."""
        until = time.monotonic() + GIVES_UP
        while self.unanswered < requests:
            assert time.monotonic() < until, "nobody was left to be disturbed"
            time.sleep(0.002)


def _while_all_book(programs: Insistent, disturb: Callable[[], None]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        booking = [pool.submit(programs.come) for _ in range(AT_ONCE)]
        try:
            disturb()
            programs.disturbed.set()
            for each in booking:
                each.result(GIVES_UP)
        finally:
            programs.over.set()


def _is_whole(app: Flask, answered: list[dict[str, Any]]) -> None:
    """Everybody who was promised a place has one, nobody else has, and no seat is kept for nobody."""
    promised = {made["reference"] for made in answered}
    assert FEWEST <= len(promised) == len(answered)
    with app.app_context():
        kept = db.session.scalars(select(Booking.reference).join(Appointment)).all()
        held = db.session.scalar(select(func.count()).where(Seat.hold.is_not(None)))
        audited = audit_capacity()
        db.session.remove()
    assert sorted(kept) == sorted(promised)
    assert (audited.findings, audited.taken, held) == ((), len(answered), 0)


@on_both_databases
def test_restarted_in_the_middle_of_bookings(app: Flask, morning_for_all, server: Server):
    programs = Insistent(server.port, *morning_for_all)

    def restart() -> None:
        programs.reach(30)
        server.hang_up()
        programs.reach(80)
        server.stop()
        noticed = programs.unanswered
        programs.go_unanswered(noticed + 1)
        server.start()

    _while_all_book(programs, restart)
    _is_whole(app, programs.answered)


@on_both_databases
def test_killed_in_the_middle_of_bookings(app: Flask, morning_for_all, server: Server):
    """Without any warning, workers and all: what was under way is whole or was never there."""
    programs = Insistent(server.port, *morning_for_all)

    def kill() -> None:
        for reached in (40, 120):
            programs.reach(reached)
            noticed = programs.unanswered
            server.kill()
            programs.go_unanswered(noticed + 1)
            server.start()

    _while_all_book(programs, kill)
    _is_whole(app, programs.answered)
