"""The drawing of a country: light, true to its data, and refused when it is none."""

import gzip
import json
import re
from pathlib import Path

import pytest

from consular.foundation.geography import Position
from consular.offices.outline import FINE, WIDTH, Outline, OutlineUnreadable, read_outline

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "outline.geojson"
CUSCO, LIMA = Position(-13.53, -71.97), Position(-12.05, -77.04)


def country(*rings: list[list[float]], key: str = "XX-AA", kind: str = "Polygon") -> str:
    geometry = {"type": kind, "coordinates": list(rings)}
    return json.dumps({"features": [{"properties": {"key": key}, "geometry": geometry}]})


SQUARE = [[-80.0, -10.0], [-70.0, -10.0], [-70.0, 0.0], [-80.0, 0.0], [-80.0, -10.0]]


@pytest.fixture(scope="module")
def peru() -> Outline:
    return read_outline(SEEDS.read_text(encoding="utf-8"))


def corners(shape: str) -> list[tuple[int, int]]:
    """The absolute points of relative path data."""
    points = []
    for ring in re.findall(r"M([^z]+)z", shape):
        across = down = 0
        numbers = [int(each) for each in re.findall(r"-?\d+", ring)]
        for step in zip(numbers[::2], numbers[1::2], strict=True):
            across, down = across + step[0], down + step[1]
            points.append((across, down))
    return points


def test_the_real_outline_is_light_and_has_every_region(peru: Outline) -> None:
    assert len(peru.shapes) == 25
    assert all(shape.startswith("M") for shape in peru.shapes.values())
    assert 5_000 < len(gzip.compress(peru.svg().encode(), 6)) < 15 * 1024


def test_places_lie_where_they_are(peru: Outline) -> None:
    for region, place in (("PE-CUS", CUSCO), ("PE-LIM", LIMA)):
        across, down = (part * FINE for part in peru.point(place))
        points = corners(peru.shapes[region])
        assert min(x for x, _y in points) < across < max(x for x, _y in points), region
        assert min(y for _x, y in points) < down < max(y for _x, y in points), region
    assert peru.holds(CUSCO)
    assert not peru.holds(Position(40.4, -3.7))


def test_its_bounds_are_its_corners(peru: Outline) -> None:
    south, west, north, east = peru.bounds
    assert peru.point(Position(north, west)) == pytest.approx((0, 0), abs=1e-6)
    assert peru.point(Position(south, east)) == pytest.approx((WIDTH, peru.height), abs=1e-6)


def test_the_drawing_is_that_of_web_mercator() -> None:
    """A square of degrees grows taller away from the equator, as on every street map."""
    drawn = corners(read_outline(country(SQUARE)).shapes["XX-AA"])
    wide = max(x for x, _y in drawn) - min(x for x, _y in drawn)
    tall = max(y for _x, y in drawn) - min(y for _x, y in drawn)
    assert wide == 9400
    assert tall / wide == pytest.approx(1.00512, abs=0.0005)  # of the Mercator projection at 10 degrees


def test_neighbours_share_their_border() -> None:
    """Both are rounded to one grid, so no gap opens between them."""
    features = [json.loads(country(ring, key=key))["features"][0] for key, ring in two_with_one_border()]
    drawn = read_outline(json.dumps({"features": features}))
    shared = set(corners(drawn.shapes["XX-AA"])) & set(corners(drawn.shapes["XX-BB"]))
    assert len(shared) == 3


def two_with_one_border() -> list[tuple[str, list[list[float]]]]:
    border = [[-75.12345, 0.0], [-75.34567, -5.4321], [-75.0, -10.0]]
    west = [[-80.0, 0.0], *border, [-80.0, -10.0], [-80.0, 0.0]]
    east = [[-70.0, 0.0], [-70.0, -10.0], *reversed(border), [-70.0, 0.0]]
    return [("XX-AA", west), ("XX-BB", east)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"features": 1}',
        '{"features": []}',
        country(SQUARE, key="BRA"),
        country(SQUARE, kind="Point"),
        country([["a", "b"]]),
        country([[1.0]]),
        country([[-80.0, 1.0], [-80.0, 2.0]]),
    ],
)
def test_what_is_no_outline_is_refused(text: str) -> None:
    with pytest.raises(OutlineUnreadable):
        read_outline(text)
