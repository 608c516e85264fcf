"""Reads the places that citizens may name, and keeps them in memory."""

from weakref import WeakKeyDictionary

from sqlalchemy import Engine, RowMapping, select

from consular.foundation.database import db
from consular.foundation.geography import Position
from consular.offices.gazetteer import District, Divisions, Gazetteer, Locality, Province
from consular.offices.models import Locality as LocalityRow
from consular.offices.models import Region
from consular.offices.place_models import District as DistrictRow
from consular.offices.place_models import Province as ProvinceRow
from consular.offices.regions import forget_region_names

# By database, because a process of the tests has several.
_gazetteers: WeakKeyDictionary[Engine, Gazetteer] = WeakKeyDictionary()


def gazetteer() -> Gazetteer:
    """The places that citizens may name: built once a process from four statements, then kept."""
    kept = _gazetteers.get(db.engine)
    if kept is not None:
        return kept
    regions = {code: name for code, name in db.session.execute(select(Region.code, Region.name))}
    rows = db.session.execute(select(*LocalityRow.__table__.columns)).mappings()
    built = Gazetteer([_locality(row, regions) for row in rows], regions, _divisions())
    _gazetteers[db.engine] = built
    return built


def read_places_ahead() -> None:
    """Build the gazetteer before anybody asks, unless no places are loaded yet: another process may load them later."""
    if db.session.scalar(select(LocalityRow.geonames_id).limit(1)) is not None:
        gazetteer()


def forget_gazetteer() -> None:
    """Build the gazetteer anew at its next use, because the localities, divisions or regions changed."""
    _gazetteers.clear()
    forget_region_names()


def _divisions() -> Divisions:
    provinces = db.session.execute(
        select(*ProvinceRow.__table__.columns).order_by(ProvinceRow.code)
    ).mappings()
    districts = db.session.execute(
        select(*DistrictRow.__table__.columns).order_by(DistrictRow.code)
    ).mappings()
    return Divisions(
        tuple(
            Province(row["code"], row["name"], row["capital"], Position(row["latitude"], row["longitude"]))
            for row in provinces
        ),
        tuple(_district(row) for row in districts),
    )


def _district(row: RowMapping) -> District:
    known = row["latitude"] is not None
    return District(
        code=row["code"],
        name=row["name"],
        capital=row["capital"],
        position=Position(row["latitude"], row["longitude"]) if known else None,
        other_names=_names(row["other_names"]),
    )


def _locality(row: RowMapping, regions: dict[str, str]) -> Locality:
    return Locality(
        geonames_id=row["geonames_id"],
        name=row["name"],
        region_code=row["region_code"],
        region=regions[row["region_code"]],
        district_inei=row["district_inei"],
        position=Position(row["latitude"], row["longitude"]),
        population=row["population"],
        other_names=_names(row["other_names"]),
    )


def _names(joined: str) -> tuple[str, ...]:
    return tuple(name for name in joined.split("|") if name)
