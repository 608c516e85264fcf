"""Measures this project beside pretix: a month, a booking and a race, turn by turn in one run.

    python -m bench.peers.compare [--rounds 5] [--seconds 5] [--small]

Prints a table and writes bench/results/peers-DATE.json. Both stand on one PostgreSQL server with fsync on, each
under gunicorn with the same number of workers and threads; while one is measured the other waits.
"""

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from bench.load import Load, Request, send
from bench.peers.ours import System, system
from bench.peers.pretix_server import Shop, shop
from bench.peers.workload import Workload, count
from tests.servers import PostgreSQL, postgresql, postgresql_binaries

RESULTS = Path(__file__).resolve().parents[1] / "results"
WORKERS, THREADS = 2, 2
CONNECTIONS = 8
RACERS, RACES = 64, 5
SMALL = Workload(offices=2, days=4, slots_a_day=8)
BOOKED_OURS = "SELECT count(*) FROM appointment"
BOOKED_PRETIX = "SELECT count(*) FROM pretixbase_order"
OVERSOLD_OURS = """
    SELECT coalesce(sum(greatest(taken - seats, 0)), 0) FROM (
        SELECT slot_id, count(*) AS seats, count(appointment_id) AS taken FROM seat GROUP BY slot_id) AS each_slot"""
OVERSOLD_PRETIX = """
    SELECT coalesce(sum(greatest(taken - size, 0)), 0) FROM (
        SELECT q.size, count(p.id) AS taken FROM pretixbase_quota q
        LEFT JOIN pretixbase_orderposition p ON p.subevent_id = q.subevent_id AND NOT p.canceled
        GROUP BY q.id, q.size) AS each_slot"""


@dataclass
class Cell:
    """One line of the table: its rates in every round, and the worst median latency."""

    name: str
    rates: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """The median of the rounds, a second."""
        return statistics.median(self.rates)

    def line(self) -> str:
        """The line as printed."""
        spread = f"{min(self.rates):.1f} to {max(self.rates):.1f}"
        return f"{self.name:46} {self.rate:10.1f} {spread:>20} {statistics.median(self.p50_ms):9.1f}"


