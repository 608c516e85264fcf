"""What the processes of this machine do while something is measured: processor time and memory (Linux)."""

import os
import time
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
BUSY = 0.15  # share of the cores that others may use


def busy_share(seconds: float = 1.0) -> float:
    """The share of all cores that is in use, while whoever asks sleeps."""
    before = _machine()
    time.sleep(seconds)
    after = _machine()
    used, whole = after[0] - before[0], after[1] - before[1]
    return used / whole if whole else 0.0


def workers_of(port: int, count: int) -> list[int]:
    """The worker processes of the gunicorn that was told this port in its environment, when all have begun.

    Raises:
        RuntimeError: after ten seconds they are not as many.
    """
    mark = f"PORT={port}".encode()
    found: list[int] = []
    for _ in range(100):
        told = {pid for pid in _pids() if mark in _read(pid, "environ").split(b"\0")}
        found = sorted(pid for pid in told if _parent(pid) in told)
        if len(found) == count:
            return found
        time.sleep(0.1)
    raise RuntimeError(f"{len(found)} of {count} workers began")


def seconds_of(pids: list[int]) -> list[float]:
    """Processor seconds that each has used."""
    used = []
    for pid in pids:
        fields = _read(pid, "stat").rsplit(b")", 1)[1].split()
        used.append((int(fields[11]) + int(fields[12])) / TICKS)
    return used


def memory_of(pids: list[int]) -> list[float]:
    """Megabytes of each; what several share is divided among them (PSS)."""
    found = []
    for pid in pids:
        lines = _read(pid, "smaps_rollup").splitlines()
        found.append(next(int(line.split()[1]) for line in lines if line.startswith(b"Pss:")) / 1024)
    return found


def _machine() -> tuple[float, float]:
    """Ticks of all cores: used, and in all."""
    ticks = [int(each) for each in (PROC / "stat").read_text().split("\n", 1)[0].split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def _pids() -> list[int]:
    return [int(folder.name) for folder in PROC.iterdir() if folder.name.isdigit()]


def _parent(pid: int) -> int:
    return int(_read(pid, "stat").rsplit(b")", 1)[1].split()[1])


def _read(pid: int, name: str) -> bytes:
    try:
        return (PROC / str(pid) / name).read_bytes()
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return b""  # it ended meanwhile, or is somebody else's
