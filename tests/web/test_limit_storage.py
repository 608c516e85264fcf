"""Counting in memory starts few threads, forgets what ended, and counts no window that is over."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from limits import RateLimitItemPerSecond
from limits.strategies import FixedWindowRateLimiter, MovingWindowRateLimiter

from consular.web import limit_storage, limiter
from consular.web.limit_storage import SweptMemory


def test_the_program_counts_in_it(app: Flask) -> None:
    with app.app_context():
        assert isinstance(limiter.storage, SweptMemory)


def test_hundreds_of_calls_start_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = SweptMemory("memory-swept://")
    storage.timer.join()
    started: list[float] = []

    class Counted(threading.Timer):
        def start(self) -> None:
            started.append(self.interval)
            super().start()

    monkeypatch.setattr(threading, "Timer", Counted)
    for number in range(300):
        storage.incr(f"sender {number % 7}", 60)
        time.sleep(0.0002)
    assert started == [limit_storage.SWEEP_SECONDS]


def test_two_calls_at_once_fail_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both see that nobody sweeps, and both have made a thread for it before either starts one."""
    storage = SweptMemory("memory-swept://")
    storage.timer.join()
    both = threading.Barrier(2, timeout=10)

    class Waiting(threading.Timer):
        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, value)
            if name == "daemon":
                both.wait()

    monkeypatch.setattr(threading, "Timer", Waiting)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda sender: storage.incr(sender, 60), ("one", "other"))) == [1, 1]


@pytest.mark.parametrize("strategy", [FixedWindowRateLimiter, MovingWindowRateLimiter])
def test_a_window_that_ended_counts_no_more_before_it_is_swept(
    strategy: type[FixedWindowRateLimiter], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limit_storage, "SWEEP_SECONDS", 3600)
    windows, rate = strategy(SweptMemory("memory-swept://")), RateLimitItemPerSecond(2)
    assert [windows.hit(rate, "somebody") for _ in range(3)] == [True, True, False]
    time.sleep(1.05)
    assert windows.get_window_stats(rate, "somebody").remaining == 2
    assert windows.hit(rate, "somebody")


def test_what_ended_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit_storage, "SWEEP_SECONDS", 0.2)
    storage = SweptMemory("memory-swept://")
    storage.timer.join()
    storage.incr("somebody", 0.05)  # type: ignore[arg-type] - a fraction, so that the test is short
    storage.timer.join()
    assert not storage.storage
    assert not storage.expirations
