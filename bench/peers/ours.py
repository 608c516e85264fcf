"""This project under the same workload: its own gunicorn configuration, PostgreSQL, a key of its own."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from bench.load import Request
from bench.peers.workload import Store, Workload, settle
from tests.api.serving import gunicorn
from tests.databases import migrate, settings
from tests.servers import PostgreSQL

ROOT = Path(__file__).resolve().parents[2]
SERVICE = "apostille"
# Working days are five of seven, and the calendar is as long as the workload's days.
CALENDAR = 7 / 5
STORE = Store(
    "ours",
    booked="SELECT count(*) FROM appointment",
    oversold="""
        SELECT coalesce(sum(greatest(taken - seats, 0)), 0) FROM (
            SELECT slot_id, count(*) AS seats, count(appointment_id) AS taken FROM seat GROUP BY slot_id
        ) AS each_slot""",
)
UNLIMITED = {
    "API_READS_PER_MINUTE": "10000000",
    "API_WRITES_PER_MINUTE": "10000000",
    "ACCESS_LOG": "/dev/null",
}


@dataclass(frozen=True)
class System:
    """Where ours answers, a key that may book, the offices, and the first and last day of a month of slots."""

    origin: str
    key: str
    offices: Sequence[str]
    first: date
    last: date

    @property
    def headers(self) -> dict[str, str]:
        """What a booking through the API needs."""
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    def months(self, kind: str) -> list[Request]:
        """A month of every office: `slots` (every slot with its places), `days` (totals) or `page` (HTML)."""
        asked = f"service={SERVICE}&from={self.first}&to={self.last}"
        paths = {
            "slots": "/api/v1/offices/{}/slots?" + asked,
            "days": "/api/v1/offices/{}/days?" + asked,
            "page": f"/en/offices/{{}}/appointment?service={SERVICE}",
        }
        return [Request(paths[kind].format(slug)) for slug in self.offices]

    def days(self) -> list[Request]:
        """Every slot of one day, for each office and each day from tomorrow that may be a working day."""
        dates = [self.first + timedelta(days=n) for n in range(1, (self.last - self.first).days)]
        return [
            Request(f"/api/v1/offices/{slug}/slots?service={SERVICE}&from={day}&to={day}")
            for day in dates
            if day.weekday() < 5
            for slug in self.offices
        ]

    def free(self) -> list[tuple[str, str]]:
        """(office, start) of every slot with a place, one office after another at each time."""
        found = []
        for request in self.months("slots"):
            slug = request.path.split("/")[4]
            with urllib.request.urlopen(self.origin + request.path, timeout=30) as answer:  # noqa: S310 - ours
                slots = json.load(answer)["slots"]
            found += [(each["starts_at"], slug) for each in slots]
        return [(slug, at) for at, slug in sorted(found)]

    def bookings(self, chosen: Sequence[tuple[str, str]], citizens: int) -> list[Request]:
        """A booking for each (office, start), each of another citizen, numbered from `citizens` on."""
        return [
            Request("/api/v1/appointments", _booking(office, at, citizens + place))
            for place, (office, at) in enumerate(chosen)
        ]


def _booking(office: str, starts_at: str, citizen: int) -> str:
    return json.dumps(
        {
            "office": office,
            "service": SERVICE,
            "starts_at": starts_at,
            "citizen": {
                "document_type": "dni",
                "document_number": f"{citizen:08d}",
                "given_names": "Rosa",
                "family_names": "Quispe",
                "email": "somebody@example.org",
            },
        }
    )


@contextmanager
def system(server: PostgreSQL, folder: Path, work: Workload, workers: int, threads: int) -> Iterator[System]:
    """Ours, migrated, filled and answering; it ends with the block."""
    url = server.create(STORE.database)
    key = filled(url, folder, work)
    settle(server.url(STORE.database))
    # Its peers, as gunicorn serves them, write none.
    with answering(url, folder, key, work, workers, threads, ACCESS_LOG="") as found:
        yield found


def calendar_days(work: Workload) -> int:
    """Days of a calendar that has the workload's number of working days."""
    return round(work.days * CALENDAR)


def filled(url: str, folder: Path, work: Workload) -> str:
    """Migrate a new database, fill it with the workload; a key that may book."""
    migrate(url, folder)
    environment = {"PATH": os.environ["PATH"], **settings(url, folder, **UNLIMITED)}
    command = [sys.executable, "-m", "bench.generate", url, f"--offices={work.offices}"]
    command += [f"--days={calendar_days(work)}", f"--slots-a-day={work.slots_a_day}", f"--seats={work.seats}"]
    subprocess.run(
        [*command, f"--taken={work.percent_taken / 100}"],
        cwd=ROOT,
        env=environment,
        check=True,
        stdout=sys.stderr,
    )
    issue = [sys.executable, "-m", "flask", "--app", "wsgi", "api-keys", "issue", "measured"]
    issued = subprocess.run(issue, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return issued.stdout.split()[-1]


@contextmanager
def answering(
    url: str, folder: Path, key: str, work: Workload, workers: int, threads: int, **others: str
) -> Iterator[System]:
    """Ours under gunicorn on a filled database, until the block ends; `others` are settings."""
    serving = {**UNLIMITED, "WEB_CONCURRENCY": str(workers), "WEB_THREADS": str(threads), **others}
    with gunicorn(url, folder, **serving) as port:
        origin = f"http://127.0.0.1:{port}"
        with urllib.request.urlopen(f"{origin}/api/v1/offices", timeout=30) as answer:  # noqa: S310 - ours
            body = json.load(answer)
        today = datetime.fromisoformat(body["as_of"]).date()
        slugs = sorted(office["slug"] for office in body["offices"])
        yield System(origin, key, slugs, today, today + timedelta(days=calendar_days(work)))
