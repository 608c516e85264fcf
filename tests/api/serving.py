"""The application as it runs in production: gunicorn, its workers, real sockets."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from json import dumps, loads
from pathlib import Path
from typing import Any

import pytest

from tests.databases import settings
from tests.needs import ROOT
from tests.servers import free_port


@contextmanager
def gunicorn(database_url: str, folder: Path, **others: str) -> Iterator[int]:
    """The port of a gunicorn with the project's own configuration; its log is `gunicorn.log` in the folder."""
    port = free_port()
    process = start_gunicorn(database_url, folder, port, **others)
    try:
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # it and its workers; nothing is left to answer
        process.wait(20)


def start_gunicorn(database_url: str, folder: Path, port: int, **others: str) -> subprocess.Popen[bytes]:
    """Start it in a process group of its own and wait until it is ready; whoever calls ends it."""
    environment = {"PATH": os.environ["PATH"], **settings(database_url, folder, **others), "PORT": str(port)}
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "wsgi:app"]
    with (folder / "gunicorn.log").open("ab") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_for(port, process)
    except BaseException:
        process.kill()
        raise
    return process


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "gunicorn ended"
        try:
            if call(port, "GET", "/readyz")[0] == 200:
                return
        except OSError:
            pass  # it does not listen yet
        time.sleep(0.1)
    pytest.fail("gunicorn did not become ready in 30 seconds")


def call(
    port: int, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, dict[str, Any]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Content-Type": "application/json", **named}
        connection.request(method, path, dumps(body) if body is not None else None, sent)
        answer = connection.getresponse()
        return answer.status, loads(answer.read())
    finally:
        connection.close()
