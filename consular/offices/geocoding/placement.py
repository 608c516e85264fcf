"""Where an office with a new address is: at the house, if the chain finds it, else as near as is known."""

from dataclasses import dataclass

from geopy import Location

from consular.foundation.errors import Refusal
from consular.foundation.geography import Position, haversine_km
from consular.offices.geocoding.chain import FAR_FROM_ITS_TOWN_KM, FINER_THAN_A_TOWN, spot_of
from consular.offices.geocoding.gazetteer_geocoder import GazetteerGeocoder
from consular.offices.geocoding.office_positions import TOWNS
from consular.offices.geocoding.service import Service
from consular.offices.place_queries import gazetteer
from consular.offices.vocabulary import LocationPrecision

ADDRESS, CITY = LocationPrecision.ADDRESS.value, LocationPrecision.CITY.value


class TownUnknown(Refusal):
    """The region has no such town in the gazetteer. Facts: city, region."""

    status = 422


@dataclass(frozen=True, slots=True)
class Placement:
    """A position and what it is true to (LocationPrecision). `source` is None when the office stays where it is.

    `why`: `house` (found), `same` (nothing asked, it has not moved), or why the house was not found: `no-address`,
    `no-service`, `no-answer` (no answer, or not known there), `street` (only its street), `town` (only a place),
    `far` (too far from its town to be the one that is meant).
    """

    position: Position
    precision: str
    source: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is published of where an office is; `region` by name."""

    address: str | None
    city: str | None
    region: str
    position: Position
    precision: str


def place_office(
    before: Whereabouts, address: str | None, city: str | None, service: Service | None
) -> Placement:
    """Where the office is with this address in this town of its region.

    Not within a writing transaction: what the service answers is kept in one of its own.

    Raises:
        TownUnknown: another town than before, which the gazetteer does not know in that region.
    """
    if (address, city) == (before.address, before.city) and before.precision == ADDRESS:
        return Placement(before.position, ADDRESS, None, "same")
    town = _town(city, before.region) if city else None
    if city != before.city and town is None:
        raise TownUnknown(city=city, region=before.region)
    house, why = _house(before, address, city, town or before.position, service)
    if house is not None:
        return Placement(house, ADDRESS, "OSM", why)
    # A door's position says nothing of another door; that of a district or a town holds for all of its addresses.
    still = before.precision in (CITY, LocationPrecision.DISTRICT.value) and city == before.city
    if town is not None and not still:
        return Placement(town, CITY, TOWNS, why)
    return Placement(before.position, CITY if before.precision == ADDRESS else before.precision, None, why)


def moved_km(before: Position, after: Position) -> float:
    """How far an office moves, in a straight line."""
    return haversine_km(before, [after])[0]


def _town(city: str, region: str) -> Position | None:
    found = GazetteerGeocoder(gazetteer()).geocode(f"{city}, {region}")
    if not isinstance(found, Location) or not found.raw.exact or found.raw.place.region != region:
        return None
    return Position(found.latitude, found.longitude)


def _house(
    before: Whereabouts, address: str | None, city: str | None, near: Position, service: Service | None
) -> tuple[Position | None, str]:
    """The position of the door, or None; and why."""
    if address is None:
        return None, "no-address"
    if service is None:
        return None, "no-service"
    town = ", ".join(part for part in (city, before.region) if part)
    spot = spot_of("office", f"{address}, {town}, Perú", service)
    if spot is None:
        return None, "no-answer"
    if spot.precision != ADDRESS:
        return None, "street" if spot.precision in FINER_THAN_A_TOWN else "town"
    if moved_km(near, spot.position) > FAR_FROM_ITS_TOWN_KM:
        return None, "far"
    return spot.position, "house"
