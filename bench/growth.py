"""Measures whether answers take as long in a large country as in a small one, on PostgreSQL and SQLite.

    python -m bench.growth [--sizes 20,200,2000,10000] [--sqlite-sizes 20,200,2000] [--rounds 20] [--quick]
                           [--many-slots]

Every office has the same calendar at every size, so only the country grows: 10,000 offices are 2.2 million slots
and 3.1 million appointments; with --many-slots they are 20 million slots. Each size is a fresh database of its own; all are open at
once and asked by turns (A B C D A B C D), so that noise hits all alike. Prints a table and writes
bench/results/growth-DATE.json. A question that sends more statements to a larger database stops the run.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from bench.growth_sums import Growth, Turn, table
from bench.growth_worker import BOOKING, CHANGED
from bench.peers.ours import ROOT, UNLIMITED
from bench.peers.workload import settle
from tests.databases import migrate, settings
from tests.servers import PostgreSQL, postgresql, postgresql_binaries

RESULTS = Path(__file__).resolve().parent / "results"
A_TURN = 10  # requests of one size before the next has its turn
# Days. 70 % taken gives three million appointments at 10,000 offices.
CALENDAR, SMALL_CALENDAR = 60, 14
FILLED = ("--slots-a-day=6", "--seats=2", "--taken=0.7")
# Twenty million slots at 10,000 offices, and again three million appointments.
MANY_SLOTS = ("--slots-a-day=54", "--seats=1", "--taken=0.15")
# With this seed three of the first 20 offices attend without appointment, so that the smallest country has every
# sort of answer: whoever is near such an office costs one statement more, the closures of the days ahead.
SEED = 30
ROWS = ("slot", "seat", "appointment")


@dataclass
class Size:
    """One database with its process, the rows that it began with, and the bookings that were made in it."""

    database: str
    offices: int
    process: subprocess.Popen[str]
    url: str
    rows: dict[str, int]
    questions: list[str]
    booked: int = 0
    memory: dict[str, float] = field(default_factory=dict)

    def ask(self, name: str, times: int = A_TURN) -> Any:
        """What its process answers.

        Raises:
            RuntimeError: it ended.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"ask": name, "times": times}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.database} of {self.offices} offices ended: {name}")
        return json.loads(line)

    def turn(self, name: str, times: int = A_TURN) -> Turn:
        """One turn of a question; bookings are added up."""
        answer = self.ask(name, times)
        self.booked += times + 1 if name == BOOKING else 0
        return Turn(answer["ms"], answer["statements"])

    def check_bookings(self) -> None:
        """Every booking that was confirmed is in the database, and nothing else.

        Raises:
            RuntimeError: one is missing.
        """
        grown = _count(self.url)["appointment"] - self.rows["appointment"]
        if grown != self.booked:
            raise RuntimeError(f"{self.database} of {self.offices}: {self.booked} confirmed, {grown} written")


@contextmanager
def size(
    database: str, offices: int, server: PostgreSQL, folder: Path, calendar: Sequence[str]
) -> Iterator[Size]:
    """A fresh database of that many offices with a process on it; both end with the block.

    `calendar` is what bench.generate is told of each office's: its days, slots, seats, and how many are taken.
    """
    own = folder / f"{database}-{offices}"
    own.mkdir()
    on_server = database == "postgresql"
    url = server.create(f"growth_{offices}", "migrated") if on_server else f"sqlite:///{own / 'growth.db'}"
    if not on_server:
        shutil.copyfile(folder / "migrated.db", own / "growth.db")
    began = time.monotonic()
    environment = {"PATH": os.environ["PATH"], **settings(url, own, **UNLIMITED)}
    environment["GROWTH_KEY"] = _fill(url, offices, calendar, environment)
    if on_server:
        settle(url)
    _refuse_without_guards(url)
    rows = _count(url)
    print(f"· {database}, {offices:,} offices: {rows} in {time.monotonic() - began:.0f} s", file=sys.stderr)
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.growth_worker"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield Size(database, offices, process, url, rows, json.loads(process.stdout.readline() or "[]"))
    finally:
        process.kill()
        process.wait(20)


