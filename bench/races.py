"""Many citizens at the same instant for few seats, over HTTP; who got one is counted in the database."""

import http.client
import statistics
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.load import Request


@dataclass(frozen=True)
class Race:
    """One race: answers by status, and seconds from the start until the last was answered."""

    statuses: dict[int, int]
    seconds: float


def race(origin: str, requests: Sequence[Request], headers: dict[str, str]) -> Race:
    """Send all of them at once, each on a connection of its own that is open before the start."""
    start = threading.Barrier(
        len(requests) + 1, timeout=60
    )  # a racer that cannot connect ends the race for all
    statuses: Counter[int] = Counter()
    counting = threading.Lock()

    def run(request: Request) -> None:
        connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=30)
        connection.connect()
        start.wait()
        try:
            connection.request("POST", request.path, request.body, headers)
            status = connection.getresponse().status
        except OSError:
            status = 0
        finally:
            connection.close()
        with counting:
            statuses[status] += 1

    racers = [threading.Thread(target=run, args=(request,), daemon=True) for request in requests]
    for racer in racers:
        racer.start()
    start.wait()
    began = time.monotonic()
    for racer in racers:
        racer.join()
    return Race(dict(statuses), time.monotonic() - began)


def verdict(races: Sequence[Race], seats: int) -> str:
    """What came of them, in a line.

    Raises:
        RuntimeError: somebody got no answer or a wrong one, or not exactly `seats` got a seat.
    """
    for each in races:
        others = {status for status in each.statuses if status not in (201, 409)}
        if others or each.statuses.get(201) != seats:
            raise RuntimeError(f"a race for {seats} seats gave {each.statuses}")
    median = statistics.median(each.seconds for each in races)
    return f"{len(races)} of {len(races)} exact, all answered in {median:.2f} s (median)"
