"""What the demonstration invents stands under its own name, never under that of a source which said something else."""

import csv
import io
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from consular.appointments.demonstration.schedules import invent_schedules
from consular.foundation.database import db, transaction
from consular.offices.models import Offer, Office, Service
from consular.offices.seeding import load_all
from consular.offices.vocabulary import INVENTED
from tests.databases import SEEDS, know_the_places


@pytest.fixture
def database_kind() -> str:
    return "seeded"


@pytest.fixture(autouse=True)
def invented(app: Flask, morning: datetime) -> None:
    """Two days are enough: what is looked at here are the offices and what they offer."""
    with app.app_context(), transaction():
        invent_schedules(2, morning)


def _published(name: str) -> list[dict[str, str]]:
    with Path(SEEDS, name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_open_data_name_no_source_of_what_is_invented(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/offices.csv")
    table = {row["slug"]: row for row in csv.DictReader(io.StringIO(answer.text, newline=""))}
    ancash = table.pop("ancash")
    assert ancash["opens_on"], "the demonstration opens it on an invented day"
    assert (ancash["demonstration"], ancash["source"], ancash["source_url"]) == ("true", INVENTED, "")
    assert (ancash["status_since"], ancash["confirmed_on"], ancash["services"]) == ("", "", "")
    facts = {row["slug"]: row for row in _published("offices.csv")}
    for slug, row in table.items():
        assert row["demonstration"] == "false"
        assert {name: row[name] for name in ("status", "opens_on", "address", "source", "confirmed_on")} == {
            name: facts[slug][name] for name in ("status", "opens_on", "address", "source", "confirmed_on")
        }


def test_one_office_as_json_says_the_same(app: Flask) -> None:
    said = app.test_client().get("/api/v1/offices/ancash").get_json()
    assert (said["demonstration"], said["source"]["code"], said["confirmed_on"]) == (True, INVENTED, None)
    assert {offer["source"] for offer in said["offers"] if offer["offers"] != "unknown"} == {INVENTED}
    assert [each["code"] for each in said["sources"]] == [INVENTED]


def test_what_is_done_at_an_office_has_the_source_that_said_so(app: Flask) -> None:
    with app.app_context():
        rows = db.session.execute(
            select(Office.slug, Service.code, Offer.offers, Offer.source_code, Offer.confirmed_on)
            .select_from(Offer)
            .join(Office, Office.id == Offer.office_id)
            .join(Service, Service.id == Offer.service_id)
        ).all()
    facts = {(row["office"], row["service"]): row for row in _published("offers.csv")}
    real = [row for row in rows if row.source_code != INVENTED]
    assert len(real) > 10
    for row in real:
        fact = facts[row.slug, row.code]
        assert (row.offers, row.source_code) == (fact["offers"], fact["source"])
    assert {row.confirmed_on for row in rows if row.source_code == INVENTED} == {None}


def test_the_page_of_an_invented_opening_leads_to_no_source(app: Flask) -> None:
    client = app.test_client()
    assert '"#source-S1"' not in client.get("/es/oficinas/ancash").text
    assert '"#source-S2"' in client.get("/es/oficinas/cusco").text


def test_loading_the_facts_again_does_not_miss_the_invented_source(app: Flask) -> None:
    with app.app_context():
        know_the_places()
        loaded = {each.file: each for each in load_all(SEEDS)}
    assert loaded["sources.csv"].missing == ()
    assert loaded["offices.csv"].kept == 1
    assert (loaded["offers.csv"].added, loaded["offers.csv"].changed) == (0, 0)
