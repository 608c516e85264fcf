"""A pretix shop as its manual runs it: gunicorn, Celery, PostgreSQL and Valkey, filled with the workload."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.load import Request
from bench.peers.environments import install, running, web
from bench.peers.workload import Store, Workload, settle
from tests.servers import PostgreSQL, free_port, valkey

FOLDER = Path(__file__).resolve().parent
STORE = Store(
    "pretix",
    booked="SELECT count(*) FROM pretixbase_order",
    oversold="""
        SELECT coalesce(sum(greatest(taken - size, 0)), 0) FROM (
            SELECT q.size, count(p.id) AS taken FROM pretixbase_quota q
            LEFT JOIN pretixbase_orderposition p ON p.subevent_id = q.subevent_id AND NOT p.canceled
            GROUP BY q.id, q.size) AS each_slot""",
)


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


@contextmanager
def shop(server: PostgreSQL, folder: Path, work: Workload, workers: int, threads: int) -> Iterator[Shop]:
    """A migrated and filled pretix that answers; everything that it started ends with it."""
    interpreter = install("pretix")
    server.create(STORE.database)
    with valkey() as redis:
        port = free_port()
        environment = _environment(server, redis, folder, port)
        said = _fill(interpreter, folder, environment, work)
        settle(server.url(STORE.database))
        worker = ["celery", "-A", "pretix.celery_app", "worker", "-c", "1", "-l", "error"]
        commands = [web("pretix.wsgi", port, workers, threads), worker]
        origin = f"http://127.0.0.1:{port}"
        with running(interpreter, commands, folder, environment, f"{origin}/healthcheck/"):
            yield Shop(origin, said["token"], said["offices"])


def _fill(interpreter: Path, folder: Path, environment: dict[str, str], work: Workload) -> Any:
    """Migrate and fill it; what pretix_shop.py said."""
    migrate = [str(interpreter), "-m", "pretix", "migrate"]
    subprocess.run(migrate, env=environment, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    numbers = [work.offices, work.days, work.slots_a_day, work.seats, work.percent_taken]
    fill = [str(interpreter), str(FOLDER / "pretix_shop.py"), *map(str, numbers)]
    filled = subprocess.run(fill, env=environment, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(filled.stdout.splitlines()[-1])


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
