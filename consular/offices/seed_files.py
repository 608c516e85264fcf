"""Which files a seed folder has, and what each of their columns holds."""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Table

from consular.foundation.database import Base
from consular.offices import seed_cells as cell
from consular.offices.guidance_models import ChainRow, CountryRow, PaperRow
from consular.offices.models import Locality, Offer, Office, OpeningHours, Region, Service, Source
from consular.offices.place_models import District, Province
from consular.offices.seed_guidance import chains_of, country_agrees, country_columns, papers_of
from consular.offices.seed_places import district_rows, province_rows
from consular.offices.seed_rows import CellsDisagree, Column, Row, rows_of, unchecked
from consular.offices.seed_services import services_of
from consular.offices.vocabulary import Attendance, LocationPrecision, Offering, OfficeKind, OfficeStatus

LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class References:
    """The keys of what is in the database already, by the public code that a file uses."""

    sources: Mapping[str, str]
    regions: Mapping[str, str]
    region_names: Mapping[str, str]
    offices: Mapping[str, int]
    services: Mapping[str, int]
    successors: Mapping[str, str]
    papers: Mapping[str, str]
    provinces: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SeedFile:
    """One file: its table, the fields that name a row for good, and how its rows are read.

    Rows may hold more fields than the table: those serve checks only.
    """

    name: str
    table: Table
    natural: tuple[str, ...]
    rows: Callable[[Path, References], Iterator[Row]]


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101  # a mapped class of ours always has one
    return table


def _csv(
    name: str,
    model: type[Base],
    natural: tuple[str, ...],
    columns: Callable[[References], Mapping[str, Column]],
    check: Callable[[Row], None] = unchecked,
) -> SeedFile:
    def rows(path: Path, references: References) -> Iterator[Row]:
        return rows_of(path, columns(references), natural, check)

    return SeedFile(name, _table(model), natural, rows)


def _confirmed(references: References) -> dict[str, Column]:
    return {
        "source": Column(cell.known(references.sources, "source"), field="source_code"),
        "confirmed_on": Column(cell.day_or_month, required=False),
    }


def _place() -> dict[str, Column]:
    return {"latitude": Column(cell.number(-90, 90)), "longitude": Column(cell.number(-180, 180))}


def _sources(_: References) -> Mapping[str, Column]:
    return {
        "code": Column(cell.source_code),
        "title": Column(cell.text(500)),
        "url": Column(cell.url, required=False),
        "consulted_on": Column(cell.day_or_month, required=False),
    }


def _regions(_: References) -> Mapping[str, Column]:
    return {
        "code": Column(cell.region_code),
        "name": Column(cell.text(80)),
        "iso": Column(cell.iso_region),
    }


def _offices(references: References) -> Mapping[str, Column]:
    return {
        "slug": Column(cell.slug),
        "name": Column(cell.text(160)),
        "kind": Column(cell.one_of(OfficeKind)),
        "status": Column(cell.one_of(OfficeStatus)),
        "opens_on": Column(cell.day, required=False),
        "status_since": Column(cell.day_or_month, required=False),
        "successor": Column(cell.slug, required=False),
        "region": Column(cell.known(references.regions, "region"), field="region_code"),
        "city": Column(cell.text(120), required=False),
        "ubigeo_inei": Column(cell.district, required=False),
        "address": Column(cell.text(300), required=False),
        **_place(),
        "location_precision": Column(cell.one_of(LocationPrecision)),
        "timezone": Column(cell.timezone),
        "phone": Column(cell.text(80), required=False),
        "email": Column(cell.email, required=False),
        "languages": Column(cell.languages, required=False),
        "step_free": Column(cell.one_of(Offering)),
        **_confirmed(references),
    }


def _office_agrees(row: Row) -> None:
    if row["ubigeo_inei"] and not row["ubigeo_inei"].startswith(row["region_code"]):
        raise CellsDisagree("ubigeo_inei", f"{row['ubigeo_inei']} is not in region {row['region_code']}")
    if row["successor"] and row["status"] != OfficeStatus.CLOSED:
        raise CellsDisagree("successor", f"only a closed office has one, and this one is {row['status']}")


