"""Positions on Earth: what a person may type, and straight-line distances."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from geopy.distance import geodesic

from consular.foundation.errors import Refusal

MEAN_EARTH_RADIUS_KM = 6371.0088  # IUGG mean radius R1


@dataclass(frozen=True)
class Position:
    """WGS 84 degrees."""

    latitude: float
    longitude: float


class PositionOutsideEarth(Refusal):
    """A latitude beyond 90 or a longitude beyond 180 degrees."""

    status = 422


_PAIR = re.compile(r"\s*([+-]?\d{1,3}(?:\.\d{1,12})?)\s*[,;]\s*([+-]?\d{1,3}(?:\.\d{1,12})?)\s*", re.ASCII)


def parse_position(typed: str) -> Position | None:
    """``lat,lon`` in decimal degrees, or None when the text is not of that form.

    Raises:
        PositionOutsideEarth: the form is right but there is no such place.
    """
    pair = _PAIR.fullmatch(typed)
    if pair is None:
        return None
    latitude, longitude = float(pair[1]), float(pair[2])
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise PositionOutsideEarth(latitude=latitude, longitude=longitude)
    return Position(latitude, longitude)


def haversine_km(origin: Position, places: Sequence[Position]) -> list[float]:
    """Great-circle distances on a sphere; within 0.6 % of the geodesic, and 100 times cheaper."""
    lat1, lon1 = math.radians(origin.latitude), math.radians(origin.longitude)
    cos1 = math.cos(lat1)
    distances = []
    for place in places:
        lat2, lon2 = math.radians(place.latitude), math.radians(place.longitude)
        h = math.sin((lat2 - lat1) / 2) ** 2 + cos1 * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
        distances.append(2 * MEAN_EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(h))))
    return distances


def geodesic_km(origin: Position, place: Position) -> float:
    """Distance on the WGS 84 ellipsoid (Karney's method, by geopy)."""
    return float(geodesic((origin.latitude, origin.longitude), (place.latitude, place.longitude)).kilometers)
