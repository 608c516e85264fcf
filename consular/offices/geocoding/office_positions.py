"""Better positions for offices whose address is published and whose position is only that of their town."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import delete, exists, insert, select, update

from consular.audit import journal
from consular.foundation.database import db
from consular.foundation.geography import Position, haversine_km
from consular.offices.geocoding.chain import FAR_FROM_ITS_TOWN_KM, spot_of
from consular.offices.geocoding.models import LocatedOffice
from consular.offices.geocoding.service import Service
from consular.offices.models import Office, Region, Source
from consular.offices.vocabulary import LocationPrecision, OfficeStatus

SOURCE = "OSM"
SOURCE_TITLE = "OpenStreetMap, por su servicio de direcciones Nominatim"
SOURCE_URL = "https://www.openstreetmap.org/copyright"
# A command waits for its turn; there is no page behind it.
ITS_TURN = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where an office would be put. `after` is None, and `why` says why, when it stays where it is."""

    slug: str
    address: str
    before: Position
    after: Position | None
    why: str = ""

    @property
    def moved_km(self) -> float:
        return haversine_km(self.before, [self.after])[0] if self.after else 0.0


def proposals(service: Service) -> list[Proposal]:
    """What the service says of each office with an address and a position that is not that of the address.

    Not within a writing transaction: the service's answers are kept in their own.
    """
    patient = replace(service, wait=ITS_TURN)
    rows = db.session.execute(
        select(Office.slug, Office.address, Office.city, Region.name, Office.latitude, Office.longitude)
        .join(Region, Region.code == Office.region_code)
        .where(
            Office.address.is_not(None),
            Office.location_precision != LocationPrecision.ADDRESS.value,
            Office.status != OfficeStatus.CLOSED.value,
        )
        .order_by(Office.slug)
    ).all()
    db.session.rollback()  # the answers may take minutes: no snapshot is kept meanwhile
    return [
        _proposal(slug, address, ", ".join(part for part in (city, region) if part), Position(*at), patient)
        for slug, address, city, region, *at in rows
    ]


def _proposal(slug: str, address: str | None, town: str, before: Position, service: Service) -> Proposal:
    spot = spot_of("office", f"{address}, {town}, Perú", service)
    stays = Proposal(slug, address or "", before, None)
    if spot is None:
        return replace(stays, why="the service does not answer or does not know it")
    if spot.precision != LocationPrecision.ADDRESS.value:
        return replace(stays, why=f"only its {spot.precision} was found")
    proposal = replace(stays, after=spot.position)
    if proposal.moved_km > FAR_FROM_ITS_TOWN_KM:
        return replace(stays, why=f"what was found is {proposal.moved_km:.0f} km from its town")
    return proposal


def write_positions(accepted: Sequence[Proposal], today: date) -> None:
    """Move the offices to where they were found, with the source and the day; seeding keeps that from now on."""
    if not db.session.scalar(select(exists().where(Source.code == SOURCE))):
        db.session.execute(insert(Source).values(code=SOURCE, title=SOURCE_TITLE, url=SOURCE_URL))
    for each in accepted:
        if each.after is None:
            continue
        office_id = db.session.scalars(
            update(Office)
            .where(Office.slug == each.slug)
            .values(
                latitude=each.after.latitude,
                longitude=each.after.longitude,
                location_precision=LocationPrecision.ADDRESS.value,
            )
            .returning(Office.id)
        ).one()
        db.session.execute(delete(LocatedOffice).where(LocatedOffice.office_id == office_id))
        db.session.execute(
            insert(LocatedOffice).values(
                office_id=office_id, source_code=SOURCE, located_on=today.isoformat()
            )
        )
        journal.record(
            "system",
            "locate",
            "office",
            each.slug,
            latitude=each.after.latitude,
            longitude=each.after.longitude,
            source=SOURCE,
        )
