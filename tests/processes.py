"""Processes of their own for tests: forked from one that has imported the program and done nothing else.

A process that begins with nothing imports for a second and a half, which four racers of each session and
every victim of a test would pay again.
"""

from multiprocessing import get_context
from multiprocessing.context import ForkServerContext


def processes() -> ForkServerContext:
    """As `multiprocessing`, whose processes share no connection, thread or lock with the test's."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.databases"])
    return context
