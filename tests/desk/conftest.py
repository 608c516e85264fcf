"""The staff at their desks, and two citizens who come to Cusco this morning."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from consular.foundation import clock
from tests.desk.steps import booked, signed_in
from tests.factories import JULIO, ROSA, World
from tests.page_client import PageClient

NINE = datetime(2026, 11, 30, 14, 0, tzinfo=UTC)
HALF_PAST_NINE = datetime(2026, 11, 30, 14, 30, tzinfo=UTC)


@pytest.fixture
def mirta(app: Flask, world: World) -> PageClient:
    """The clerk in Cusco, signed in."""
    return signed_in(app, "mirta")


@pytest.fixture
def ines(app: Flask, world: World) -> PageClient:
    """The administrator, signed in."""
    return signed_in(app, "ines")


@pytest.fixture
def rosa(app: Flask, world: World) -> str:
    """The reference of Rosa's appointment at 9:00."""
    return booked(app, ROSA, NINE)


@pytest.fixture
def julio(app: Flask, world: World) -> str:
    """The reference of Julio's appointment at 9:30."""
    return booked(app, JULIO, HALF_PAST_NINE)


@pytest.fixture
def ten_past_nine() -> Iterator[datetime]:
    """The clock at 9:10 in Lima: Rosa is late, Julio is not."""
    with clock.stopped(datetime(2026, 11, 30, 14, 10, tzinfo=UTC)) as instant:
        yield instant
