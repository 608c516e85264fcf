"""The floor and our program side by side on one database, and the requests that both are asked."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.cookiejar import CookieJar
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from bench import floor_app, processes
from bench.load import Request
from bench.measured import Server, load
from bench.peers.ours import ROOT, SERVICE, UNLIMITED, System, answering, filled
from bench.peers.workload import Workload, settle
from consular.schedule.versions import ADD_UP
from tests.databases import settings
from tests.servers import PostgreSQL, free_port

WORKERS, THREADS = 2, 2
FLOOR_SLOTS = 40_000
FOR_RACES = 60  # of the slots with as many free seats as a race has, the last are left to it
WORD = "a-clerk-of-the-benchmark-7"
TAKEN = "SELECT count(*) FROM appointment"


@dataclass(frozen=True)
class Measure:
    """What to measure: our requests' name, and the route of the floor beside it."""

    name: str
    floor: str


CELLS = (
    Measure("nearest offices (HTML)", "one SELECT"),
    Measure("nearest offices (JSON)", "one SELECT"),
    Measure("nearest offices, each from another place (JSON)", "one SELECT"),
    Measure("nearest offices, each from another place (HTML)", "one SELECT"),
    Measure("a month (HTML)", "one SELECT"),
    Measure("a month, every slot (JSON)", "one SELECT"),
    Measure("a month, day totals (JSON)", "one SELECT"),
    Measure("a month, every slot, each asked once (JSON)", "one SELECT"),
    Measure("today's screen", "one SELECT"),
    Measure("a place without any data (JSON)", "no database"),
    Measure("booking (API)", "claim and insert"),
)


@dataclass(frozen=True)
class Rate:
    """What one round gave."""

    rate: float
    p50_ms: float


