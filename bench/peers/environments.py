"""Each peer's own Python with its pinned packages, and the programs that it runs with it while it is measured."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90


def install(name: str) -> Path:
    """The Python with the packages of `.ci/NAME.lock`; made at the first call (a minute or two)."""
    # Outside bench/peers, so that no linter reads a hundred strangers' packages.
    environment = ROOT / f".venv-{name}"
    interpreter = environment / "bin" / "python"
    pins = ROOT / ".ci" / f"{name}.lock"
    stamp = environment / "installed"
    if not stamp.exists() or stamp.read_text() != pins.read_text():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)
        command = [str(interpreter), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(pins)]
        subprocess.run(command, check=True)
        stamp.write_text(pins.read_text())
    return interpreter


def web(application: str, port: int, workers: int, threads: int) -> list[str]:
    """The command that serves a peer with the settings that ours has in gunicorn.conf.py."""
    command = ["gunicorn", application, f"--bind=127.0.0.1:{port}", f"--workers={workers}"]
    return [*command, f"--threads={threads}", "--reuse-port", "--log-level=warning", "--preload"]


@contextmanager
def running(
    interpreter: Path, commands: Sequence[list[str]], folder: Path, environment: dict[str, str], ready: str
) -> Iterator[None]:
    """Run these modules until the block ends; it begins when the first of them answers at `ready`."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            started.append(_start(interpreter, command, folder, environment))
        _wait_for(ready, started[0], folder / f"{commands[0][0]}.log")
        yield
    finally:
        for process in started:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)


def _start(
    interpreter: Path, command: list[str], folder: Path, environment: dict[str, str]
) -> subprocess.Popen[bytes]:
    with (folder / f"{command[0]}.log").open("ab") as log:
        return subprocess.Popen(
            [str(interpreter), "-m", *command],
            env=environment,
            cwd=folder,
            start_new_session=True,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"{address} ended:\n{log.read_text(errors='replace')}")
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own loopback address
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"{address} did not answer in {READY_SECONDS} seconds")
