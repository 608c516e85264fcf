"""What the tests of the citizens' pages need beside the suite's own fixtures."""

from collections.abc import Iterator

import pytest
from flask import Flask

from consular.foundation.database import db, transaction
from consular.offices.models import Locality
from consular.offices.queries import forget_gazetteer
from tests import needs
from tests.factories import World, make_region


@pytest.fixture
def assets() -> None:
    """The third-party files that pages load, as `make setup` builds them."""
    if not needs.is_here("assets"):
        pytest.fail(f"no assets. To get them:\n{needs.NEEDS['assets'].commands}", pytrace=False)


@pytest.fixture
def places(app: Flask, world: World) -> Iterator[World]:
    """The world, with some towns that people may name; two are called San Sebastián."""
    with app.app_context(), transaction():
        for number, name, region, latitude, longitude, people in (
            (1, "Caraz", "02", -9.05, -77.81, 13_000),
            (2, "San Sebastián", "08", -13.53, -71.93, 70_000),
            (3, "San Sebastián", "23", -17.9, -70.1, 900),
            (4, "Cusco", "08", -13.53, -71.97, 430_000),
        ):
            make_region(region)
            db.session.add(
                Locality(
                    geonames_id=number,
                    name=name,
                    region_code=region,
                    latitude=latitude,
                    longitude=longitude,
                    population=people,
                    other_names="",
                )
            )
    forget_gazetteer()
    yield world
    forget_gazetteer()
