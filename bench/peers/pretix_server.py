"""A pretix shop as its manual runs it: gunicorn, Celery, PostgreSQL and Valkey, filled with the workload."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.load import Request
from bench.peers.workload import Workload, settle
from tests.servers import PostgreSQL, free_port, valkey

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
# Outside bench/peers, so that no linter reads a hundred strangers' packages.
ENVIRONMENT = ROOT / ".venv-pretix"
READY_SECONDS = 90


@dataclass(frozen=True)
class Shop:
    """A running pretix: where it answers, an API token, and per office its item and its dates in order of time."""

    origin: str
    token: str
    offices: Sequence[dict[str, object]]

    @property
    def headers(self) -> dict[str, str]:
        """What an order through the API needs."""
        return {"Authorization": f"Token {self.token}", "Content-Type": "application/json"}

    def months(self, day: str, *, cached: bool) -> list[Request]:
        """A month of every office as its booking widget asks for it.

        pretix keeps an answer for 30 seconds (a date sold out in that time still shows as free); an address that
        nobody asked for yet is worked out.
        """
        asked = [
            f"/measured/{each['slug']}/widget/product_list?lang=en&date={day[:7]}" for each in self.offices
        ]
        if cached:
            return [Request(path) for path in asked]
        return [Request(f"{path}&n={time.time_ns()}-{n}") for n in range(500) for path in asked]

    def orders(self) -> list[Request]:
        """An order on each date of each office, every one on another date."""
        path = "/api/v1/organizers/measured/events/{}/orders/"
        by_date = zip(*(office["dates"] for office in self.offices), strict=True)
        return [
            Request(path.format(office["slug"]), _order(office["item"], date))
            for dates in by_date
            for office, date in zip(self.offices, dates, strict=True)
        ]

    def race(self, office: int, date: int, count: int) -> list[Request]:
        """The same date asked for again and again."""
        chosen = self.offices[office]
        dates = chosen["dates"]
        assert isinstance(dates, list)
        path = f"/api/v1/organizers/measured/events/{chosen['slug']}/orders/"
        return [Request(path, _order(chosen["item"], dates[date]))] * count


def _order(item: object, date: object) -> str:
    position = {
        "item": item,
        "subevent": date,
        "price": "0.00",
        "attendee_name_parts": {"_scheme": "full", "full_name": "Rosa Quispe"},
    }
    return json.dumps(
        {"email": "somebody@example.org", "locale": "en", "sales_channel": "web", "positions": [position]}
    )


def install() -> Path:
    """pretix's own Python, with the pinned packages; made at the first call (a minute or two)."""
    interpreter = ENVIRONMENT / "bin" / "python"
    pins = ROOT / ".ci" / "pretix.lock"
    stamp = ENVIRONMENT / "installed"
    if not stamp.exists() or stamp.read_text() != pins.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
        command = [str(interpreter), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(pins)]
        subprocess.run(command, check=True)
        stamp.write_text(pins.read_text())
    return interpreter


@contextmanager
def shop(server: PostgreSQL, folder: Path, work: Workload, workers: int, threads: int) -> Iterator[Shop]:
    """A migrated and filled pretix that answers; everything that it started ends with it."""
    interpreter = install()
    server.create("pretix")
    with valkey() as redis:
        port = free_port()
        environment = _environment(server, redis, folder, port)
        said = _fill(interpreter, folder, environment, work)
        settle(server.url("pretix"))
        web = ["gunicorn", "pretix.wsgi", f"--bind=127.0.0.1:{port}", f"--workers={workers}"]
        web += [f"--threads={threads}", "--reuse-port", "--log-level=warning", "--preload"]
        worker = ["celery", "-A", "pretix.celery_app", "worker", "-c", "1", "-l", "error"]
        started = [_start(interpreter, command, folder, environment) for command in (web, worker)]
        try:
            origin = f"http://127.0.0.1:{port}"
            _wait_for(f"{origin}/healthcheck/", started[0])
            yield Shop(origin, said["token"], said["offices"])
        finally:
            for process in started:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(20)


def _fill(interpreter: Path, folder: Path, environment: dict[str, str], work: Workload) -> Any:
    """Migrate and fill it; what pretix_shop.py said."""
    migrate = [str(interpreter), "-m", "pretix", "migrate"]
    subprocess.run(migrate, env=environment, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    numbers = [work.offices, work.days, work.slots_a_day, work.seats, work.percent_taken]
    fill = [str(interpreter), str(FOLDER / "pretix_shop.py"), *map(str, numbers)]
    filled = subprocess.run(fill, env=environment, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(filled.stdout.splitlines()[-1])


def _start(
    interpreter: Path, command: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    with (folder / f"{command[0]}.log").open("ab") as log:
        return subprocess.Popen(
            [str(interpreter), "-m", *command],
            env=environment,
            cwd=folder,
            start_new_session=True,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _environment(server: PostgreSQL, redis: str, folder: Path, port: int) -> dict[str, str]:
    (folder / "data").mkdir()
    settings = folder / "pretix.cfg"
    address = redis.rsplit("/", 1)[0]
    settings.write_text(
        f"[pretix]\nurl=http://127.0.0.1:{port}\ndatadir={folder / 'data'}\nregistration=off\n"
        f"[database]\nbackend=postgresql\nname=pretix\nuser=consular\nhost=127.0.0.1\nport={server.port}\n"
        f"[redis]\nlocation={address}/0\nsessions=true\n"
        f"[celery]\nbroker={address}/1\nbackend={address}/2\n"
        "[mail]\nhost=127.0.0.1\nport=1\n",
        encoding="utf-8",
    )
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "PRETIX_CONFIG_FILE": str(settings)}


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("pretix ended; see gunicorn.log")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own loopback address
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"pretix did not answer in {READY_SECONDS} seconds")
