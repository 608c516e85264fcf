"""flask offices geocode: says what would change, changes it on request, and seeding keeps it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from consular.audit.models import JournalEntry
from consular.foundation.database import db, transaction
from consular.offices.geocoding.models import LocatedOffice
from consular.offices.models import Office
from consular.offices.seeding import load_all
from tests.databases import know_the_places, on_both_databases
from tests.offices.conftest import SEEDS
from tests.offices.geocoding.nominatim import Nominatim, place, running

POSITION = (-13.522641, -71.967341)


@pytest.fixture
def database_kind() -> str:
    return "seeded"


@pytest.fixture
def nominatim(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Nominatim]:
    with running() as server:
        config = app.extensions["consular"]
        app.extensions["consular"] = replace(
            config, geocoder_url=server.url, geocoder_contact="nobody@example.org"
        )
        with app.app_context():
            know_the_places()
            _only_cusco_has_an_address()
            yield server


def _only_cusco_has_an_address() -> None:
    """Each address that is asked for waits a second for its turn."""
    with transaction():
        db.session.execute(db.update(Office).where(Office.slug != "cusco").values(address=None))


def _run(app: Flask, *arguments: str) -> str:
    result = app.test_cli_runner().invoke(args=["offices", "geocode", *arguments])
    assert result.exit_code == 0, result.output
    return str(result.output)


def _cusco() -> tuple[float, float, str]:
    db.session.rollback()
    return tuple(
        db.session.execute(
            select(Office.latitude, Office.longitude, Office.location_precision).where(Office.slug == "cusco")
        ).one()
    )


@on_both_databases
def test_a_better_position_is_shown_then_written_and_kept(app: Flask, nominatim: Nominatim) -> None:
    nominatim.answer = (200, [place(lat=str(POSITION[0]), lon=str(POSITION[1]))])
    before = _cusco()
    assert "1 of 19 offices would move" in _run(app)
    assert _cusco() == before
    assert "Limacpampa" in nominatim.asked[0]["q"]
    assert nominatim.agents[0].endswith("nobody@example.org)")

    assert "1 of 19 offices moved" in _run(app, "--write")
    assert _cusco() == (*POSITION, "address")
    assert len(nominatim.asked) == 1, "the second run asks nobody"
    assert db.session.scalar(select(LocatedOffice.source_code)) == "OSM"
    assert db.session.scalar(select(JournalEntry.subject).where(JournalEntry.action == "locate")) == "cusco"
    db.session.rollback()

    load_all(SEEDS)
    assert _cusco() == (*POSITION, "address")
    _only_cusco_has_an_address()
    assert "cusco:" not in _run(app), "it has the position of its address"


@pytest.mark.parametrize(
    ("why", "answer"),
    [
        ("does not know it", (200, [])),
        ("does not answer", (500, b"")),
        ("only its street was found", (200, [place(place_rank=26, address={"country_code": "pe"})])),
        ("km from its town", (200, [place(lat="-12.04", lon="-77.03")])),
    ],
)
def test_what_is_no_better_changes_nothing(
    why: str, answer: tuple[int, object], app: Flask, nominatim: Nominatim
) -> None:
    nominatim.answer = answer
    before = _cusco()
    assert why in _run(app, "--write")
    assert _cusco() == before


def test_without_a_service_the_gazetteer_knows_towns(app: Flask) -> None:
    with app.app_context():
        know_the_places()
        ancash = Office.slug == "ancash"
        with transaction():
            db.session.execute(db.update(Office).where(ancash).values(city="Chimbote"))
        said = _run(app, "--write")
        assert "GEOCODER_URL is not set" in said
        assert "1 of 19 offices moved" in said
        latitude, precision = db.session.execute(
            select(Office.latitude, Office.location_precision).where(ancash)
        ).one()
        assert (round(latitude, 2), precision) == (-9.08, "city")
        assert db.session.scalar(select(LocatedOffice.source_code)) == "GEONAMES"
