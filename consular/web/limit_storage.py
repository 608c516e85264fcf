"""Where limits are counted in memory, swept about once a second instead of after almost every call."""

import threading

from limits.storage import MemoryStorage

SWEEP_SECONDS = 1.0
SCHEME = "memory-swept"


class SweptMemory(MemoryStorage):
    """The library's storage with fewer sweeps: those start a thread each, ten milliseconds after a call.

    A window that ended is never counted, swept or not: each reading compares the time. What sweeping does is
    give memory back, and a second more of it is little.
    """

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - as the library declares it

    def _MemoryStorage__schedule_expiry(self) -> None:  # noqa: N802 - the library's own name
        if self.timer.is_alive():
            return
        sweep = self._MemoryStorage__expire_events  # type: ignore[attr-defined]
        # Two at once may each start one, which is harmless; neither may start the other's.
        timer = threading.Timer(SWEEP_SECONDS, sweep)
        timer.daemon = True  # the process does not wait for it
        self.timer = timer
        timer.start()