@dataclass
class Place:
    """One database with the floor's and our own server on it, and what nobody has asked for yet."""

    database: str
    floor: Server
    ours: Server
    desk: Server
    system: System
    engine: Engine
    floor_engine: Engine
    started_in: float
    free: dict[int, list[tuple[str, str]]]
    each_round: int
    rounds: int = 0
    citizens: int = 20_000_000
    floor_slots: int = 0
    screens: list[Request] = field(default_factory=list)

    def pair(self, cell: Measure, seconds: int) -> tuple[Rate, Rate]:
        """The floor's rate and ours, one after the other."""
        if cell.floor == "claim and insert":
            return self._claims(seconds), self._bookings(seconds)
        path = "/json" if cell.floor == "no database" else "/select/office-7"
        floor = load(self.floor, [Request(path)], seconds)
        server = self.desk if cell.name == "today's screen" else self.ours
        if "HTML" in cell.name:  # as browsers ask
            server = replace(server, headers={**server.headers, "Accept-Encoding": "gzip"})
        ours = load(server, self._asked(cell.name), seconds)
        return Rate(floor.rate(), floor.p50_ms), Rate(ours.rate(), ours.p50_ms)

    def _asked(self, name: str) -> list[Request]:
        if "each" in name:
            return self._asked_once(name)
        places = ("Caraz", "Cusco", "Huancané", "Pucallpa", "Tumbes", "Ica", "Jauja", "Moyobamba")
        near = [urllib.parse.urlencode({"near": each, "service": SERVICE}) for each in places]
        if name.startswith("nearest"):
            page = "/es/oficinas" if "HTML" in name else "/api/v1/offices"
            return [Request(f"{page}?{each}") for each in near]
        kinds = {
            "a month (HTML)": "page",
            "a month, every slot (JSON)": "slots",
            "a month, day totals (JSON)": "days",
        }
        if name in kinds:
            return self.system.months(kinds[name])
        return [Request("/healthz")] if name.startswith("a place") else self.screens

    def _asked_once(self, name: str) -> list[Request]:
        """Questions of which none has a kept answer: other ones, before any comes again, than memory has room for."""
        if "month" in name:
            visits = [f"&documents={n}&preferential={p}" for n in range(1, 11) for p in ("true", "false")]
            return [Request(each.path + visit) for visit in visits for each in self.system.months("slots")]
        page = "/es/oficinas" if "HTML" in name else "/api/v1/offices"
        # Tenths of the country's width, in an order of its own each round.
        spots = [f"{-3 - n % 149 / 10:.2f},{-70 - n * 7 % 101 / 10:.2f}" for n in range(149 * 101)]
        first = self.rounds * 4000 % len(spots)
        return [Request(f"{page}?near={each}&service={SERVICE}") for each in spots[first:] + spots[:first]]

    def _claims(self, seconds: int) -> Rate:
        first, last = self.floor_slots, self.floor_slots + FLOOR_SLOTS
        self.floor_slots = last
        with self.floor_engine.begin() as connection:
            _seats(connection, first, last)
        requests = [
            Request("/claim", json.dumps({"slot": slot, "document": f"{slot:08d}", "name": "Rosa Quispe"}))
            for slot in range(first, last)
        ]
        count = "SELECT count(*) FROM floor_appointment"
        return self._written(self.floor, requests, seconds, self.floor_engine, count)

    def _bookings(self, seconds: int) -> Rate:
        """Each booking in a slot of its own, of somebody else."""
        # Those with three or five free seats are also raced for.
        slots = self.free[5][:-FOR_RACES] + self.free[4] + self.free[3][:-FOR_RACES] + self.free[2]
        share = len(slots) // self.each_round
        chosen = slots[self.rounds * share : (self.rounds + 1) * share]
        self.rounds += 1
        requests = self.system.bookings(chosen, self._people(len(chosen)))
        rate = self._written(self.ours, requests, seconds, self.engine, TAKEN)
        self._add_up_changes()
        return rate

    def _add_up_changes(self) -> None:
        """What the worker of an installation does each minute; a round of all cells takes longer."""
        if self.database == "postgresql":
            with self.engine.begin() as connection:
                connection.execute(text(ADD_UP))

    def _people(self, count: int) -> int:
        """The first of so many citizens who have never asked for anything."""
        first = self.citizens
        self.citizens += count
        return first

    def _written(
        self, server: Server, requests: list[Request], seconds: int, engine: Engine, counting: str
    ) -> Rate:
        """The rate of what is in the database afterwards, whatever the client saw."""
        before = _count(engine, counting)
        came = load(server, requests, seconds, repeated=False)
        return Rate((_count(engine, counting) - before) / came.seconds, came.p50_ms)

    def contests(
        self, citizens: int, seats: int, count: int
    ) -> Iterator[tuple[list[Request], Callable[[], int]]]:
        """Slots with exactly so many free seats, and as many different citizens for each."""
        for chosen in [self.free[seats].pop() for _ in range(count)]:
            requests = self.system.bookings([chosen] * citizens, self._people(citizens))
            yield requests, lambda: _count(self.engine, TAKEN)

    def weight(self) -> list[str]:
        """Seconds until the first answer, and memory of each worker once it has answered."""
        load(self.ours, self._asked("nearest offices (HTML)"), 1)
        memory = ", ".join(f"{each:.0f}" for each in processes.memory_of(list(self.ours.workers)))
        return [f"{self.database}: started in {self.started_in:.1f} s; workers of {memory} MB (PSS)"]


@contextmanager
def place(database: str, server: PostgreSQL, folder: Path, work: Workload, rounds: int) -> Iterator[Place]:
    """Both on fresh databases of one kind; they end with the block."""
    own = folder / database
    own.mkdir()
    on_server = database == "postgresql"
    ours_url = server.create("floors_ours") if on_server else f"sqlite:///{own / 'ours.db'}"
    floor_url = server.create("floors") if on_server else f"sqlite:///{own / 'floor.db'}"
    key = filled(ours_url, own, work)
    began = time.monotonic()
    with (
        answering(ours_url, own, key, work, WORKERS, THREADS) as system,
        _floor(floor_url, own) as floor,
    ):
        started_in = time.monotonic() - began
        if on_server:
            settle(server.url("floors_ours"))
        ours = Server(system.origin, processes.workers_of(_port(system.origin), WORKERS), system.headers)
        desk = Server(system.origin, ours.workers, {"Cookie": _clerk(ours_url, own, system)})
        free = _free(system)
        screen = Request(f"/desk/offices/{system.offices[0]}/today?day={free[5][0][1][:10]}")
        engine, floor_engine = _engine(ours_url), _engine(floor_url)
        try:
            yield Place(
                database, floor, ours, desk, system, engine, floor_engine, started_in, free, rounds,
                screens=[screen],
            )  # fmt: skip
        finally:
            engine.dispose()
            floor_engine.dispose()


