"""django-appointment in the smallest Django project: gunicorn and PostgreSQL, filled with the workload.

It knows no capacity: a staff member attends one citizen at a time. So every seat of an office is a staff member, and
its question of one day is about one seat, where ours answers for the whole office; it has no question about a month.
A booking is two forms, and both are posted: the first writes the request for a start, the second the appointment. The
citizen is signed in, since anybody else must first type a code from a letter.
"""

import http.client
import json
import os
import secrets
import subprocess
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.load import Request
from bench.peers.environments import install, running, web
from bench.peers.workload import Store, Workload, settle
from tests.servers import PostgreSQL, free_port

FOLDER = Path(__file__).resolve().parent
STORE = Store(
    "django_appointment",
    booked="SELECT count(*) FROM appointment_appointment",
    oversold="""
        SELECT coalesce(sum(taken - 1), 0) FROM (
            SELECT count(*) AS taken FROM appointment_appointment a
            JOIN appointment_appointmentrequest r ON r.id = a.appointment_request_id
            GROUP BY r.staff_member_id, r.date, r.start_time) AS each_place""",
)
# The second form; signed in, the e-mail address is that of the account.
PERSON = Request(
    "/client-info/",
    urlencode({"name": "Rosa Quispe", "phone_0": "PE", "phone_1": "987654321", "payment_type": "full"}),
)


@dataclass(frozen=True)
class Place:
    """A staff member's slot, as the package writes dates and times."""

    day: str
    start: str
    end: str
    member: int


@dataclass(frozen=True)
class Site:
    """A running site: where it answers, a signed-in citizen's cookie, each office's staff, and what is free."""

    origin: str
    cookie: str
    service: int
    staff: Sequence[Sequence[int]]
    days_open: Sequence[str]
    free: Sequence[Place]

    # Its views of data answer nobody else than a script of its own pages, which says so.
    asking = {"X-Requested-With": "XMLHttpRequest"}

    @property
    def headers(self) -> dict[str, str]:
        """What its forms need."""
        return {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}

    def days(self) -> list[Request]:
        """The free slots of one day, for each staff member and each day."""
        return [
            Request(self._day(day, member))
            for day in self.days_open
            for office in self.staff
            for member in office
        ]

    def bookings(self, places: Sequence[Place]) -> list[Request]:
        """The first form for each of them; PERSON is the second."""
        return [Request("/request-submit/", self._form(place)) for place in places]

    def wholly_free(self) -> list[list[Place]]:
        """The starts at which every seat of an office is free, in order of time: a place for each seat."""
        offices = {member: number for number, office in enumerate(self.staff) for member in office}
        found: dict[tuple[str, str, int], list[Place]] = {}
        for place in self.free:
            found.setdefault((place.day, place.start, offices[place.member]), []).append(place)
        return [places for (*_, office), places in found.items() if len(places) == len(self.staff[office])]

    def race(self, places: Sequence[Place], racers: int) -> None:
        """That many at once for the seats of one start; everybody books who still sees the chosen seat free."""
        begin = threading.Barrier(racers, timeout=60)

        def run(number: int) -> None:
            place = places[number % len(places)]
            begin.wait()
            _, _, said = self._call("GET", self._day(place.day, place.member), "", self.asking)
            if f"{place.day}T{place.start}" not in [at for at, _ in json.loads(said)["available_slots"]]:
                return
            status, led, _ = self._call("POST", "/request-submit/", self._form(place), self.headers)
            if status != 302 or PERSON.path not in led:
                raise RuntimeError(f"the first form of a race was answered with {status}")
            self._call("POST", led, PERSON.body, self.headers)

        with ThreadPoolExecutor(racers) as pool:
            list(pool.map(run, range(racers)))

    def _day(self, day: str, member: int) -> str:
        asked = {"selected_date": day, "staff_member": member, "service_id": self.service}
        return f"/ajax/available_slots/?{urlencode(asked)}"

    def _form(self, place: Place) -> str:
        form = {"date": place.day, "start_time": place.start, "end_time": place.end}
        return urlencode({**form, "service": self.service, "staff_member": place.member})

    def _call(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, str, bytes]:
        """Status, where the answer leads to, and what it says."""
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=30)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheader("Location", ""), answer.read()
        finally:
            connection.close()


@contextmanager
def site(server: PostgreSQL, folder: Path, work: Workload, workers: int, threads: int) -> Iterator[Site]:
    """A migrated and filled site that answers; it ends with the block."""
    interpreter = install("django-appointment")
    server.create(STORE.database)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "PYTHONPATH": str(FOLDER),
        "DJANGO_SETTINGS_MODULE": "django_appointment_site.settings",
        "SECRET_KEY": secrets.token_urlsafe(40),
        "DATABASE_PORT": str(server.port),
        "DATABASE_NAME": STORE.database,
    }
    said = _fill(interpreter, folder, environment, work)
    settle(server.url(STORE.database))
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    command = web("django.core.wsgi:get_wsgi_application()", port, workers, threads)
    with running(interpreter, [command], folder, environment, f"{origin}/request/{said['service']}/"):
        free = [Place(*each) for each in said["free"]]
        yield Site(origin, said["cookie"], said["service"], said["staff"], said["days"], free)


def _fill(interpreter: Path, folder: Path, environment: dict[str, str], work: Workload) -> Any:
    """Migrate and fill it; what fill.py said."""
    migrate = [str(interpreter), "-m", "django", "migrate"]
    # The package ships no migrations: its tables are made from its models, once those that they point at are there.
    for command in (migrate, [*migrate, "--run-syncdb"]):
        subprocess.run(command, env=environment, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    numbers = [work.offices, work.days, work.slots_a_day, work.seats, work.percent_taken]
    fill = [str(interpreter), "-m", "django_appointment_site.fill", *map(str, numbers)]
    filled = subprocess.run(fill, env=environment, cwd=folder, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(filled.stdout.splitlines()[-1])
