"""A benchmark says what happened: idle workers, seats given twice and lost answers never pass as a result."""

import os
from collections.abc import Sequence

import pytest

from bench import measured, processes
from bench.load import Load, Request
from bench.measured import Cell, Server, UnfairRun
from bench.races import Race, verdict

SERVER = Server("http://127.0.0.1:1", [1, 2])
ASKED = [Request(f"/{number}") for number in range(100)]


def came(count: int = 10, *, broken: int = 0, status: int = 200) -> Load:
    return Load({status: count}, 1.0, 1.0, 1.0, 1.0, 100, broken)


@pytest.fixture
def wrk(monkeypatch: pytest.MonkeyPatch) -> list[list[Request]]:
    """What was sent; nothing is."""
    sent: list[list[Request]] = []

    def send(origin: str, requests: Sequence[Request], **others: object) -> Load:
        sent.append(list(requests))
        return came()

    monkeypatch.setattr(measured, "send", send)
    return sent


def worked(monkeypatch: pytest.MonkeyPatch, *used: list[float]) -> None:
    """The processor seconds of the workers, one reading after another."""
    readings = iter(used)
    monkeypatch.setattr(processes, "seconds_of", lambda pids: next(readings))


def test_a_run_with_an_idle_worker_is_done_again(
    monkeypatch: pytest.MonkeyPatch, wrk: list[list[Request]]
) -> None:
    worked(monkeypatch, [0, 0], [2, 0.01], [2, 0.01], [3, 1])
    measured.load(SERVER, ASKED, 1)
    assert len(wrk) == 2


def test_what_was_sent_once_is_not_sent_again(
    monkeypatch: pytest.MonkeyPatch, wrk: list[list[Request]]
) -> None:
    worked(monkeypatch, [0, 0], [2, 0], [2, 0], [3, 1])
    measured.load(SERVER, ASKED, 1, repeated=False)
    assert not {each.path for each in wrk[0][:10]} & {each.path for each in wrk[1]}


def test_a_worker_that_is_always_idle_makes_no_result(
    monkeypatch: pytest.MonkeyPatch, wrk: list[list[Request]]
) -> None:
    worked(monkeypatch, *[[float(step), 0.0] for step in range(6)])
    with pytest.raises(UnfairRun):
        measured.load(SERVER, ASKED, 1)


@pytest.mark.parametrize("load", [came(broken=1), came(status=500)])
def test_errors_make_no_result(monkeypatch: pytest.MonkeyPatch, load: Load) -> None:
    worked(monkeypatch, [0, 0], [1, 1])
    monkeypatch.setattr(measured, "send", lambda *given, **named: load)
    with pytest.raises(RuntimeError):
        measured.load(SERVER, ASKED, 1)


def test_a_ratio_is_of_the_floor_of_its_own_round() -> None:
    floor = Cell("floor", rates=[100, 200, 1000])
    assert Cell("ours", floor, rates=[50, 120, 100]).of_floor == 0.5
    assert floor.of_floor is None


def test_a_fair_race() -> None:
    assert verdict([Race({201: 3, 409: 61}, 0.2)] * 2, 3).startswith("2 of 2 exact")


@pytest.mark.parametrize(
    "statuses", [{201: 4, 409: 60}, {201: 2, 409: 62}, {201: 3, 409: 60, 500: 1}, {0: 64}]
)
def test_an_unfair_race_is_no_result(statuses: dict[int, int]) -> None:
    with pytest.raises(RuntimeError):
        verdict([Race({201: 3, 409: 61}, 0.2), Race(statuses, 0.2)], 3)


def test_the_processor_and_memory_of_a_process() -> None:
    assert processes.seconds_of([os.getpid()])[0] > 0
    assert processes.memory_of([os.getpid()])[0] > 5
    assert 0 <= processes.busy_share(0.05) <= 1