def _free(system: System) -> dict[int, list[tuple[str, str]]]:
    """(office, start) of every slot by its number of free seats, one office after another at each time."""
    found: dict[int, list[tuple[str, str]]] = {seats: [] for seats in range(1, 6)}
    for request in system.months("slots"):
        with urllib.request.urlopen(system.origin + request.path, timeout=30) as answer:  # noqa: S310 - ours
            slots = json.load(answer)["slots"]
        for each in slots:
            found[each["places_left"]].append((request.path.split("/")[4], each["starts_at"]))
    return {seats: sorted(slots, key=lambda each: each[::-1]) for seats, slots in found.items()}


@contextmanager
def _floor(url: str, folder: Path) -> Iterator[Server]:
    """The floor on a new database under the same gunicorn, until the block ends."""
    engine = _engine(url)
    serial = "bigserial" if url.startswith("postgresql") else "integer"
    digest = hashlib.sha256(floor_app.KEY.encode()).hexdigest()
    with engine.begin() as connection:
        for statement in (*floor_app.TABLES, floor_app.APPOINTMENT.format(serial=serial)):
            connection.execute(text(statement))
        connection.execute(text("INSERT INTO floor_key VALUES (:digest, 'measured')"), {"digest": digest})
        for number in range(20):
            office = {"id": number, "slug": f"office-{number}", "name": "An office"}
            connection.execute(text("INSERT INTO floor_office VALUES (:id, :slug, :name)"), office)
    engine.dispose()
    port = free_port()
    serving = {**UNLIMITED, "WEB_CONCURRENCY": str(WORKERS), "WEB_THREADS": str(THREADS), "PORT": str(port)}
    environment = {"PATH": os.environ["PATH"], **settings(url, folder, **serving)}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "bench/floor_server.py",
        "bench.floor_app:create_floor()",
    ]
    with (folder / "floor.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _await(f"http://127.0.0.1:{port}/readyz", process)
        headers = {"Authorization": f"Bearer {floor_app.KEY}", "Content-Type": "application/json"}
        yield Server(f"http://127.0.0.1:{port}", processes.workers_of(port, WORKERS), headers)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def _await(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError("the floor's gunicorn ended")
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - ours
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the floor's gunicorn did not answer in 30 seconds")


def _clerk(url: str, folder: Path, system: System) -> str:
    """The cookie of a clerk of the first office, who signed in by the page."""
    environment = {"PATH": os.environ["PATH"], **settings(url, folder)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "staff", "create", "clerk@example.pe"]
    command += ["--name", "A clerk", "--office", system.offices[0], "--password", WORD]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    page = browser.open(f"{system.origin}/desk/sign-in", timeout=30).read().decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    form = {"csrf_token": token[1], "email": "clerk@example.pe", "password": WORD}
    browser.open(f"{system.origin}/desk/sign-in", urllib.parse.urlencode(form).encode(), timeout=30).close()
    return "; ".join(f"{each.name}={each.value}" for each in jar)


def _seats(connection: object, first: int, last: int) -> None:
    rows = [{"slot": slot} for slot in range(first, last)]
    connection.execute(text("INSERT INTO floor_seat VALUES (:slot, 1, NULL)"), rows)  # type: ignore[attr-defined]


def _engine(url: str) -> Engine:
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))


def _count(engine: Engine, statement: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(statement)).scalar_one())


def _port(origin: str) -> int:
    return int(origin.rsplit(":", 1)[1])
