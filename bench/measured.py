"""One system while it is measured: its address, and that every one of its workers works."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from bench import processes
from bench.load import Load, Request, send

CONNECTIONS = 8
IDLE = 0.1  # of a fair share of the processor: a worker below it was given no connection
TRIES = 3


class UnfairRun(Exception):
    """A worker stood idle in every try, so that the rate says nothing about the system."""


@dataclass(frozen=True)
class Server:
    """A gunicorn on this machine."""

    origin: str
    workers: Sequence[int]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Cell:
    """One line of the table. `rates` a second and `p50_ms`, one for each round; `floor` is the line beside it."""

    name: str
    floor: "Cell | None" = None
    rates: list[float] = field(default_factory=list)
    p50_ms: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """The median of the rounds."""
        return median(self.rates)

    @property
    def of_floor(self) -> float | None:
        """The median of what each round reached of its own floor, which was measured just before it."""
        if self.floor is None:
            return None
        return median(ours / theirs for ours, theirs in zip(self.rates, self.floor.rates, strict=True))


def load(server: Server, requests: Sequence[Request], seconds: int, *, repeated: bool = True) -> Load:
    """Send them; what came of it, when every worker took part.

    Connections are dealt to workers by their numbers: by chance one gets none, and then it is dealt again.

    Raises:
        UnfairRun: a worker stood idle every time.
        RuntimeError: the server broke connections or had errors.
    """
    waiting = list(requests)
    for _ in range(TRIES):
        before = processes.seconds_of(list(server.workers))
        came = send(
            server.origin,
            waiting,
            seconds=seconds,
            connections=CONNECTIONS,
            headers=server.headers,
            repeated=repeated,
        )
        if came.unexpected:
            raise RuntimeError(f"{server.origin}: {dict(came.statuses)}, {came.broken} broken")
        after = processes.seconds_of(list(server.workers))
        gained = [now - then for now, then in zip(after, before, strict=True)]
        if min(gained) >= IDLE * sum(gained) / len(gained):
            return came
        if not repeated:  # what was sent once is not sent again
            waiting = waiting[sum(came.statuses.values()) + CONNECTIONS :]
    raise UnfairRun(f"{server.origin}: of {len(server.workers)} workers not all had work: {gained}")