def _fill(url: str, offices: int, calendar: Sequence[str], environment: dict[str, str]) -> str:
    """Invent the country; a key that may book."""
    command = [sys.executable, "-m", "bench.generate", url, f"--offices={offices}", *calendar]
    subprocess.run([*command, f"--seed={SEED}"], cwd=ROOT, env=environment, check=True, stdout=sys.stderr)
    issue = [sys.executable, "-m", "flask", "--app", "wsgi", "api-keys", "issue", "measured"]
    issued = subprocess.run(issue, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return issued.stdout.split()[-1]


def _refuse_without_guards(url: str) -> None:
    """The triggers that keep the capacity are part of what a booking costs."""
    on_server = url.startswith("postgresql")
    counted = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'"
    if on_server:
        counted = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'"
    off = (
        "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'"
        if on_server
        else "SELECT 0"
    )
    if not _number(url, counted) or _number(url, off):
        raise RuntimeError("the guards of the filled database are off")


def _count(url: str) -> dict[str, int]:
    return {each: _number(url, f"SELECT count(*) FROM {each}") for each in ROWS}  # noqa: S608 - our own names


def _number(url: str, statement: str) -> int:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    try:
        with engine.connect() as connection:
            return int(connection.execute(text(statement)).scalar_one())
    finally:
        engine.dispose()


def measure(sizes: Sequence[Size], rounds: int, times: int) -> dict[str, Growth]:
    """Every question at every size by turns, a turn of each to warm up before the rounds."""
    growths: dict[str, Growth] = {}
    for number in range(-1, rounds):
        print(f"· round {number + 1} of {rounds}", file=sys.stderr)
        for name in sizes[0].questions:
            # It costs a second at the largest size, and it has no goal.
            if name == CHANGED and number > 4:
                continue
            for each in sizes:
                turn = each.turn(name, 1 if name == CHANGED else times)
                if number >= 0:
                    full = f"{each.database}: {name}"
                    growth = growths.setdefault(full, Growth(full, grows_by_nature=name == CHANGED))
                    growth.keep(each.offices, turn)
    for each in sizes:
        each.memory = each.ask("memory")
        each.check_bookings()
    return growths


def run(asked: argparse.Namespace) -> tuple[dict[str, Growth], list[Size]]:
    """Start everything, measure, end everything."""
    binaries = postgresql_binaries()
    if binaries is None:
        raise SystemExit("PostgreSQL is needed: make setup brings it")
    with ExitStack() as open_now:
        folder = Path(open_now.enter_context(tempfile.TemporaryDirectory(prefix="consular-growth-")))
        server = open_now.enter_context(postgresql(binaries, durable=True))
        migrate(server.create("migrated"), folder)
        migrate(f"sqlite:///{folder / 'migrated.db'}", folder)
        days = f"--days={SMALL_CALENDAR if asked.quick else CALENDAR}"
        calendar = (days, *(MANY_SLOTS if asked.many_slots else FILLED))
        sizes = [
            open_now.enter_context(size(database, offices, server, folder, calendar))
            for database, all_offices in (("postgresql", asked.sizes), ("sqlite", asked.sqlite_sizes))
            for offices in all_offices
        ]
        return measure(sizes, asked.rounds, 2 if asked.quick else A_TURN), sizes


def _numbers(written: str) -> list[int]:
    return sorted({int(each) for each in written.split(",") if each})


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=_numbers, default=_numbers("20,200,2000,10000"))
    parser.add_argument("--sqlite-sizes", type=_numbers, default=_numbers("20,200,2000"))
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--quick", action="store_true", help="little data, one round: does it work?")
    parser.add_argument("--many-slots", action="store_true", help="nine times the slots in each calendar")
    asked = parser.parse_args()
    if asked.quick:
        asked.sizes, asked.sqlite_sizes, asked.rounds = [20, 60], [20, 60], 1
    loads = [os.getloadavg()[0]]
    growths, sizes = run(asked)
    loads.append(os.getloadavg()[0])
    said = [f"load average (1 minute) before and after: {loads[0]:.1f}, {loads[1]:.1f}", *_memory(sizes)]
    print("\n".join([*table(growths), "", *said]))
    for each in growths.values():
        each.statements()  # raises when a larger country needs more of them
    if not asked.quick:
        print("\n".join(["", *(each.verdict() for each in growths.values())]))
        _write(asked, growths, sizes, said)


def _memory(sizes: Sequence[Size]) -> Iterator[str]:
    for each in sizes:
        yield (
            f"{each.database}, {each.offices:,} offices: a process of {each.memory['rss']:.0f} MB"
            f" ({each.memory['pss']:.0f} PSS); {each.rows}"
        )


def _write(
    asked: argparse.Namespace, growths: dict[str, Growth], sizes: Sequence[Size], said: Sequence[str]
) -> None:
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    machine = {"cores": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}
    kept = {
        "at": now.isoformat(timespec="seconds"),
        "machine": machine,
        "rounds": asked.rounds,
        "sizes": [{"database": s.database, "offices": s.offices, **s.rows, **s.memory} for s in sizes],
        "questions": {
            name: {
                "statements": growth.statements(),
                "sizes": {
                    offices: {
                        "p50_ms": growth.median_ms(offices),
                        "p95_ms": growth.p95_ms(offices),
                        "rounds_ms": growth.spread(offices),
                        "ratio": growth.ratio(offices),
                    }
                    for offices in growth.sizes
                },
            }
            for name, growth in growths.items()
        },
        "said": list(said),
    }
    path = RESULTS / f"{'many-slots' if asked.many_slots else 'growth'}-{now:%Y-%m-%d}.json"
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\nwritten: {path}")


if __name__ == "__main__":
    main()
