"""Places while somebody types: short, kept by the browser, quick, and never the geocoding service's business."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consular.offices.place_names import fold
from tests.databases import know_the_places, on_both_databases
from tests.offices.conftest import rows

MISSPELT = [row["typed"] for row in rows("../tests/offices/misspellings.csv")]


@pytest.fixture
def database_kind() -> str:
    return "seeded"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor of an installation that knows every place of the seeds."""
    with app.app_context():
        know_the_places()
    return app.test_client()


def labels(client: FlaskClient, typed: str, path: str = "/es/lugares") -> list[str]:
    answer = client.get(path, query_string={"q": typed})
    assert answer.status_code == 200
    return [place["label"] for place in answer.json["places"]]


@on_both_databases
def test_places_are_suggested_without_asking_the_database(client: FlaskClient, count_statements: Callable):
    with count_statements() as statements:
        assert labels(client, "huar")[:2] == ["Huaraz, Áncash", "Huaral, Lima"]
    assert len(statements) == 0, statements


def test_homonyms_say_what_and_where_they_are(client: FlaskClient):
    answer = client.get("/es/lugares?q=huaylas").json
    assert answer["places"][:2] == [
        {"label": "Provincia de Huaylas, Áncash", "detail": "provincia"},
        {"label": "Huaylas, Áncash", "detail": ""},
    ]
    assert client.get("/es/lugares?q=caraz").json["places"][0]["detail"] == "provincia de Huaylas"
    rimac = client.get("/en/places?q=rimac").json["places"][0]
    assert rimac == {"label": "Rímac, Lima", "detail": "district of the province of Lima"}
    santa_rosa = labels(client, "santa rosa")
    assert len(santa_rosa) == len(set(santa_rosa)) == 8


@pytest.mark.parametrize("typed", ["", "h", " h ", "💥💥", "-9.53,-77.53", "zzzz"])
def test_nothing_to_suggest_is_an_empty_list(client: FlaskClient, typed: str):
    assert labels(client, typed) == []


def test_a_text_longer_than_any_name_is_refused(client: FlaskClient):
    answer = client.get(
        "/es/lugares",
        query_string={"q": "a" * 101},
    )
    assert (answer.status_code, answer.json["places"]) == (422, [])
    assert "nombre" in answer.json["problem"]


def test_an_answer_may_be_kept_and_sets_no_cookie(client: FlaskClient):
    answer = client.get("/es/lugares?q=caraz")
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert "Set-Cookie" not in answer.headers
    assert len(answer.data) < 600
    again = client.get("/es/lugares?q=caraz", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_nobody_may_ask_without_end(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    answered = {client.get("/es/lugares?q=caraz").status_code for _ in range(1250)}
    assert answered == {200, 429}


def test_no_answer_asks_the_database_anything(client: FlaskClient, count_statements):
    """What makes suggestions quick enough to type by; how quick they are, bench/growth.py measures."""
    client.get("/es/lugares", query_string={"q": "caraz"})  # builds the gazetteer
    typed = {fold(row["name"])[:length] for row in rows("localities.csv")[::40] for length in (2, 3, 5, 8)}
    assert len(typed) > 150
    with count_statements() as statements:
        for text in [*sorted(typed), *MISSPELT]:
            client.get("/es/lugares", query_string={"q": text})
    assert len(statements) == 0, statements
