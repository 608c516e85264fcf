"""A process that is asked to stop: what a loop looks at between two pieces of work, and while it waits for the next."""

import signal
from queue import Empty, SimpleQueue
from types import FrameType


class StopSignal:
    """SIGTERM or SIGINT, heard from here on; only the main thread can make one, as `signal.signal` demands.

    Not a `threading.Event`: its `set` takes a lock that its `wait` holds at some steps, and a handler runs in the
    thread that it interrupts, so a signal at such a step is waited for forever. A `SimpleQueue` may be put to
    from a handler (https://docs.python.org/3/library/queue.html, "SimpleQueue.put": reentrant).
    """

    def __init__(self) -> None:
        self._heard: SimpleQueue[int] = SimpleQueue()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._heard.put(number)

    def came(self) -> bool:
        """Whether the process was asked to stop."""
        return not self._heard.empty()

    def wait(self, seconds: float) -> None:
        """Wait so long, or until the process is asked to stop."""
        try:
            self._heard.put(self._heard.get(timeout=seconds))
        except Empty:
            return
