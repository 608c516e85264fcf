"""The gazetteer on Peru's own places: every exact name is found, homonyms are told apart, nothing is guessed badly."""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consular.foundation.geography import PositionOutsideEarth, haversine_km
from consular.offices.cards import OfficeCard
from consular.offices.gazetteer import (
    Divisions,
    Found,
    Gazetteer,
    Locality,
    PlaceUnknown,
    PositionSwapped,
)
from consular.offices.locator import nearest
from consular.offices.place_names import display, key

MISSPELLINGS = Path(__file__).with_name("misspellings.csv")
WRITTEN = (
    "{name}, {region}",
    "{region}, {name}",
    "{name} {region}",
    "{region} {name}",
    "{name} ({region})",
    "{name} - {region}",
    "distrito de {name}, {region}",
    "{name}, {region}, Perú",
)


def _plain(text: str) -> str:
    """As a person without accents on the keyboard types it."""
    return text.upper().translate(str.maketrans("ÁÉÍÓÚÜÑ", "AEIOUUN"))


@pytest.mark.parametrize("written", WRITTEN)
@pytest.mark.parametrize("hand", [str, _plain, str.lower])
def test_every_locality_is_found_by_its_name_and_region(
    written: str,
    hand: type,
    places: Gazetteer,
    localities: list[Locality],
    divisions: Divisions,
    regions: dict[str, str],
) -> None:
    homonyms = Counter((key(display(each.name)), each.region) for each in localities)
    capitals = {each.district_inei for each in localities}
    homonyms.update(
        (key(each.name), regions[each.code[:2]]) for each in divisions.districts if each.code not in capitals
    )
    astray = []
    for locality in localities:
        typed = hand(written.format(name=locality.name, region=locality.region))
        found = places.find(typed)
        meant = [found.place, *found.alternatives]
        if homonyms[key(display(locality.name)), locality.region] == 1:
            meant = meant[:1]
        right = found.exact and found.place.region == locality.region
        if not right or locality.position not in [place.position for place in meant]:
            astray.append((typed, found.place.label))
    assert astray == []


def test_every_locality_is_an_answer_to_its_name_alone(places: Gazetteer, localities: list[Locality]) -> None:
    for locality in localities:
        found = places.find(locality.name)
        positions = [place.position for place in (found.place, *found.alternatives)]
        assert found.exact, locality.name
        assert locality.position in positions, locality.name


def test_every_other_name_leads_to_its_locality(places: Gazetteer, localities: list[Locality]) -> None:
    for locality in localities:
        for name in locality.other_names:
            if not key(name):
                continue
            found = places.find(name)
            positions = [place.position for place in (found.place, *found.alternatives)]
            assert locality.position in positions, name


def test_labels_are_unique_and_find_their_own_place(places: Gazetteer, localities: list[Locality]) -> None:
    everything = {}
    for locality in localities:
        found = places.find(locality.name)
        everything |= {id(place): place for place in (found.place, *found.alternatives)}
    labels = Counter(place.label for place in {place.label: place for place in everything.values()}.values())
    positions = defaultdict(set)
    for place in everything.values():
        positions[place.label].add(place.position)
        assert places.find(place.label).place == place
    assert all(len(each) == 1 for each in positions.values())
    assert len(labels) >= len(localities)


def test_regions_lead_to_their_capital(places: Gazetteer, regions: dict[str, str]) -> None:
    for name in regions.values():
        for typed in (name, f"región {name}", f"departamento de {name}", name.upper(), f"{name}, Perú"):
            assert places.find(typed).place.region == name, typed
    assert places.find("Áncash").place.position == places.find("Huaraz").place.position
    assert places.find("Madre de Dios").place.precision == "region"
    assert places.find("Región Junín").place.position == places.find("Huancayo").place.position


def test_a_town_comes_before_the_region_named_after_it(places: Gazetteer) -> None:
    found = places.find("Lambayeque")
    assert (found.place.label, found.place.precision) == ("Lambayeque, Lambayeque", "locality")
    assert [place.label for place in found.alternatives] == ["Región Lambayeque"]


