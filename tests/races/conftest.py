"""Every attack and race has a database of its own with the stage in it."""

from collections.abc import Iterator

import pytest

from tests.databases import Templates
from tests.races.stage import Stage, staged


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
