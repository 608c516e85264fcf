"""Better positions for offices whose address is published and whose position is only that of their town."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from geopy import Location
from sqlalchemy import delete, exists, insert, select, update

from consular.audit import journal
from consular.foundation.database import db, give_back
from consular.foundation.geography import Position, haversine_km
from consular.offices.geocoding.chain import FAR_FROM_ITS_TOWN_KM, spot_of
from consular.offices.geocoding.gazetteer_geocoder import GazetteerGeocoder
from consular.offices.geocoding.models import LocatedOffice
from consular.offices.geocoding.service import Service
from consular.offices.models import Office, Region, Source
from consular.offices.place_queries import gazetteer
from consular.offices.vocabulary import LocationPrecision, OfficeStatus

TOWNS = "GEONAMES"
SOURCES = {
    "OSM": (
        "OpenStreetMap, por su servicio de direcciones Nominatim",
        "https://www.openstreetmap.org/copyright",
    ),
    TOWNS: ("GeoNames, posiciones de ciudades", "https://www.geonames.org/"),
}
# A command waits for its turn; there is no page behind it.
ITS_TURN = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where an office would be put. `after` is None, and `why` says why, when it stays where it is."""

    slug: str
    address: str | None
    before: Position
    after: Position | None
    why: str = "nothing better is known"
    precision: str = LocationPrecision.ADDRESS.value
    source: str = "OSM"

    @property
    def moved_km(self) -> float:
        return haversine_km(self.before, [self.after])[0] if self.after else 0.0


def proposals(service: Service | None) -> list[Proposal]:
    """What is known better of each office whose position is not that of its address.

    The service, if there is one, is asked for published addresses; the gazetteer knows the town of an office
    that is put in the capital of its region.

    Not within a writing transaction: the service's answers are kept in their own.
    """
    patient = replace(service, wait=ITS_TURN) if service else None
    towns = GazetteerGeocoder(gazetteer())
    offices = db.session.execute(
        select(Office.slug, Office.address, Office.city, Region.name.label("region"))
        .add_columns(Office.latitude, Office.longitude, Office.location_precision)
        .join(Region, Region.code == Office.region_code)
        .where(
            Office.location_precision != LocationPrecision.ADDRESS.value,
            Office.status != OfficeStatus.CLOSED.value,
        )
        .order_by(Office.slug)
    ).all()
    give_back()  # the answers may take minutes: no snapshot is kept meanwhile
    return [_proposal(office, patient, towns) for office in offices]


def _proposal(office: Any, service: Service | None, towns: GazetteerGeocoder) -> Proposal:
    stays = Proposal(office.slug, office.address, Position(office.latitude, office.longitude), None)
    if service is not None and office.address is not None:
        proposal = _at_its_address(office, stays, service)
        if proposal.after is not None:
            return proposal
        stays = proposal
    if office.location_precision != LocationPrecision.REGION_CAPITAL.value or office.city is None:
        return stays
    town = towns.geocode(f"{office.city}, {office.region}")
    if not isinstance(town, Location) or not town.raw.exact:
        return replace(stays, why="its town is not known")
    position = Position(town.latitude, town.longitude)
    return replace(stays, after=position, precision=LocationPrecision.CITY.value, source=TOWNS)


def _at_its_address(office: Any, stays: Proposal, service: Service) -> Proposal:
    town = ", ".join(part for part in (office.city, office.region) if part)
    spot = spot_of("office", f"{office.address}, {town}, Perú", service)
    if spot is None:
        return replace(stays, why="the service does not answer or does not know it")
    if spot.precision != LocationPrecision.ADDRESS.value:
        return replace(stays, why=f"only its {spot.precision} was found")
    proposal = replace(stays, after=spot.position)
    if proposal.moved_km > FAR_FROM_ITS_TOWN_KM:
        return replace(stays, why=f"what was found is {proposal.moved_km:.0f} km from its town")
    return proposal


def write_positions(accepted: Sequence[Proposal], today: date, actor: str = "system") -> None:
    """Move the offices to where they were found, with the source and the day; seeding keeps that from now on."""
    for code in {each.source for each in accepted}:
        if not db.session.scalar(select(exists().where(Source.code == code))):
            title, url = SOURCES[code]
            db.session.execute(insert(Source).values(code=code, title=title, url=url))
    for each in accepted:
        if each.after is None:
            continue
        office_id = db.session.scalars(
            update(Office)
            .where(Office.slug == each.slug)
            .values(
                latitude=each.after.latitude,
                longitude=each.after.longitude,
                location_precision=each.precision,
            )
            .returning(Office.id)
        ).one()
        db.session.execute(delete(LocatedOffice).where(LocatedOffice.office_id == office_id))
        db.session.execute(
            insert(LocatedOffice).values(
                office_id=office_id, source_code=each.source, located_on=today.isoformat()
            )
        )
        journal.record(
            actor,
            "locate",
            "office",
            each.slug,
            latitude=each.after.latitude,
            longitude=each.after.longitude,
            source=each.source,
        )