def test_homonyms_are_offered_by_region_the_most_populous_first(places: Gazetteer) -> None:
    found = places.find("Santa Rosa")
    assert found.place.label == "Santa Rosa, Junín"
    labels = [place.label for place in found.alternatives]
    assert len([label for label in labels if re.match(r"Santa Rosa( \(|,)", label)]) == 13
    assert labels[:2] == ["Santa Rosa (Chiclayo), Lambayeque", "Santa Rosa (La Mar), Ayacucho"]
    assert "Santa Rosa, Puno" in labels
    assert places.find("Cusco").place.region == "Cusco"
    assert [place.region for place in places.find("Puno").alternatives] == ["Ica"]


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("Cuzco", "Cusco, Cusco"),
        ("Ciudad del Cuzco", "Cusco, Cusco"),
        ("Waras", "Huaraz, Áncash"),
        ("Santa-Rosa/Puno", "Santa Rosa, Puno"),
        ("Puno: Santa Rosa", "Santa Rosa, Puno"),
        ("Caraz, Huaylas", "Caraz, Áncash"),
        ("Caraz, Huaylas, Áncash, Perú", "Caraz, Áncash"),
        ("cerca de Caraz", "Caraz, Áncash"),
        ("Caraz (Áncash)", "Caraz, Áncash"),
        ("Matarani", "Islay (Matarani), Arequipa"),
        ("El Parco", "El Parco, Amazonas"),
        ("  HUARAZ  ", "Huaraz, Áncash"),
        ("Lima Metropolitana", "Lima, Lima"),
        ("Cañete", "San Vicente de Cañete, Lima"),
        ("020101", "Huaraz, Áncash"),
        ("ubigeo 080101", "Cusco, Cusco"),
        ("250101", "Calleria, Ucayali"),
    ],
)
def test_ways_of_writing(typed: str, label: str, places: Gazetteer) -> None:
    found = places.find(typed)
    assert (found.place.label, found.exact) == (label, True)


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("Av. El Sol 123, Cusco", "Cusco, Cusco"),
        ("Jr. Puno 345, Trujillo", "Trujillo, La Libertad"),
        ("Jirón Lima 23 Tacna", "Tacna, Tacna"),
    ],
)
def test_a_street_leads_to_its_town_and_says_so(typed: str, label: str, places: Gazetteer) -> None:
    found = places.find(typed)
    assert (found.place.label, found.exact) == (label, False)


def test_the_last_words_of_a_name_stand_for_it_and_it_says_so(places: Gazetteer) -> None:
    found = places.find("de Tantaranche")
    assert (found.place.label, found.exact) == ("San Juan de Tantaranche, Lima", False)


def test_every_district_code_of_the_list_is_found(places: Gazetteer, localities: list[Locality]) -> None:
    coded = defaultdict(set)
    for locality in localities:
        if locality.district_inei:
            coded[locality.district_inei].add(locality.position)
    assert len(coded) > 1_000
    for code, positions in coded.items():
        found = places.find(code)
        assert found.place.precision == "district"
        assert found.place.position in positions


def test_every_code_of_a_division_is_found(places: Gazetteer, divisions: Divisions) -> None:
    assert (len(divisions.provinces), len(divisions.districts)) == (196, 1891)
    for district in divisions.districts:
        found = places.find(district.code)
        assert (found.place.kind, found.exact) == ("district", True), district.code
        if district.position is not None:
            apart = haversine_km(found.place.position, [district.position])[0]
            assert apart < 21, (district.code, found.place.label)  # GeoNames and INEI measured the same town
    for province in divisions.provinces:
        place = places.find(province.code).place
        assert (place.kind, place.precision, place.province) == ("province", "province", province.name)


def test_every_district_and_province_is_found_by_its_name(places: Gazetteer, divisions: Divisions) -> None:
    for district in divisions.districts:
        coded = places.find(district.code).place
        for typed in (f"distrito de {district.name}", district.name.upper()):
            found = places.find(typed)
            meant = [found.place, *found.alternatives]
            assert coded.position in [place.position for place in meant], (typed, district.code)
    for province in divisions.provinces:
        found = places.find(f"provincia de {province.name}")
        assert (found.place.kind, found.place.province, found.exact) == ("province", province.name, True)


@pytest.mark.parametrize(
    ("typed", "label", "precision"),
    [
        ("San Juan de Lurigancho", "San Juan de Lurigancho, Lima", "district"),
        ("150132", "San Juan de Lurigancho, Lima", "district"),
        ("rimac", "Rímac, Lima", "district"),
        ("Lima, distrito de Rímac", "Rímac, Lima", "district"),
        ("distrito de Huaylas", "Huaylas, Áncash", "locality"),
        ("provincia de Huaylas", "Provincia de Huaylas, Áncash", "province"),
        ("San Juan, Lucanas", "San Juan, Ayacucho", "locality"),
        ("Datem del Marañón", "Provincia de Datem del Marañón, Loreto", "province"),
        ("Pumahuasi", "Pumahuasi, Huánuco", "locality"),
        ("100602", "Daniel Alomía Robles, Huánuco", "district"),
        ("Quimbiri", "Kimbiri, Cusco", "district"),
    ],
)
def test_divisions_by_name(typed: str, label: str, precision: str, places: Gazetteer) -> None:
    place = places.find(typed).place
    assert (place.label, place.precision) == (label, precision)


