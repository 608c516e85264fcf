"""What is published of an office and a service, as a booking needs it, kept while the database says that it is unchanged.

Everybody who books at an office asks for the same; only the slots and the person differ.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Select, and_, bindparam, select

from consular.foundation.database import connection, db
from consular.offices.models import Offer, Office, Region, Service
from consular.offices.queries import OfficeUnknown

MOST = 2_000  # pairs of an office and a service, of about 2 KB each


@dataclass(frozen=True, slots=True)
class Published:
    """An office and a service, and whether the one offers the other; `offers` is None when nothing says so."""

    office_id: int
    office_slug: str
    office_name: str
    status: str
    opens_on: date | None
    timezone: str
    city: str | None
    region: str
    address: str | None
    latitude: float
    longitude: float
    location_precision: str
    service_id: int
    service_code: str
    service_texts: dict[str, Any]
    bookable: bool
    offers: str | None


# By database, because a process of the tests has several; all of one version.
_kept: WeakKeyDictionary[Engine, tuple[str, dict[tuple[str, str], Published]]] = WeakKeyDictionary()


def published(office: str, service: str, version: str | None) -> Published:
    """One statement, or none when the same was asked under this version of the facts before.

    `version` was read before, in this request: what is kept under it is then at least as new as it says. Without one
    nothing is kept.

    Raises:
        OfficeUnknown: one of them is not there.
    """
    if version is None:
        return _read(office, service)
    kept = _kept.get(db.engine)
    if kept is None or kept[0] != version or len(kept[1]) >= MOST:
        kept = _kept[db.engine] = (version, {})
    found = kept[1].get((office, service))
    if found is None:
        found = kept[1][office, service] = _read(office, service)
    return found


def _read(office: str, service: str) -> Published:
    row = connection().execute(_query(), {"office": office, "service": service}).one_or_none()
    if row is None:
        raise OfficeUnknown(office=office)
    return Published(*row)


@cache
def _query() -> Select[*tuple[Any, ...]]:
    """The columns of Published, in its order. Built once: building it takes longer than running it."""
    return (
        select(
            *(Office.id, Office.slug, Office.name, Office.status, Office.opens_on, Office.timezone),
            *(Office.city, Region.name, Office.address),
            *(Office.latitude, Office.longitude, Office.location_precision),
            *(Service.id, Service.code, Service.texts, Service.bookable, Offer.offers),
        )
        .select_from(Office)
        .join(Region, Region.code == Office.region_code)
        .join(Service, Service.code == bindparam("service"))
        .outerjoin(Offer, and_(Offer.office_id == Office.id, Offer.service_id == Service.id))
        .where(Office.slug == bindparam("office"))
    )
