"""Positions on Earth: what a person may type, and straight-line distances."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from geopy.distance import geodesic

from consular.foundation.errors import Refusal

MEAN_EARTH_RADIUS_KM = 6371.0088  # IUGG mean radius R1
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Position:
    """WGS 84 degrees."""

    latitude: float
    longitude: float

    @cached_property
    def on_unit_sphere(self) -> Point:
        """x, y and z of the point on a sphere of radius 1."""
        latitude, longitude = math.radians(self.latitude), math.radians(self.longitude)
        ring = math.cos(latitude)
        return ring * math.cos(longitude), ring * math.sin(longitude), math.sin(latitude)


class PositionOutsideEarth(Refusal):
    """A latitude beyond 90 or a longitude beyond 180 degrees."""

    status = 422


# Degrees. The outermost towns are not the border; and who is 1,000 km away did not mean a place beside it.
_BORDER, _FAR = 1, 9


@dataclass(frozen=True)
class Extent:
    """The least rectangle of latitudes and longitudes that holds some positions."""

    south: float
    north: float
    west: float
    east: float

    @classmethod
    def of(cls, positions: Sequence[Position]) -> "Extent | None":
        """None: there are no positions."""
        if not positions:
            return None
        latitudes = [each.latitude for each in positions]
        longitudes = [each.longitude for each in positions]
        return cls(min(latitudes), max(latitudes), min(longitudes), max(longitudes))

    def only_holds_swapped(self, position: Position) -> bool:
        """Whether a position lies far outside, but inside when its two numbers are exchanged."""
        return self._holds(position.longitude, position.latitude, _BORDER) and not self._holds(
            position.latitude, position.longitude, _FAR
        )

    def _holds(self, latitude: float, longitude: float, margin: float) -> bool:
        return (
            self.south - margin <= latitude <= self.north + margin
            and self.west - margin <= longitude <= self.east + margin
        )


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
    """Great-circle distances on a sphere; within 0.6 % of the geodesic, and 200 times cheaper."""
    return [chord_km(each) for each in squared_chords(origin, [place.on_unit_sphere for place in places])]


def squared_chords(origin: Position, points: Sequence[Point]) -> list[float]:
    """Squares of the straight lines through the Earth, on a sphere of radius 1: 0 here and 4 at the antipodes.

    They order points as `haversine_km` does, at a third of its cost: a Position remembers its point.
    """
    x, y, z = origin.on_unit_sphere
    return [(x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2 for a, b, c in points]


def chord_km(squared: float) -> float:
    """The great-circle distance over a squared chord: the haversine formula without its sines and cosines."""
    return 2 * MEAN_EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(squared) / 2))


def geodesic_km(origin: Position, place: Position) -> float:
    """Distance on the WGS 84 ellipsoid (Karney's method, by geopy)."""
    return float(geodesic((origin.latitude, origin.longitude), (place.latitude, place.longitude)).kilometers)
