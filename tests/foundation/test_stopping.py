"""A loop that is asked to stop, whatever it does at that moment."""

import subprocess
import sys

from tests.needs import ROOT

LONG = 60.0  # seconds

# A signal before each bytecode of the pause in turn, in the library's own code too, until the pause has no such step.
AT_EVERY_STEP = """
import signal, sys
from consular.foundation.stopping import StopSignal

def step_by_step(frame, event, argument):
    global left
    frame.f_trace_opcodes = True
    if event == "opcode":
        left -= 1
        if left == 0:
            signal.raise_signal(signal.SIGTERM)
    return step_by_step

step = 0
while True:
    step += 1
    left, stop = step, StopSignal()
    sys.settrace(step_by_step)
    stop.wait(0.001)
    sys.settrace(None)
    if left > 0:
        break
    assert stop.came(), step
print(step - 1)
"""


def _run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=LONG, check=False
    )


def test_it_is_heard_at_every_step_of_a_pause() -> None:
    ended = _run(AT_EVERY_STEP)
    assert ended.returncode == 0, ended.stderr
    assert int(ended.stdout) > 10


def test_it_ends_a_pause() -> None:
    ended = _run(
        "import os, signal, threading\n"
        "from consular.foundation.stopping import StopSignal\n"
        "stop = StopSignal()\n"
        "assert not stop.came()\n"
        "threading.Timer(0.1, os.kill, [os.getpid(), signal.SIGINT]).start()\n"
        f"stop.wait({2 * LONG})\n"
        "assert stop.came()\n"
        "stop.wait(0)\n"
        "assert stop.came()\n"
    )
    assert ended.returncode == 0, ended.stderr