def test_a_district_that_nobody_located_is_answered_with_its_province(places: Gazetteer) -> None:
    place = places.find("Alto Trujillo").place
    assert (place.kind, place.precision, place.province) == ("district", "province", "Trujillo")
    assert place.position == places.find("1301").place.position


@pytest.mark.parametrize(
    ("code", "label"), [("12", "Región Junín"), ("0212", "Provincia de Huaylas, Áncash")]
)
def test_short_codes_say_what_was_understood(code: str, label: str, places: Gazetteer) -> None:
    found = places.find(code)
    assert (found.place.label, found.exact) == (label, False)


def test_a_district_that_is_too_new_leads_to_its_province(places: Gazetteer) -> None:
    found = places.find("200199")
    assert (found.place.label, found.exact) == ("Provincia de Piura, Piura", False)


def test_without_divisions_codes_of_towns_still_lead_to_them(
    localities: list[Locality], regions: dict[str, str]
) -> None:
    alone = Gazetteer(localities, regions)
    assert alone.find("020101").place.label == "Huaraz, Áncash"
    with pytest.raises(PlaceUnknown):
        alone.find("0201")


def test_coordinates_are_taken_as_they_are(places: Gazetteer) -> None:
    place = places.find(" -9.53 , -77.53 ").place
    assert (place.label, place.region, place.precision) == ("-9.53, -77.53", None, "given")
    assert (place.position.latitude, place.position.longitude) == (-9.53, -77.53)
    with pytest.raises(PositionOutsideEarth):
        places.find("-91,0")


def test_coordinates_with_the_longitude_first_are_refused_with_the_right_ones(places: Gazetteer) -> None:
    with pytest.raises(PositionSwapped) as refused:
        places.find("-77.53, -9.53")
    assert refused.value.facts == {"typed": "-77.53, -9.53", "suggestions": ["-9.53, -77.53"]}
    assert places.find("-9.53, -77.53").place.position.latitude == -9.53


def test_without_places_no_position_is_doubted() -> None:
    assert Gazetteer([], {}).find("-77.53,-9.53").place.position.latitude == -77.53


@pytest.mark.parametrize(
    "typed",
    ["", "   ", ",", "-,-", "💥", "zzzz", "qwerty", "Tokio", "París", "Berlín", "Nueva York", "990101", "99"],
)
def test_what_no_place_is_called_is_refused(typed: str, places: Gazetteer) -> None:
    with pytest.raises(PlaceUnknown) as refused:
        places.find(typed)
    assert refused.value.facts["typed"] == typed
    assert refused.value.status == 404


def test_a_name_in_the_wrong_region_is_not_guessed(places: Gazetteer) -> None:
    with pytest.raises(PlaceUnknown) as refused:
        places.find("Huaraz, Lima")
    assert refused.value.facts["suggestions"] == ["Huaraz, Áncash", "Lima, Lima"]


def test_suggestions_of_a_refusal_are_labels_that_can_be_found(places: Gazetteer) -> None:
    with pytest.raises(PlaceUnknown) as refused:
        places.find("Puerto")
    suggestions = refused.value.facts["suggestions"]
    assert isinstance(suggestions, list)
    assert "Puerto Maldonado, Madre de Dios" in suggestions
    assert [places.find(label).place.label for label in suggestions] == suggestions


@given(st.text(max_size=300))
def test_any_text_is_found_or_refused(places: Gazetteer, typed: str) -> None:
    try:
        found = places.find(typed)
    except (PlaceUnknown, PositionOutsideEarth):
        return
    assert isinstance(found, Found)


def _misspellings() -> list[dict[str, str]]:
    with MISSPELLINGS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_misspellings_lead_to_the_nearest_office(
    places: Gazetteer, localities: list[Locality], offices: Sequence[OfficeCard]
) -> None:
    """At least 95 % of a list that was written before the matching was tuned."""
    positions = {(each.name, each.region): each.position for each in localities}
    cases, missed = _misspellings(), []
    for case in cases:
        true = nearest(positions[case["name"], case["region"]], offices)[0].office.slug
        try:
            given = nearest(places.find(case["typed"]).place.position, offices)[0].office.slug
        except PlaceUnknown:
            given = None
        if given != true:
            missed.append(case["typed"])
    assert len(cases) >= 150
    assert len(missed) <= 0.05 * len(cases), missed


def test_what_was_understood_and_not_read_is_marked(places: Gazetteer) -> None:
    found = places.find("Guaraz")
    assert (found.place.label, found.exact) == ("Huaraz, Áncash", False)
