"""Programs of the API's tests: one that may book, an operator, one that is limited to Tacna, one without a key."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from consular.foundation.database import transaction
from consular.staff.api_keys import issue
from tests.api.program import Program
from tests.api.serving import gunicorn
from tests.factories import World


@pytest.fixture
def new_program(app: Flask) -> Callable[..., Program]:
    """Make a program with a key of that scope, for some offices or for all."""

    def make(name: str, scope: str = "book", *offices: str) -> Program:
        with app.app_context(), transaction():
            key = issue(name, scope, offices)
        return Program(app, key)

    return make


@pytest.fixture
def stranger(app: Flask) -> Program:
    """Has no key."""
    return Program(app)


@pytest.fixture
def booker(world: World, new_program: Callable[..., Program]) -> Program:
    """May book at every office of the standard world."""
    return new_program("kiosk")


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[int]:
    """The port of a gunicorn with the project's own configuration, on this test's database."""
    with gunicorn(database_url, tmp_path) as port:
        yield port
