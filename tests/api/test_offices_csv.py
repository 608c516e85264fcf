"""The offices as a table: every one, every fact, and nothing that a spreadsheet would run."""

import csv
import io

import pytest
from flask import Flask
from sqlalchemy import update

from consular.api.v1.offices_csv import written
from consular.foundation.database import transaction
from consular.offices.listing import COLUMNS
from consular.offices.models import Office
from tests.api.program import Program
from tests.databases import on_both_databases
from tests.factories import World

TABLE = "/api/v1/offices.csv"


def rows(program: Program) -> dict[str, dict[str, str]]:
    answer = program.http.get(TABLE)
    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    text = answer.data.decode("utf-8")
    assert "\r\n" in text
    return {row["slug"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


@on_both_databases
def test_every_office_with_every_fact(app: Flask, world: World, stranger: Program, count_statements) -> None:
    with app.app_context(), transaction() as session:
        session.execute(
            update(Office)
            .where(Office.slug == "tacna")
            .values(
                status="closed",
                status_since="2026-10",
                successor_id=world.offices["cusco"],
                languages=["es", "ay"],
                address='Calle "Real", 12',
            )
        )
    with count_statements() as statements:
        table = rows(stranger)
    assert len(statements) == 1, statements
    assert list(table) == ["ancash", "cusco", "tacna"]
    assert tuple(table["cusco"]) == COLUMNS
    tacna = table["tacna"]
    assert (tacna["status"], tacna["status_since"], tacna["successor"]) == ("closed", "2026-10", "cusco")
    assert tacna["languages"] == "es|ay"
    assert tacna["address"] == 'Calle "Real", 12'
    assert table["cusco"]["services"] == "apostille|legalisation"
    assert table["cusco"]["latitude"] == "-13.5226"
    assert table["cusco"]["source_title"] == "Invented for the tests"
    assert (table["ancash"]["city"], table["ancash"]["services"], table["ancash"]["opens_on"]) == ("", "", "")


@pytest.mark.parametrize("text", ["=1+1", "+51 84", "-1", "@sum", "\tx", "\rx"])
def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(text: str) -> None:
    office = {**dict.fromkeys(COLUMNS), "slug": "cusco", "phone": text, "latitude": -13.5}
    (row,) = csv.DictReader(io.StringIO(written([office]), newline=""))
    assert row["phone"] == f"'{text}"
    assert row["latitude"] == "-13.5"


def test_an_unchanged_table_is_not_sent_again(world: World, stranger: Program) -> None:
    tag = stranger.http.get(TABLE).headers["ETag"]
    assert stranger.http.get(TABLE, headers={"If-None-Match": tag}).status_code == 304


def test_a_closed_office_tells_programs_who_replaces_it(app: Flask, world: World, stranger: Program) -> None:
    with app.app_context(), transaction() as session:
        session.execute(
            update(Office)
            .where(Office.slug == "tacna")
            .values(status="closed", status_since="2026-10-31", successor_id=world.offices["cusco"])
        )
    office = stranger.get("/offices/tacna").body
    assert (office["successor"], office["status_since"]) == ("cusco", "2026-10-31")
