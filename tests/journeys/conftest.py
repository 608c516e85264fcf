"""One browser and one running server for all the journeys."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from consular.foundation import clock
from consular.foundation.database import transaction
from tests import needs
from tests.databases import Templates, application
from tests.factories import MORNING
from tests.journeys.ministry import NOW, open_ministry
from tests.journeys.visitor import Visitor, phone
from tests.servers import CHROMIUM_ARGUMENTS, find_chromium


class Quiet(WSGIRequestHandler):
    """Keeps connections open, as the server that people use does, and writes no log."""

    protocol_version = "HTTP/1.1"

    def log(self, kind: str, message: str, *details: object) -> None:
        return


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """The one browser; each visitor has a context of their own in it."""
    for need in ("browser", "assets"):
        if not needs.is_here(need):
            pytest.fail(f"no {need}. To get it:\n{needs.NEEDS[need].commands}", pytrace=False)
    executable = find_chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="package")
def ministry(_sqlite_templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application of tests/journeys/ministry.py. The clock stands still for the whole package."""
    url = _sqlite_templates.new("sqlite", "seeded")
    folder = tmp_path_factory.mktemp("ministry")
    with application(url, folder, DEMO="1") as app:
        with clock.stopped(MORNING), app.app_context(), transaction():
            open_ministry()
        with clock.stopped(NOW):
            yield app


@pytest.fixture(scope="package")
def address(ministry: Flask) -> Iterator[str]:
    """Where the ministry answers."""
    with served(ministry) as address:
        yield address


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of a real server on a random loopback port."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    server.daemon_threads = True  # a browser keeps its connections open: the end does not wait for them
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Visitor]]:
    """`visit()` is a new person on a phone; see `phone` for what may differ. All must leave without a complaint."""
    visitors: list[Visitor] = []

    def arrive(**differences: object) -> Visitor:
        visitors.append(phone(browser, address, **differences))
        return visitors[-1]

    yield arrive
    for visitor in visitors:
        visitor.leave()
