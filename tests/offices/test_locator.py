"""The locator against the plain truth: every distance measured, sorted."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consular.foundation.geography import Position, geodesic_km, squared_chords
from consular.offices.cards import OfficeCard
from consular.offices.gazetteer import Locality
from consular.offices.locator import PLACES_KEPT, REFINED, Offices, Ranking, by_distance, nearest, ranking

from .conftest import card

HUARAZ = Position(-9.52614, -77.52869)
NINE = datetime(2026, 11, 30, 14, 0, tzinfo=UTC)


def _slugs(ranked: Ranking) -> list[str]:
    return [each.office.slug for each in ranked.answers]


def _by_plain_truth(origin: Position, offices: Sequence[OfficeCard]) -> list[str]:
    attending = [office for office in offices if office.status == "open"]
    return [o.slug for o in sorted(attending, key=lambda o: (geodesic_km(origin, o.position), o.slug))]


def test_the_nearest_offices_of_localities_are_the_true_ones(
    localities: list[Locality], offices: list[OfficeCard]
) -> None:
    """Every close call (two offices within 5 % of each other), and each fifth of the other localities."""
    compared = 0
    for number, locality in enumerate(localities):
        first, second, *_ = nearest(locality.position, offices, limit=2)
        assert first.distance_km is not None
        assert second.distance_km is not None
        if number % 5 == 0 or second.distance_km < 1.05 * first.distance_km:
            truth = _by_plain_truth(locality.position, offices)
            assert [first.office.slug, second.office.slug] == truth[:2], locality.name
            compared += 1
    assert compared > 450


def test_all_offices_are_in_the_true_order(localities: list[Locality], offices: list[OfficeCard]) -> None:
    for locality in localities[::100]:
        truth = _by_plain_truth(locality.position, offices)
        assert [each.office.slug for each in nearest(locality.position, offices)] == truth, locality.name


def test_distances_are_geodesic(offices: list[OfficeCard]) -> None:
    first = nearest(HUARAZ, offices, limit=1)[0]
    assert first.office.slug == "trujillo"
    assert first.distance_km == pytest.approx(228, abs=1)  # DOMAIN: Huaraz to Trujillo
    assert first.distance_km == geodesic_km(HUARAZ, first.office.position)


def test_an_announced_office_is_beside_and_never_the_answer(offices: list[OfficeCard]) -> None:
    ranked = ranking(HUARAZ, offices, {})
    assert "ancash" not in _slugs(ranked)
    assert [(each.office.slug, each.distance_km) for each in ranked.announced] == [("ancash", 0.0)]


@pytest.mark.parametrize("status", ["announced", "suspended", "closed"])
def test_only_open_offices_answer(status: str) -> None:
    there = card(1, "there", -9.5, -77.5, status=status)
    far = card(2, "far", -18.0, -70.0)
    assert _slugs(ranking(HUARAZ, [there, far], {})) == ["far"]
    assert [each.office.slug for each in nearest(HUARAZ, [there, far])] == ["far"]


@pytest.mark.parametrize(
    ("offers", "answers"), [("yes", True), ("unknown", True), (None, True), ("no", False)]
)
def test_an_office_that_may_offer_the_service_stays(offers: str | None, answers: bool) -> None:
    ranked = ranking(HUARAZ, [card(1, "one", -9.5, -77.5, offers=offers)], {})
    assert bool(ranked.answers) is answers


def test_an_announced_office_that_will_not_offer_the_service_is_left_out() -> None:
    ranked = ranking(HUARAZ, [card(1, "one", -9.5, -77.5, status="announced", offers="no")], {})
    assert ranked == Ranking([], [])


def test_without_an_origin_by_slug_and_without_distances(offices: list[OfficeCard]) -> None:
    ranked = ranking(None, list(reversed(offices)), {}, limit=3)
    assert [(each.office.slug, each.distance_km) for each in ranked.answers] == [
        ("arequipa", None),
        ("cajamarca", None),
        ("chachapoyas", None),
    ]


def test_each_answer_has_its_first_free_start(offices: list[OfficeCard]) -> None:
    cusco = next(office for office in offices if office.slug == "cusco")
    ranked = ranking(HUARAZ, offices, {cusco.id: NINE})
    starts = {each.office.slug: each.next_free_at for each in ranked.answers}
    assert starts.pop("cusco") == NINE
    assert set(starts.values()) == {None}


def test_soonest_then_nearer_then_those_with_no_room() -> None:
    offices = [
        card(1, "near-late", -9.6, -77.5),
        card(2, "far-soon", -12.0, -77.0),
        card(3, "farther-soon", -18.0, -70.0),
        card(4, "nearest-full", -9.53, -77.53),
    ]
    first_free = {1: NINE + timedelta(days=1), 2: NINE, 3: NINE}
    ranked = ranking(HUARAZ, offices, first_free, sort="soonest")
    assert _slugs(ranked) == ["far-soon", "farther-soon", "near-late", "nearest-full"]
    assert _slugs(ranking(HUARAZ, offices, first_free, sort="soonest", limit=2)) == [
        "far-soon",
        "farther-soon",
    ]
    assert _slugs(ranking(None, offices, first_free, sort="soonest"))[0] == "far-soon"


def test_equal_distances_keep_one_order() -> None:
    twins = [card(2, "b", -9.6, -77.5), card(1, "a", -9.6, -77.5)]
    assert _slugs(ranking(HUARAZ, twins, {})) == _slugs(ranking(HUARAZ, twins[::-1], {})) == ["a", "b"]


def test_the_date_line_and_the_poles_do_not_confuse_it() -> None:
    offices = [card(1, "fiji", -17.8, 178.0), card(2, "lima", -12.04, -77.03)]
    assert _slugs(ranking(Position(-17.8, -179.0), offices, {})) == ["fiji", "lima"]
    assert len(ranking(Position(90, 0), offices, {}).answers) == 2


@pytest.fixture(scope="module")
def ten_thousand() -> list[OfficeCard]:
    """Offices strewn over the country; the seed makes every run the same."""
    draw = random.Random(7)
    return [
        card(number, f"office-{number}", draw.uniform(-18.3, -0.1), draw.uniform(-81.3, -68.7))
        for number in range(10_000)
    ]


def test_ten_thousand_offices_are_ranked_truly(ten_thousand: list[OfficeCard]) -> None:
    truth = _by_plain_truth(HUARAZ, ten_thousand)[:REFINED]
    assert [each.office.slug for each in nearest(HUARAZ, ten_thousand, limit=20)] == truth[:20]
    far = nearest(HUARAZ, ten_thousand, limit=500)
    distances = [each.distance_km for each in far]
    assert distances == sorted(distances)
    assert len(far) == 500


def test_the_nearest_of_ten_thousand_are_found_among_a_few(ten_thousand: list[OfficeCard]) -> None:
    known = Offices(ten_thousand)
    assert len(known.around(HUARAZ, 50)) < 2500
    assert by_distance(HUARAZ, known, 20) == by_distance(HUARAZ, ten_thousand, 20)


def test_what_is_remembered_of_a_place_is_nobodys_to_change(ten_thousand: list[OfficeCard]) -> None:
    known, truth = Offices(ten_thousand), by_distance(HUARAZ, ten_thousand, 20)
    by_distance(HUARAZ, known, 20).clear()
    assert by_distance(HUARAZ, known, 20) == truth
    assert by_distance(HUARAZ, known, 30)[:20] == truth


def test_more_places_than_are_remembered_have_each_its_own_answer(ten_thousand: list[OfficeCard]) -> None:
    some = ten_thousand[:40]
    known = Offices(some)
    for _ in range(2):
        for number in range(PLACES_KEPT + 1):
            origin = Position(-18 + number / 20, -75)
            assert by_distance(origin, known, 3) == by_distance(origin, some, 3)


PLACES = st.builds(
    Position,
    st.floats(-90, 90) | st.sampled_from([-90.0, 0.0, 90.0]),
    st.floats(-180, 180) | st.sampled_from([-180.0, 0.0, 180.0]),
)


@given(PLACES, st.lists(PLACES, min_size=1, max_size=40), st.integers(1, 12))
def test_whoever_is_among_the_nearest_is_around(origin: Position, places: list[Position], count: int) -> None:
    cards = [card(n, f"office-{n}", each.latitude, each.longitude) for n, each in enumerate(places)]
    around = {each.id for _, each in Offices(cards).around(origin, count)}
    chords = squared_chords(origin, [each.on_unit_sphere for each in places])
    farthest = sorted(chords)[:count][-1]
    assert {n for n, chord in enumerate(chords) if chord < farthest} <= around
    assert len(around) >= min(count, len(cards))
