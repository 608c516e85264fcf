"""The places and offices of seeds/, read with nothing of the application but its value types."""

import csv
from datetime import date
from pathlib import Path

import pytest

from consular.foundation.geography import Position
from consular.offices.cards import OfficeCard
from consular.offices.gazetteer import District, Divisions, Gazetteer, Locality, Province

SEEDS = Path(__file__).parents[2] / "seeds"


def rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def regions() -> dict[str, str]:
    """Names by INEI code."""
    return {row["code"]: row["name"] for row in rows("regions.csv")}


@pytest.fixture(scope="session")
def localities() -> list[Locality]:
    """Every locality of the seeds."""
    return [
        Locality(
            geonames_id=int(row["geonames_id"]),
            name=row["name"],
            region_code=row["region_inei"],
            region=row["region"],
            district_inei=row["district_inei"] or None,
            position=Position(float(row["latitude"]), float(row["longitude"])),
            population=int(row["population"]),
            other_names=tuple(name for name in row["other_names"].split("|") if name),
        )
        for row in rows("localities.csv")
    ]


@pytest.fixture(scope="session")
def divisions() -> Divisions:
    """Every province and district of the seeds."""
    return Divisions(
        tuple(
            Province(row["code"], row["name"], row["capital"], _position(row))
            for row in rows("provinces.csv")
        ),
        tuple(
            District(
                row["code"],
                row["name"],
                row["capital"] or None,
                _position(row) if row["latitude"] else None,
                tuple(name for name in row["other_names"].split("|") if name),
            )
            for row in rows("districts.csv")
        ),
    )


def _position(row: dict[str, str]) -> Position:
    return Position(float(row["latitude"]), float(row["longitude"]))


@pytest.fixture(scope="session")
def places(localities: list[Locality], regions: dict[str, str], divisions: Divisions) -> Gazetteer:
    """The gazetteer of Peru."""
    return Gazetteer(localities, regions, divisions)


@pytest.fixture(scope="session")
def offices() -> list[OfficeCard]:
    """The offices of the seeds."""
    return [
        card(
            number,
            row["slug"],
            float(row["latitude"]),
            float(row["longitude"]),
            status=row["status"],
            opens_on=date.fromisoformat(row["opens_on"]) if row["opens_on"] else None,
        )
        for number, row in enumerate(rows("offices.csv"), 1)
    ]


def card(number: int, slug: str, latitude: float, longitude: float, **facts: object) -> OfficeCard:
    """An office card with the facts that the locator looks at."""
    given = {
        "name": slug,
        "kind": "decentralised-office",
        "status": "open",
        "opens_on": None,
        "region_code": "08",
        "region": "Cusco",
        "city": None,
        "address": None,
        "location_precision": "city",
        "timezone": "America/Lima",
        "languages": None,
        "step_free": "unknown",
        "demonstration": False,
        "services": (),
        "offers": None,
        "attendance": None,
        **facts,
    }
    return OfficeCard(id=number, slug=slug, position=Position(latitude, longitude), **given)
