"""The lines of the comparison: what each system reaches in every round, and how it is measured."""

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench import processes
from bench.load import Load, Request, send
from bench.peers.workload import Store, count
from tests.servers import PostgreSQL

CONNECTIONS = 8
QUIET_SECONDS = 10


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
        return f"{self.name:50} {self.rate:10.1f} {spread:>20} {statistics.median(self.p50_ms):9.1f}"


@dataclass(frozen=True)
class Cells:
    """All lines, in the order in which they were measured first."""

    server: PostgreSQL
    seconds: int
    by_name: dict[str, Cell] = field(default_factory=dict)

    @property
    def booking_seconds(self) -> int:
        """Half the time of a read: each booking takes a slot of its own, and there are only so many."""
        return max(1, self.seconds // 2)

    def read(
        self, name: str, origin: str, requests: Sequence[Request], headers: Mapping[str, str] | None = None
    ) -> None:
        """Ask again and again for the time of a read."""
        until_quiet()
        load = send(origin, requests, seconds=self.seconds, connections=CONNECTIONS, headers=headers)
        self._keep(name, load, load.rate(200))

    def book(
        self,
        name: str,
        origin: str,
        requests: Sequence[Request],
        headers: Mapping[str, str],
        store: Store,
        following: Request | None = None,
    ) -> Load:
        """Send each of them once; the rate is of the bookings that the database has afterwards."""
        until_quiet()
        before = self.booked(store)
        load = send(
            origin,
            requests,
            seconds=self.booking_seconds,
            connections=CONNECTIONS,
            headers=headers,
            repeated=False,
            following=following,
        )
        self._keep(name, load, (self.booked(store) - before) / load.seconds)
        return load

    def booked(self, store: Store) -> int:
        """How many bookings a system has."""
        return count(self.server.url(store.database), store.booked)

    def times(self, ours: str, theirs: str) -> float:
        """How many times their rate ours is: the median of each round's own ratio, as beside the floors.

        The machine's own speed changes in the minutes between rounds by more than it does within one.
        """
        rounds = zip(self.by_name[ours].rates, self.by_name[theirs].rates, strict=True)
        return statistics.median(mine / others for mine, others in rounds)

    def _keep(self, name: str, load: Load, rate: float) -> None:
        if load.unexpected or not rate:
            raise RuntimeError(f"{name}: {dict(load.statuses)}, {load.broken} broken")
        cell = self.by_name.setdefault(name, Cell(name))
        cell.rates.append(rate)
        cell.p50_ms.append(load.p50_ms)


def until_quiet() -> None:
    """Wait, but not for ever, until a slow system has worked off what it was asked and nobody waits for any more.

    Whoever comes after it would be measured beside it: the load generator leaves when its time is over.
    """
    until = time.monotonic() + QUIET_SECONDS
    while processes.busy_share(0.5) > processes.BUSY and time.monotonic() < until:
        continue
