"""Places by the beginning of their names, as programs see them."""

import pytest

from tests.api.program import Program
from tests.databases import know_the_places


@pytest.fixture
def database_kind() -> str:
    return "seeded"


@pytest.fixture
def program(app, stranger: Program) -> Program:
    with app.app_context():
        know_the_places()
    return stranger


def test_places_that_begin_so(program: Program, count_statements):
    with count_statements() as statements:
        found = program.get("/places?q=rimac")
    assert len(statements) == 0, statements
    place = found.body["places"][0]
    assert (place["label"], place["kind"], place["province"]) == ("Rímac, Lima", "district", "Lima")
    assert found.headers["Cache-Control"] == "public, max-age=3600"


def test_a_label_finds_its_place_again(program: Program):
    place = program.get("/places?q=san juan de lurig").body["places"][0]
    origin = program.get(f"/offices?near={place['label']}").body["origin"]
    assert {key: origin[key] for key in place} == place
    assert origin["precision"] == "district"


@pytest.mark.parametrize("query", ["", "?q=", "?q=a", "?q=" + "a" * 101, "?q=%07%07"])
def test_a_question_of_another_shape_is_refused(program: Program, query: str):
    refused = program.get(f"/places{query}", status=422)
    assert refused.body["errors"][0]["path"] == "q"


@pytest.mark.parametrize("path", ["/offices", "/offices.geojson"])
def test_a_position_with_the_longitude_first_is_told_with_the_right_one(program, path):
    problem = program.refused("GET", f"{path}?near=-71.98,-13.52", "position-swapped")
    assert (problem["typed"], problem["suggestions"]) == ("-71.98,-13.52", ["-13.52, -71.98"])
    assert program.get(f"{path}?near=-13.52,-71.98").body
