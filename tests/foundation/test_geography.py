"""Positions as people type them, and distances against the ellipsoid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consular.foundation.geography import (
    Extent,
    Position,
    PositionOutsideEarth,
    geodesic_km,
    haversine_km,
    parse_position,
)

CUSCO = Position(-13.53188, -71.96701)
LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)
POSITIONS = st.builds(Position, LATITUDES, LONGITUDES)
# Peru and half a country around it: where this sphere is used to rank.
AROUND_PERU = st.builds(Position, st.floats(-25, 5), st.floats(-90, -60))


@pytest.mark.parametrize(
    ("typed", "position"),
    [
        ("-13.53,-71.97", Position(-13.53, -71.97)),
        (" -13.53 ; -71.97 ", Position(-13.53, -71.97)),
        ("+4,+170.5", Position(4, 170.5)),
        ("90,-180", Position(90, -180)),
        ("0,0", Position(0, 0)),
        ("Cusco", None),
        ("", None),
        ("-13.53", None),
        ("-13.53,-71.97,12", None),
        ("13,5, 71,9", None),
        ("1e2,3", None),
        ("nan,nan", None),
        ("inf,0", None),
        ("٣,٤", None),
        ("1" * 400 + ",1", None),
    ],
)
def test_a_pair_of_degrees_is_a_position_and_nothing_else_is(typed: str, position: Position | None) -> None:
    assert parse_position(typed) == position


@pytest.mark.parametrize("typed", ["90.0001,0", "-91,0", "0,180.5", "0,-999", "999,999"])
def test_a_position_outside_the_earth_is_refused(typed: str) -> None:
    with pytest.raises(PositionOutsideEarth) as refused:
        parse_position(typed)
    assert refused.value.status == 422


@given(POSITIONS)
def test_what_is_written_is_read_again(position: Position) -> None:
    written = f"{position.latitude:.6f},{position.longitude:.6f}"
    read = parse_position(written)
    assert read is not None
    assert (read.latitude, read.longitude) == (float(written.split(",")[0]), float(written.split(",")[1]))


def test_a_surveyed_line() -> None:
    """Flinders Peak to Buninyong: 54 972.271 m, the line that Geoscience Australia publishes for checks."""
    flinders_peak = Position(-(37 + 57 / 60 + 3.72030 / 3600), 144 + 25 / 60 + 29.52440 / 3600)
    buninyong = Position(-(37 + 39 / 60 + 10.15610 / 3600), 143 + 55 / 60 + 35.38390 / 3600)
    assert geodesic_km(flinders_peak, buninyong) == pytest.approx(54.972271, abs=1e-6)
    assert haversine_km(flinders_peak, [buninyong])[0] == pytest.approx(54.972271, rel=0.005)


@given(AROUND_PERU, AROUND_PERU)
def test_the_sphere_is_near_the_ellipsoid(origin: Position, place: Position) -> None:
    exact = geodesic_km(origin, place)
    # 0.57 % is the worst anywhere on Earth: north to south at the equator. 1 mm is below every need.
    assert haversine_km(origin, [place])[0] == pytest.approx(exact, rel=0.0057, abs=1e-6)


@given(st.lists(POSITIONS, max_size=8), POSITIONS)
def test_every_place_has_its_own_distance_both_ways(places: list[Position], origin: Position) -> None:
    distances = haversine_km(origin, places)
    assert len(distances) == len(places)
    for place, distance in zip(places, distances, strict=True):
        assert 0 <= distance <= 20_016  # half of the sphere's circumference
        assert haversine_km(place, [origin])[0] == pytest.approx(distance, abs=1e-6)


def test_no_distance_to_oneself_and_half_the_world_to_the_antipodes() -> None:
    assert haversine_km(CUSCO, [CUSCO]) == [0]
    antipodes = Position(-CUSCO.latitude, CUSCO.longitude + 180)
    assert haversine_km(CUSCO, [antipodes])[0] == pytest.approx(20_015, abs=1)


@pytest.mark.parametrize(
    ("latitude", "longitude", "swapped"),
    [
        (-77, -12, True),  # Lima, longitude first
        (-71.967, -13.532, True),
        (-12, -77, False),
        (40.4, -3.7, False),  # Madrid
        (-3.7, 40.4, False),  # Madrid, longitude first: neither is in the country
        (-70.65, -8.27, True),  # an Antarctic station: nobody asks for an office from there
        (-20.2, -70.1, False),  # beyond the border
        (-75, -30, False),
    ],
)
def test_a_position_with_its_numbers_exchanged_is_recognised(
    latitude: float, longitude: float, swapped: bool
) -> None:
    peru = Extent.of([Position(-18.1, -70.3), Position(-0.1, -75.5), Position(-4.6, -81.3), CUSCO])
    assert peru == Extent(south=-18.1, north=-0.1, west=-81.3, east=-70.3)
    assert peru.only_holds_swapped(Position(latitude, longitude)) is swapped


def test_beside_a_country_nothing_is_taken_for_exchanged() -> None:
    """Somewhere on Earth the two numbers are much alike."""
    square = Extent.of([Position(10, 10), Position(14, 20)])
    assert square is not None
    assert not square.only_holds_swapped(Position(19, 11))
    assert square.only_holds_swapped(Position(15, 10)) is False
    assert Extent.of([]) is None