@dataclass
class Comparison:
    """Everything of one run."""

    work: Workload
    ours: System
    pretix: Shop
    server: PostgreSQL
    seconds: int
    cells: dict[str, Cell] = field(default_factory=dict)
    oversold: dict[str, int] = field(default_factory=dict)

    @property
    def booking_seconds(self) -> int:
        """Half the time of a read: each booking takes a slot of its own, and there are only so many."""
        return max(1, self.seconds // 2)

    def round(self, free: Iterator[tuple[str, str]], orders: Iterator[Request]) -> None:
        """Every cell once, ours and theirs by turns."""
        month = str(
            self.ours.first.replace(day=1) if self.ours.first.day < 8 else _next_month(self.ours.first)
        )
        self._read("ours: a month, every slot (JSON)", self.ours.origin, self.ours.months("slots"))
        self._read(
            "pretix: a month, worked out (JSON)", self.pretix.origin, self.pretix.months(month, cached=False)
        )
        self._read("ours: a month, day totals (JSON)", self.ours.origin, self.ours.months("days"))
        self._read(
            "pretix: a month, 30 s old at most (JSON)",
            self.pretix.origin,
            self.pretix.months(month, cached=True),
        )
        self._read("ours: the calendar page (HTML)", self.ours.origin, self.ours.months("page"))
        chosen = list(islice(free, 1200 * self.booking_seconds))
        citizens = count(self.server.url("ours"), BOOKED_OURS) + 40_000_000
        requests = self.ours.bookings(chosen, citizens)
        self._book("ours: bookings (API)", self.ours.origin, requests, self.ours.headers, "ours", BOOKED_OURS)
        sent = list(islice(orders, 60 * self.booking_seconds))
        self._book(
            "pretix: orders (API)", self.pretix.origin, sent, self.pretix.headers, "pretix", BOOKED_PRETIX
        )

    def race(self, places: list[tuple[str, str]]) -> None:
        """64 at once for the places of one slot, on both, several times; counted in the database."""
        for place, chosen in enumerate(places):
            ours = self.ours.bookings([chosen] * RACERS, 70_000_000 + place * RACERS)
            _all_at_once(self.ours.origin, ours, self.ours.headers)
            theirs = self.pretix.race(0, -1 - place, RACERS)
            _all_at_once(self.pretix.origin, theirs, self.pretix.headers)
        self.oversold = {
            "ours": count(self.server.url("ours"), OVERSOLD_OURS),
            "pretix": count(self.server.url("pretix"), OVERSOLD_PRETIX),
        }

    def _read(self, name: str, origin: str, requests: list[Request]) -> None:
        load = send(origin, requests, seconds=self.seconds, connections=CONNECTIONS)
        self._keep(name, load, load.rate(200))

    def _book(
        self,
        name: str,
        origin: str,
        requests: list[Request],
        headers: dict[str, str],
        database: str,
        counting: str,
    ) -> None:
        before = count(self.server.url(database), counting)
        load = send(
            origin,
            requests,
            seconds=self.booking_seconds,
            connections=CONNECTIONS,
            headers=headers,
            repeated=False,
        )
        self._keep(name, load, (count(self.server.url(database), counting) - before) / load.seconds)

    def _keep(self, name: str, load: Load, rate: float) -> None:
        if load.unexpected or not rate:
            raise RuntimeError(f"{name}: {dict(load.statuses)}, {load.broken} broken")
        cell = self.cells.setdefault(name, Cell(name))
        cell.rates.append(rate)
        cell.p50_ms.append(load.p50_ms)


def _all_at_once(origin: str, requests: list[Request], headers: dict[str, str]) -> None:
    load = send(origin, requests * 50, seconds=3, connections=RACERS, headers=headers)
    if load.broken:
        raise RuntimeError(f"a race broke {load.broken} connections")


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def compare(work: Workload, rounds: int, seconds: int) -> Comparison:
    """Start both, fill both, measure by turns."""
    binaries = postgresql_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is needed: make setup brings it")
    with _folder() as folder, postgresql(binaries, durable=True) as server:
        (folder / "ours").mkdir()
        (folder / "pretix").mkdir()
        with (
            system(server, folder / "ours", work, WORKERS, THREADS) as ours,
            shop(server, folder / "pretix", work, WORKERS, THREADS) as pretix,
        ):
            run = Comparison(work, ours, pretix, server, seconds)
            places = ours.free()
            free, orders = iter(places[:-RACES]), iter(pretix.orders()[: -RACES * work.offices])
            for _ in range(rounds):
                run.round(free, orders)
            run.race(places[-RACES:])
            return run


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="consular-bench-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument(
        "--small", action="store_true", help="little data: to see that it works, not to measure"
    )
    asked = parser.parse_args()
    run = compare(SMALL if asked.small else Workload(), asked.rounds, asked.seconds)
    _print(run)
    RESULTS.mkdir(exist_ok=True)
    kept = {
        "on": str(run.ours.first),
        "cores": os.cpu_count(),
        "workload": vars(run.work),
        "rounds": asked.rounds,
        "seconds": asked.seconds,
        "rates": {name: cell.rates for name, cell in run.cells.items()},
        "oversold": run.oversold,
    }
    (RESULTS / f"peers-{run.ours.first}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _print(run: Comparison) -> None:
    print(f"{'':46} {'a second':>10} {'spread':>20} {'p50 ms':>9}")
    for cell in run.cells.values():
        print(cell.line())
    rate: Callable[[str], float] = lambda name: run.cells[name].rate  # noqa: E731
    theirs = rate("pretix: a month, worked out (JSON)")
    print(f"a month: {rate('ours: a month, every slot (JSON)') / theirs:.1f} times pretix's (goal 20)")
    ratio = rate("ours: bookings (API)") / rate("pretix: orders (API)")
    print(f"a booking: {ratio:.1f} times pretix's (goal 5)")
    print(f"oversold after {RACES} races of {RACERS}: {run.oversold}")


if __name__ == "__main__":
    main()
