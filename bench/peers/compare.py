"""Measures this project beside its peers: what is free, a booking and a race, turn by turn in one run.

    python -m bench.peers.compare [--rounds 5] [--seconds 5] [--small]

Prints a table and writes bench/results/peers-DATE.json. All stand on one PostgreSQL server with fsync on, each
under gunicorn with the same number of workers and threads; while one is measured the others wait.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from bench.load import Request, send
from bench.peers.cells import Cells
from bench.peers.django_appointment_server import PERSON, Place, Site, site
from bench.peers.django_appointment_server import STORE as DJANGO_APPOINTMENT
from bench.peers.ours import STORE as OURS
from bench.peers.ours import System, system
from bench.peers.pretix_server import STORE as PRETIX
from bench.peers.pretix_server import Shop, shop
from bench.peers.workload import Workload, count
from tests.servers import postgresql, postgresql_binaries

RESULTS = Path(__file__).resolve().parents[1] / "results"
WORKERS, THREADS = 2, 2
RACERS, RACES = 64, 5
SMALL = Workload(offices=4, days=15, slots_a_day=16)
STORES = {"ours": OURS, "pretix": PRETIX, "django-appointment": DJANGO_APPOINTMENT}
# Which of ours is compared with which of theirs, and how many times theirs it shall be.
GOALS = (
    ("ours: a month, every slot (JSON)", "pretix: a month, worked out (JSON)", 20),
    ("ours: bookings (API)", "pretix: orders (API)", 5),
    ("ours: a day, every slot (JSON)", "django-appointment: free slots of one day (JSON)", None),
    ("ours: bookings (API)", "django-appointment: bookings (pages)", None),
)


@dataclass
class Waiting:
    """What may be booked once only, each system's in its own form; a round takes the next of them.

    Of ours, the fastest, each round has an equal share.
    """

    ours: Iterator[Sequence[tuple[str, str]]]
    pretix: Iterator[Request]
    django_appointment: Iterator[Place]


@dataclass
class Comparison:
    """Everything of one run."""

    work: Workload
    ours: System
    pretix: Shop
    site: Site
    cells: Cells
    citizens: int = 40_000_000  # the first who has never asked for anything
    oversold: dict[str, int] = field(default_factory=dict)

    def round(self, waiting: Waiting) -> None:
        """Every cell once, ours and theirs by turns."""
        self._months()
        self.cells.read("ours: a day, every slot (JSON)", self.ours.origin, self.ours.days())
        self.cells.read(
            "django-appointment: free slots of one day (JSON)",
            self.site.origin,
            self.site.days(),
            self.site.asking,
        )
        self._bookings(waiting)

    def times(self) -> Iterator[str]:
        """How many times theirs ours is, in a line each."""
        for ours, theirs, goal in GOALS:
            wanted = f" (goal {goal})" if goal else ""
            yield f"{ours}: {self.cells.times(ours, theirs):.1f} times {theirs}{wanted}"

    def _months(self) -> None:
        ours, pretix, first = self.ours, self.pretix, self.ours.first
        month = str(first.replace(day=1) if first.day < 8 else _next_month(first))
        self.cells.read("ours: a month, every slot (JSON)", ours.origin, ours.months("slots"))
        worked_out = pretix.months(month, cached=False)
        self.cells.read("pretix: a month, worked out (JSON)", pretix.origin, worked_out)
        self.cells.read("ours: a month, day totals (JSON)", ours.origin, ours.months("days"))
        kept = pretix.months(month, cached=True)
        self.cells.read("pretix: a month, 30 s old at most (JSON)", pretix.origin, kept)
        self.cells.read("ours: the calendar page (HTML)", ours.origin, ours.months("page"))

    def _bookings(self, waiting: Waiting) -> None:
        ours, pretix, site, seconds = self.ours, self.pretix, self.site, self.cells.booking_seconds
        chosen = next(waiting.ours)
        sent = ours.bookings(chosen, self.citizens)
        # Also those whose turn did not come: two threads of wrk do not run in step.
        self.citizens += len(chosen)
        load = self.cells.book("ours: bookings (API)", ours.origin, sent, ours.headers, OURS)
        if load.refused:
            raise RuntimeError(
                f"each is of a place and a person of its own, and some were refused: {load.statuses}"
            )
        sent = list(islice(waiting.pretix, 60 * seconds))
        self.cells.book("pretix: orders (API)", pretix.origin, sent, pretix.headers, PRETIX)
        sent = site.bookings(list(islice(waiting.django_appointment, 500 * seconds)))
        self.cells.book(
            "django-appointment: bookings (pages)",
            site.origin,
            sent,
            site.headers,
            DJANGO_APPOINTMENT,
            following=PERSON,
        )

    def race(self, ours: Sequence[tuple[str, str]], theirs: Sequence[Sequence[Place]]) -> None:
        """64 at once for the places of one slot, on each, several times; counted in the database."""
        for place, (chosen, seats) in enumerate(zip(ours, theirs, strict=True)):
            bookings = self.ours.bookings([chosen] * RACERS, 70_000_000 + place * RACERS)
            _all_at_once(self.ours.origin, bookings, self.ours.headers)
            orders = self.pretix.race(0, -1 - place, RACERS)
            _all_at_once(self.pretix.origin, orders, self.pretix.headers)
            self.site.race(seats, RACERS)
        server = self.cells.server
        self.oversold = {
            name: count(server.url(store.database), store.oversold) for name, store in STORES.items()
        }


def _all_at_once(origin: str, requests: list[Request], headers: dict[str, str]) -> None:
    load = send(origin, requests * 50, seconds=3, connections=RACERS, headers=headers)
    if load.broken:
        raise RuntimeError(f"a race broke {load.broken} connections")


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def compare(work: Workload, rounds: int, seconds: int) -> Comparison:
    """Start all, fill all, measure by turns."""
    binaries = postgresql_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is needed: make setup brings it")
    with _folder() as folder, postgresql(binaries, durable=True) as server:
        for name in STORES:
            (folder / name).mkdir()
        with (
            system(server, folder / "ours", work, WORKERS, THREADS) as ours,
            shop(server, folder / "pretix", work, WORKERS, THREADS) as pretix,
            site(server, folder / "django-appointment", work, WORKERS, THREADS) as django_appointment,
        ):
            run = Comparison(work, ours, pretix, django_appointment, Cells(server, seconds))
            places, contested = ours.free(), django_appointment.wholly_free()[-RACES:]
            kept = {place for seats in contested for place in seats}
            share = (len(places) - RACES) // rounds
            waiting = Waiting(
                (places[begin : begin + share] for begin in range(0, rounds * share, share)),
                iter(pretix.orders()[: -RACES * work.offices]),
                iter([place for place in django_appointment.free if place not in kept]),
            )
            for _ in range(rounds):
                run.round(waiting)
            run.race(places[-RACES:], contested)
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
        "rates": {name: cell.rates for name, cell in run.cells.by_name.items()},
        "said": list(run.times()),
        "oversold": run.oversold,
    }
    (RESULTS / f"peers-{run.ours.first}.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _print(run: Comparison) -> None:
    print(f"{'':50} {'a second':>10} {'spread':>20} {'p50 ms':>9}")
    for cell in run.cells.by_name.values():
        print(cell.line())
    for line in run.times():
        print(line)
    print(f"oversold after {RACES} races of {RACERS}: {run.oversold}")


if __name__ == "__main__":
    main()
