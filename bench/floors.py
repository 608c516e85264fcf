"""Measures this project beside the least that a Flask application can do, on SQLite and PostgreSQL.

    python -m bench.floors [--rounds 5] [--seconds 3] [--quick] [--busy]

Every cell has its floor beside it, measured just before it in the same round. Prints a table and writes
bench/results/floors-DATE.json. `--quick` says only that everything works, with little data and in little time.
"""

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench import pg_floor, processes
from bench.floor_places import CELLS, Place, place
from bench.measured import Cell
from bench.peers.workload import Workload
from bench.races import race, verdict
from bench.weights import Weight, weigh
from tests.servers import PostgreSQL, postgresql, postgresql_binaries

RESULTS = Path(__file__).resolve().parent / "results"
FULL = Workload(offices=20, days=30, slots_a_day=32, seats=5)
SMALL = Workload(offices=4, days=8, slots_a_day=32, seats=5)
GOAL = 0.5
RACES = ((64, 3), (100, 5))  # how many citizens for how many seats


class Table:
    """All cells of a run, by name, and what the pages weigh."""

    def __init__(self) -> None:
        self.cells: dict[str, Cell] = {}
        self.weights: Sequence[Weight] = ()

    def keep(self, name: str, rate: float, p50_ms: float | None = None, floor: str | None = None) -> None:
        """Note what one round gave."""
        cell = self.cells.setdefault(name, Cell(name, self.cells[floor] if floor else None))
        cell.rates.append(rate)
        if p50_ms is not None:
            cell.p50_ms.append(p50_ms)

    def lines(self) -> Iterator[str]:
        """The table as printed."""
        yield f"{'':52}{'a second':>10}{'least':>9}{'most':>9}{'p50 ms':>9}{'of floor':>10}"
        for cell in self.cells.values():
            rates = f"{cell.rate:10.0f}{min(cell.rates):9.0f}{max(cell.rates):9.0f}"
            p50 = f"{median(cell.p50_ms):9.1f}" if cell.p50_ms else " " * 9
            ratio = f"{cell.of_floor:10.2f}" if cell.of_floor is not None else ""
            yield f"{cell.name:52}{rates}{p50}{ratio}"


def round_of(where: Place, table: Table, seconds: int) -> None:
    """Each cell of one database once, its floor just before it."""
    for cell in CELLS:
        floor, ours = where.pair(cell, seconds)
        beside = f"{where.database}: {cell.floor}, beside {cell.name}"
        table.keep(beside, floor.rate, floor.p50_ms)
        table.keep(f"{where.database}: {cell.name}", ours.rate, ours.p50_ms, beside)


def pgbench_round(server: PostgreSQL, binaries: Path, table: Table, seconds: int) -> None:
    """PostgreSQL alone, without any Python."""
    url = server.url("pgbench")
    for name, hot in (
        ("claim and insert, seats of their own", False),
        ("claim and insert, one hot row", True),
    ):
        rate = pg_floor.transactions(binaries, url, hot=hot, seconds=seconds)
        table.keep(f"pgbench: {name}", rate)


def races(where: Place, count: int) -> list[str]:
    """Each race several times; raises when a seat is given twice or not at all."""
    lines = []
    for citizens, seats in RACES:
        run = []
        for requests, taken in where.contests(citizens, seats, count):
            before = taken()
            run.append(race(where.ours.origin, requests, where.ours.headers))
            if taken() - before != seats:
                raise RuntimeError(f"{where.database}: {taken() - before} of {seats} seats were taken")
        lines.append(f"{where.database}: {citizens} for {seats}: {verdict(run, seats)}")
    return lines


def measure(asked: argparse.Namespace) -> tuple[Table, list[str]]:
    """Start everything, measure by turns, end everything."""
    binaries = postgresql_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is needed: make setup brings it")
    work = SMALL if asked.quick else FULL
    table, said = Table(), []
    with ExitStack() as open_now:
        folder = Path(open_now.enter_context(tempfile.TemporaryDirectory(prefix="consular-bench-")))
        server = open_now.enter_context(postgresql(binaries, durable=True))
        server.create("pgbench")
        places = [
            open_now.enter_context(place(database, server, folder, work, asked.rounds))
            for database in ("postgresql", "sqlite")
        ]
        said += [line for each in places for line in each.weight()]
        # On one of the databases: the pages are the same on both.
        table.weights = weigh(places[0].ours.origin, places[0].system.offices[0])
        for number in range(asked.rounds):
            _refuse_company(asked)
            print(f"· round {number + 1} of {asked.rounds}", file=sys.stderr)
            for each in places:
                round_of(each, table, asked.seconds)
            pgbench_round(server, binaries, table, asked.seconds)
        for each in places:
            said += races(each, 2 if asked.quick else 50)
    return table, said


def _refuse_company(asked: argparse.Namespace) -> None:
    """A rate beside other processes says nothing."""
    busy = processes.busy_share()
    if busy > processes.BUSY and not (asked.quick or asked.busy):
        raise SystemExit(f"other processes use {busy:.0%} of the cores: stop them, or say --busy")


def goals(table: Table) -> list[str]:
    """Each cell that has a goal, and whether it reaches it."""
    lines = []
    for cell in table.cells.values():
        if cell.of_floor is not None and "today" not in cell.name and "each" not in cell.name:
            word = "reached" if cell.of_floor >= GOAL else "NOT reached"
            lines.append(f"{cell.name}: {cell.of_floor:.2f} of its floor, goal {GOAL}: {word}")
    return lines


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="little data, one round: does it work?")
    parser.add_argument("--busy", action="store_true", help="measure though other processes use the cores")
    asked = parser.parse_args()
    if asked.quick:
        asked.rounds, asked.seconds = 1, 1
    # Whoever ends it from outside ends its servers too, as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    table, said = measure(asked)
    print("\n".join([*table.lines(), "", *said, *(each.line() for each in table.weights)]))
    if asked.quick:
        return
    print("\n".join(["", *goals(table)]))
    _write(asked, table, said)


def _write(asked: argparse.Namespace, table: Table, said: list[str]) -> None:
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    kept = {
        "at": now.isoformat(timespec="seconds"),
        "machine": {
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "rounds": asked.rounds,
        "seconds": asked.seconds,
        "workload": vars(FULL),
        "beside_others": asked.busy,
        "cells": {
            cell.name: {"rates": cell.rates, "p50_ms": cell.p50_ms, "of_floor": cell.of_floor}
            for cell in table.cells.values()
        },
        "weights": [vars(each) for each in table.weights],
        "said": said,
    }
    path = RESULTS / f"floors-{now:%Y-%m-%d}.json"
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\nwritten: {path.relative_to(Path.cwd())}")


if __name__ == "__main__":
    main()