def _office_rows(path: Path, references: References) -> Iterator[Row]:
    """The offices; a successor may be an office of the database, or of any line of this very file."""
    columns = _offices(references)
    listed = {row["slug"]: row["successor"] for row in rows_of(path, columns, ("slug",), _office_agrees)}
    successors = {**references.successors, **listed}

    def check(row: Row) -> None:
        _office_agrees(row)
        check_successor(row["slug"], successors, references.offices.keys() | listed.keys())
        row["successor_id"] = references.offices.get(row["successor"])

    yield from rows_of(path, columns, ("slug",), check)


def check_successor(slug: str, successors: Mapping[str, str | None], offices: Set[str]) -> None:
    """Refuse a successor that is not there, or that leads back to where the chain began.

    Raises:
        CellsDisagree
    """
    chain, following = [slug], successors.get(slug)
    while following:
        if following not in offices:
            raise CellsDisagree("successor", f"there is no office “{following}”")
        chain.append(following)
        if following in chain[:-1]:
            raise CellsDisagree("successor", f"leads in a circle: {' → '.join(chain)}")
        following = successors.get(following)


def _offers(references: References) -> Mapping[str, Column]:
    return {
        "office": Column(cell.known(references.offices, "office"), field="office_id"),
        "service": Column(cell.known(references.services, "service"), field="service_id"),
        "offers": Column(cell.one_of(Offering)),
        "attendance": Column(cell.one_of(Attendance)),
        **_confirmed(references),
    }


def _opening_hours(references: References) -> Mapping[str, Column]:
    return {
        "office": Column(cell.known(references.offices, "office"), field="office_id"),
        "service": Column(cell.known(references.services, "service"), required=False, field="service_id"),
        "weekday": Column(cell.weekday),
        "opens": Column(cell.clock_time),
        "closes": Column(cell.clock_time),
        **_confirmed(references),
    }


def _closes_after_opening(row: Row) -> None:
    if row["closes"] <= row["opens"]:
        raise CellsDisagree("closes", f"{row['closes']:%H:%M} is not after {row['opens']:%H:%M}")


def _localities(references: References) -> Mapping[str, Column]:
    return {
        "geonames_id": Column(cell.whole(1, LARGEST)),
        "name": Column(cell.text(200)),
        "region_inei": Column(cell.known(references.regions, "region"), field="region_code"),
        "region": Column(cell.known(references.region_names, "region"), field="code_of_region_name"),
        "district_inei": Column(cell.district, required=False),
        **_place(),
        "population": Column(cell.whole(0, LARGEST)),
        "other_names": Column(cell.other_names, required=False),
    }


def _locality_agrees(row: Row) -> None:
    if row["region_code"] != row["code_of_region_name"]:
        raise CellsDisagree("region", f"is not the name of region {row['region_code']}")
    if row["district_inei"] and not row["district_inei"].startswith(row["region_code"]):
        raise CellsDisagree("district_inei", f"{row['district_inei']} is not in region {row['region_code']}")
    row["other_names"] = row["other_names"] or ""


def _services(path: Path, references: References) -> Iterator[Row]:
    return services_of(path, references.sources)


def _provinces(path: Path, references: References) -> Iterator[Row]:
    return province_rows(path, references.regions)


def _districts(path: Path, references: References) -> Iterator[Row]:
    return district_rows(path, references.provinces)


def _countries(references: References) -> Mapping[str, Column]:
    return country_columns(references.sources)


def _papers(path: Path, _: References) -> Iterator[Row]:
    return papers_of(path)


def _chains(path: Path, references: References) -> Iterator[Row]:
    return chains_of(path, references.papers, references.services, references.sources)


# In the order of their references.
SEED_FILES = (
    _csv("sources.csv", Source, ("code",), _sources),
    _csv("regions.csv", Region, ("code",), _regions),
    SeedFile("services.json", _table(Service), ("code",), _services),
    SeedFile("offices.csv", _table(Office), ("slug",), _office_rows),
    _csv("offers.csv", Offer, ("office_id", "service_id"), _offers),
    _csv(
        "opening_hours.csv",
        OpeningHours,
        ("office_id", "service_id", "weekday", "opens"),
        _opening_hours,
        _closes_after_opening,
    ),
    _csv("localities.csv", Locality, ("geonames_id",), _localities, _locality_agrees),
    SeedFile("provinces.csv", _table(Province), ("code",), _provinces),
    SeedFile("districts.csv", _table(District), ("code",), _districts),
    _csv("countries.csv", CountryRow, ("code",), _countries, country_agrees),
    SeedFile("papers.json", _table(PaperRow), ("code",), _papers),
    SeedFile("chains.json", _table(ChainRow), ("code",), _chains),
)
