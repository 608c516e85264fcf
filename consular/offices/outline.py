"""The country's outline: GeoJSON turned into a light drawing, and where a position lies on it. Pure."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consular.foundation.geography import Position

WIDTH = 1000  # units of the drawing, margins included
MARGIN = 30
FINE = 10  # the borders' own units in one of the drawing's: about 140 m in Peru

Point = tuple[int, int]
Ring = Sequence[Sequence[float]]


class OutlineUnreadable(ValueError):
    """The file is not GeoJSON of regions as docs/data.md describes it."""


@dataclass(frozen=True)
class Outline:
    """A country drawn in Web Mercator, so that a map of that projection can lie over it.

    `shapes` are SVG path data by ISO 3166-2 code, in units of 1/FINE; `abroad` those of the neighbours.
    The drawing is WIDTH by `height`.
    """

    west: float
    north: float
    scale: float  # units per degree of longitude
    height: int
    shapes: Mapping[str, str]
    abroad: str

    def point(self, position: Position) -> tuple[float, float]:
        """Units from the drawing's left and top."""
        return (
            (position.longitude - self.west) * self.scale,
            (_mercator(self.north) - _mercator(position.latitude)) * self.scale,
        )

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """South, west, north, east of the whole drawing, in degrees."""
        south = _latitude(_mercator(self.north) - self.height / self.scale)
        return south, self.west, self.north, self.west + WIDTH / self.scale

    def holds(self, position: Position) -> bool:
        """Whether the position is on the drawing at all."""
        across, down = self.point(position)
        return 0 <= across <= WIDTH and 0 <= down <= self.height

    def svg(self) -> str:
        """A file of shapes that other drawings use by their codes; it has no colours of its own."""
        shapes = {**self.shapes, "abroad": self.abroad}
        paths = "".join(
            f'<path id="{code}" d="{shape}" vector-effect="non-scaling-stroke"/>'
            for code, shape in shapes.items()
        )
        return f'<svg xmlns="http://www.w3.org/2000/svg">{paths}</svg>'


def read_outline(text: str) -> Outline:
    """An outline from GeoJSON whose features carry a `key`: ISO 3166-2 for regions, a country's for neighbours.

    Raises:
        OutlineUnreadable: it is something else, or has no region.
    """
    try:
        features = {
            str(each["properties"]["key"]): list(_rings(each["geometry"]))
            for each in json.loads(text)["features"]
        }
        regions = {key: rings for key, rings in features.items() if "-" in key}
        places = [place for rings in regions.values() for ring in rings for place in ring]
        frame = _frame([float(place[0]) for place in places], [float(place[1]) for place in places])
        shapes = {key: _path(rings, frame) for key, rings in sorted(regions.items())}
        abroad = "".join(_path(rings, frame) for key, rings in features.items() if "-" not in key)
    except (ValueError, KeyError, TypeError, IndexError, ArithmeticError) as problem:
        raise OutlineUnreadable(f"not an outline: {problem!r}") from problem
    return Outline(frame.west, frame.north, frame.scale, frame.height, shapes, abroad)


def _frame(longitudes: Sequence[float], latitudes: Sequence[float]) -> Outline:
    """An empty drawing around these places."""
    scale = (WIDTH - 2 * MARGIN) / (max(longitudes) - min(longitudes))
    top, bottom = _mercator(max(latitudes)), _mercator(min(latitudes))
    return Outline(
        west=min(longitudes) - MARGIN / scale,
        north=_latitude(top + MARGIN / scale),
        scale=scale,
        height=round((top - bottom) * scale + 2 * MARGIN),
        shapes={},
        abroad="",
    )


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    if geometry["type"] == "Polygon":
        yield from geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["coordinates"]:
            yield from polygon
    else:
        raise KeyError(geometry["type"])


def _path(rings: Iterable[Ring], frame: Outline) -> str:
    """Rounding to one grid keeps the borders of neighbours together, which simplifying each would not."""
    return "".join(_closed(_on_grid(ring, frame)) for ring in rings)


def _on_grid(ring: Ring, frame: Outline) -> list[Point]:
    points: list[Point] = []
    for place in ring:
        across, down = frame.point(Position(float(place[1]), float(place[0])))
        point = (round(across * FINE), round(down * FINE))
        if not points or points[-1] != point:
            points.append(point)
    return points


def _closed(points: Sequence[Point]) -> str:
    if len(points) < 4:  # smaller than the grid
        return ""
    first, *rest = points[:-1]  # the last repeats the first
    steps, before = [], first
    for point in rest:
        steps.append(f"{point[0] - before[0]} {point[1] - before[1]}")
        before = point
    return f"M{first[0]} {first[1]}l{' '.join(steps)}z".replace(" -", "-")


def _mercator(latitude: float) -> float:
    """Degrees of longitude that are as long on the map as the way from the equator."""
    return math.degrees(math.asinh(math.tan(math.radians(latitude))))


def _latitude(mercator: float) -> float:
    return math.degrees(math.atan(math.sinh(math.radians(mercator))))
