"""A Nominatim server, asked through geopy: one question, and an answer that is believed only within bounds."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from geopy.exc import GeocoderInsufficientPrivileges, GeocoderRateLimited, GeopyError
from geopy.geocoders import Nominatim

from consular.foundation.geography import Position
from consular.offices.geocoding.transport import BoundedAdapter

COUNTRY = "pe"
# Degrees that hold the whole country: south, north, west, east.
SOUTH, NORTH, WEST, EAST = -18.4, 0.1, -81.4, -68.6
REFUSED = timedelta(minutes=10)  # how long a server that says no is left alone, at the least
LONGEST_REST = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Service:
    """Which server is asked, who asks (`agent`: its usage policy wants a contact), and how patiently.

    `patience` and `wait` are seconds: for a whole answer, and for one's turn to ask.
    """

    url: str
    agent: str
    patience: float = 3.0
    wait: float = 1.0


@dataclass(frozen=True, slots=True)
class Spot:
    """A position and what it is true to: `address`, `street`, `locality`, `district`, `province`, `region`."""

    position: Position
    precision: str


class ServiceFailed(Exception):
    """No usable answer. `rest`: how long the server asked to be left alone, None when it did not say."""

    def __init__(self, why: str, rest: timedelta | None = None) -> None:
        super().__init__(why)
        self.rest = rest


def ask(service: Service, text: str) -> Spot | None:
    """Where an address of the country is; None when the server knows none within the country.

    Raises:
        ServiceFailed: too slow, refused, broken, or not what Nominatim answers.
    """
    parts = urlsplit(service.url)
    geocoder = Nominatim(
        scheme=parts.scheme,
        domain=parts.netloc + parts.path,
        user_agent=service.agent,
        timeout=service.patience,
        adapter_factory=BoundedAdapter,
    )
    try:
        found = geocoder.geocode(text, country_codes=COUNTRY, addressdetails=True, language="es")
        return None if found is None else _spot(found.latitude, found.longitude, found.raw)
    except GeocoderRateLimited as refused:
        asked = timedelta(seconds=refused.retry_after or 0)
        raise ServiceFailed("rate limited", min(max(asked, REFUSED), LONGEST_REST)) from refused
    except GeocoderInsufficientPrivileges as refused:
        raise ServiceFailed("refused", REFUSED) from refused
    except GeopyError as problem:
        raise ServiceFailed(type(problem).__name__) from problem
    except (TypeError, ValueError, AttributeError, KeyError, IndexError) as problem:
        raise ServiceFailed("not what Nominatim answers") from problem


def _spot(latitude: float, longitude: float, raw: dict[str, Any]) -> Spot | None:
    address = raw.get("address") or {}
    if address.get("country_code", COUNTRY) != COUNTRY:
        return None
    if not (SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST):
        return None
    return Spot(Position(latitude, longitude), _precision(address, int(raw.get("place_rank", 30))))


def _precision(address: dict[str, Any], rank: int) -> str:
    """Nominatim's `place_rank` runs from 4 (a country) over 16 (a town) and 26 (a street) to 30 (a house)."""
    if address.get("house_number"):
        return "address"
    for least, precision in ((26, "street"), (16, "locality"), (13, "district"), (9, "province")):
        if rank >= least:
            return precision
    return "region"
