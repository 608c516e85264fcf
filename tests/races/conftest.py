"""Every attack and race has a database of its own with the stage in it."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from tests.databases import Templates
from tests.races.racing import Task, race, racing_pool
from tests.races.stage import Stage, staged

Race = Callable[[Sequence[Task]], list[str]]


@pytest.fixture
def stage(dialect: str, templates: Templates) -> Iterator[Stage]:
    """The stage, and what is where on it."""
    stage = staged(templates, dialect)
    yield stage
    templates.remove(stage.url)


@pytest.fixture
def database_url(stage: Stage) -> str:
    """`app` runs on the stage."""
    return stage.url


@pytest.fixture(scope="session")
def racers() -> Iterator[ProcessPoolExecutor]:
    """The processes of every race of this session."""
    with racing_pool() as pool:
        yield pool


@pytest.fixture
def run_race(racers: ProcessPoolExecutor, app: Flask, stage: Stage, tmp_path: Path) -> Race:
    """Runs tasks at the same moment on this test's stage."""
    return lambda tasks: race(racers, stage.url, tmp_path, tasks)
