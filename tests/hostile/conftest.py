"""One attacked server for each database, and somebody who sends and judges."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.api.serving import gunicorn
from tests.databases import DIALECTS, Templates, application
from tests.hostile.judging import wrong
from tests.hostile.stage import (
    SETTINGS,
    Live,
    ledger,
    open_offices,
    trusted_citizen,
    trusted_clerk,
    trusted_program,
)
from tests.hostile.wire import Answer, Asked, Wire

# How many of the bad inputs each address is given, of each sort: some in `make test`, all in `make prove`.
EVERY = bool(os.environ.get("EVERY_BAD_INPUT"))

Attack = Callable[..., list[Answer]]


@pytest.fixture(scope="package", params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Everything is tried on both."""
    return str(request.param)


@pytest.fixture(scope="package")
def live(
    request: pytest.FixtureRequest, dialect: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """The attacked server."""
    templates: Templates = request.getfixturevalue(f"_{dialect}_templates")
    folder: Path = tmp_path_factory.mktemp("attacked")
    url = templates.new(dialect)
    with application(url, folder, HOLD_MINUTES="60") as app:
        starts = open_offices(app)
        citizen, mine, doomed = trusted_citizen(app, starts)
        clerk, program = trusted_clerk(app), trusted_program(app)
        with gunicorn(url, folder, **SETTINGS) as port:
            yield Live(port, app, folder, citizen, clerk, program, mine, doomed, starts[3])
    templates.remove(url)


@pytest.fixture
def attack(live: Live) -> Iterator[Attack]:
    """`attack(requests)` sends each and fails with the list of all answers that are wrong.

    Afterwards nothing may be half made, and the server's log may tell of no crash.
    """
    before, told = ledger(live.app), len(live.log)
    made = 0

    def send(requests: Iterable[Asked], *, by_server: bool = False) -> list[Answer]:
        nonlocal made
        wire, answers, complaints = Wire(live.port), [], []
        for asked in requests:
            try:
                answer = wire.send(asked)
            except (OSError, HTTPException) as silence:
                complaints.append(f"{asked}: {silence!r}")
                continue
            answers.append(answer)
            complaints += [f"{asked}: {each}" for each in wrong(asked, answer, by_server=by_server)]
            made += _promises(asked, answer)
        wire.close()
        assert not complaints, f"{len(complaints)} wrong answers:\n" + "\n".join(complaints[:40])
        return answers

    yield send
    after = ledger(live.app)
    assert after.findings == ()
    assert (after.appointments, after.bookings) == (before.appointments + made, before.bookings + made)
    assert after.seats == before.seats
    assert crashes(live.log[told:]) == []


def crashes(log: str) -> list[str]:
    """The lines of a server's log that tell of something that nobody had foreseen."""
    wrong = re.compile(r"unhandled error|Error handling request|WORKER TIMEOUT|^\w[\w.]*(Error|Exception)\b")
    return [line[:300] for line in log.splitlines() if wrong.search(line)]


def _promises(asked: Asked, answer: Answer) -> int:
    """Whether the answer tells of a new appointment: an input that looked bad may still be a right one."""
    return answer.status == 201 and asked.target.endswith("/appointments")


def some(number: int, every: list, count: int) -> list:
    """All of them in the long proof; else `count`, others for each `number`, so that together they are all."""
    if EVERY or not every:
        return every
    return [every[(number * count + step) % len(every)] for step in range(min(count, len(every)))]
