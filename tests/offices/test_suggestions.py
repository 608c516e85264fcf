"""What is suggested while somebody types, and how little is done for it and for a long text."""

from typing import Any

import pytest

from consular.offices import gazetteer
from consular.offices.gazetteer import READINGS_COMPARED, Gazetteer, Locality, PlaceUnknown
from consular.offices.place_names import LONGEST, MOST_PARTS, fold, read


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was compared with every name while the test runs: all that takes a gazetteer long."""
    compared: list[str] = []
    extract = gazetteer.process.extract

    def counted(name: str, *others: Any, **options: Any) -> Any:
        compared.append(name)
        return extract(name, *others, **options)

    monkeypatch.setattr(gazetteer.process, "extract", counted)
    return compared


def test_beginnings_by_population(places: Gazetteer) -> None:
    labels = [place.label for place in places.suggest("huar", 3)]
    assert labels == ["Huaraz, Áncash", "Huaral, Lima", "Huarmey, Áncash"]


def test_a_word_inside_a_name_comes_after(places: Gazetteer) -> None:
    labels = [place.label for place in places.suggest("rosa", 8)]
    assert labels.index("Rosario, Ayacucho") < labels.index("Santa Rosa, Junín")


def test_the_region_narrows(places: Gazetteer) -> None:
    labels = [place.label for place in places.suggest("santa rosa, pu", 8)]
    assert labels == ["Santa Rosa, Puno", "Santa Rosa (El Collao), Puno"]


def test_accents_and_other_names(places: Gazetteer) -> None:
    assert places.suggest("camana", 1)[0].label == "Camaná, Arequipa"
    assert places.suggest("cuzc", 1)[0].label == "Cusco, Cusco"


def test_a_misspelt_beginning_still_helps(places: Gazetteer) -> None:
    assert places.suggest("guara", 1)[0].label == "Huaraz, Áncash"
    assert places.suggest("yqui", 1)[0].label == "Iquitos, Loreto"
    assert "Huaraz, Áncash" in [place.label for place in places.suggest("guaraz", 8)]


@pytest.mark.parametrize("typed", ["", " ", "💥", "zzzzzz"])
def test_nothing_to_suggest(typed: str, places: Gazetteer) -> None:
    assert places.suggest(typed) == []


def test_every_suggestion_can_be_chosen(places: Gazetteer) -> None:
    for typed in ("a", "san", "la", "puerto", "ch"):
        for place in places.suggest(typed, 50):
            assert places.find(place.label).place == place


def test_a_keystroke_is_compared_with_the_names_only_when_none_begins_so(
    places: Gazetteer, localities: list[Locality], comparisons: list[str]
) -> None:
    for typed in {fold(each.name)[:length] for each in localities[::20] for length in (1, 2, 3, 5)}:
        assert places.suggest(typed), typed
    assert comparisons == []
    assert places.suggest("arequpa")
    assert len(comparisons) == 2  # as it is said, and as it is spelt


@pytest.mark.parametrize(
    "typed",
    [
        "santa rosa " * 11,
        "a, " * 40,
        ",".join(f"{a}{b}" for a in "qxwz" for b in "bcdfghjkmp"),
        "x" * 119,
        "san " * 5_000,
    ],
    ids=["words", "one part again and again", "many parts", "one word", "too long"],
)
def test_a_long_text_takes_little_more_than_a_name(
    places: Gazetteer, typed: str, comparisons: list[str]
) -> None:
    with pytest.raises(PlaceUnknown):
        places.find(typed)
    # As it is said and as it is spelt; the suggestions of the refusal read it once more.
    assert len(comparisons) <= 2 * (READINGS_COMPARED + 1)
    assert len(read(typed[:LONGEST]).readings) <= 2 * MOST_PARTS**2
