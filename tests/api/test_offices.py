"""Offices and services, as programs see them."""

import pytest
from sqlalchemy import text

from consular.foundation.database import FAR_FUTURE, transaction
from consular.offices.models import Office
from consular.schedule.models import Seat
from tests.api.program import Program
from tests.databases import on_both_databases
from tests.factories import World


@pytest.fixture
def program(world: World, stranger: Program) -> Program:
    return stranger


@on_both_databases
def test_the_plain_list_holds_facts_only_and_may_be_kept(program, count_statements):
    program.get("/offices")  # what is published is read once, and again when it changes
    with count_statements() as statements:
        listed = program.get("/offices")
    assert len(statements) == 1, statements
    assert [office["slug"] for office in listed.body["offices"]] == ["cusco", "tacna"]
    assert [office["slug"] for office in listed.body["announced"]] == ["ancash"]
    assert listed.body["origin"] is None
    assert "next_free_at" not in listed.body["offices"][0]
    assert listed.headers["Cache-Control"] == "public, max-age=300"


@on_both_databases
def test_near_a_position_ranks_by_distance_with_the_next_free_place(program, count_statements):
    program.get("/offices?near=0,0")  # the gazetteer is read once a process
    with count_statements() as statements:
        listed = program.get("/offices?near=-18.01,-70.25&service=apostille")
    assert len(statements) == 3, statements
    tacna, cusco = listed.body["offices"]
    assert (tacna["slug"], cusco["slug"]) == ("tacna", "cusco")
    assert tacna["distance_km"] < 1 < cusco["distance_km"]
    assert tacna["next_free_at"] == "2026-11-30T14:00:00Z"
    assert listed.body["origin"]["precision"] == "given"
    assert listed.headers["Cache-Control"] == "no-cache"


def test_an_unchanged_list_is_not_sent_again(program):
    first = program.get("/offices")
    again = program.get("/offices", status=304, headers={"If-None-Match": first.headers["ETag"]})
    assert again.body is None
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_page_leads_to_the_next(program):
    first = program.get("/offices?limit=1")
    assert [office["slug"] for office in first.body["offices"]] == ["cusco"]
    assert first.body["total"] == 2
    address = first.headers["Link"].partition("<")[2].partition(">")[0]
    assert first.headers["Link"].endswith('; rel="next"')
    second = program.get(address.removeprefix("/api/v1"))
    assert [office["slug"] for office in second.body["offices"]] == ["tacna"]
    assert "Link" not in second.headers


def test_an_office_whose_languages_are_known_is_left_out_of_another_language(program):
    assert program.get("/offices?language=es").body["total"] == 2
    assert program.get("/offices?language=qu").body["total"] == 0


@on_both_databases
def test_within_reach_puts_first_whom_nobody_beats(app, program):
    near_cusco = "near=-13.5,-72&service=apostille"
    listed = program.get(f"/offices?{near_cusco}&sort=within-reach").body["offices"]
    assert [office["slug"] for office in listed] == ["cusco", "tacna"]
    assert [office["attends_at"] for office in listed] == ["2026-11-30T14:00:00Z"] * 2
    with app.app_context(), transaction() as session:
        cusco = session.query(Office).filter_by(slug="cusco").one()
        session.query(Seat).filter_by(office_id=cusco.id).update({"free_from": FAR_FUTURE})
    listed = program.get(f"/offices?{near_cusco}&sort=within-reach").body["offices"]
    assert [office["slug"] for office in listed] == ["tacna", "cusco"]
    assert [office["next_free_at"] for office in listed] == ["2026-11-30T14:00:00Z", None]


def test_a_range_of_days_gives_the_first_place_within_it(program):
    listed = program.get("/offices?service=apostille&from=2026-12-02&to=2026-12-03").body
    assert {office["next_free_at"] for office in listed["offices"]} == {"2026-12-02T14:00:00Z"}
    assert program.get("/offices?service=apostille&from=2027-06-01").body["total"] == 0
    assert program.get("/offices?to=2026-11-29").body["offices"] == []


def test_days_that_make_no_sense_together_are_told(program):
    program.refused("GET", "/offices?from=2026-12-03&to=2026-12-02", "days-out-of-range")
    program.refused("GET", "/offices?from=1950-01-01", "days-out-of-range")


def test_what_nobody_knows_is_not_filtered_away(app, program):
    with app.app_context(), transaction() as session:
        session.query(Office).filter_by(slug="tacna").one().step_free = "no"
    listed = program.get("/offices?step_free=yes").body["offices"]
    assert [(office["slug"], office["step_free"]) for office in listed] == [("cusco", "unknown")]
    assert program.get("/offices?kind=headquarters").body["total"] == 0
    assert program.get("/offices?kind=decentralised-office").body["total"] == 2


def test_a_change_by_raw_sql_is_seen_at_once(app, program):
    program.get("/offices")
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE office SET name = 'Renamed' WHERE slug = 'cusco'"))
    assert program.get("/offices").body["offices"][0]["name"] == "Renamed"


def test_an_office_that_moves_is_at_another_distance_at_once(app, program):
    asked = "/offices?near=-18.01,-70.25&service=apostille"
    before, cusco = program.get(asked).body["offices"]
    assert (before["slug"], cusco["slug"]) == ("tacna", "cusco")
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE office SET latitude = -3.75, longitude = -73.25 WHERE slug = 'tacna'"))
    nearer, moved = program.get(asked).body["offices"]
    assert (nearer["slug"], moved["slug"]) == ("cusco", "tacna")
    assert nearer["distance_km"] == cusco["distance_km"] < moved["distance_km"]


def test_the_next_page_keeps_the_whole_question(program):
    first = program.get("/offices?service=apostille&from=2026-12-02&sort=soonest&limit=1")
    assert "from=2026-12-02" in first.headers["Link"]
    assert "sort=soonest" in first.headers["Link"]


def test_an_unknown_place_is_told_with_suggestions(program):
    problem = program.refused("GET", "/offices?near=Nowhereville", "place-unknown")
    assert problem["typed"] == "Nowhereville"
    assert isinstance(problem["suggestions"], list)


@pytest.mark.parametrize("position", ["95,0", "-12,181", "-91.5,-70"])
def test_a_position_outside_earth_is_a_place_that_is_not_there(program, position):
    program.refused("GET", f"/offices?near={position}", "position-outside-earth")


def test_a_misspelt_filter_is_not_answered_as_if_it_had_not_been_asked(program):
    problem = program.refused("GET", "/offices?servcie=apostille&near=Cusco&limit=0", "invalid-input")
    found = {each["path"]: (each["code"], each["message"]) for each in problem["errors"]}
    assert found["servcie"][0] == "unknown-field"
    assert "`service`" in found["servcie"][1]
    assert found["limit"][0] == "out-of-range"


@on_both_databases
def test_an_unknown_service_is_told(program):
    program.refused("GET", "/offices?service=teleportation", "service-unknown")


@pytest.mark.parametrize(
    ("query", "path", "code"),
    [
        ("step_free=maybe", "step_free", "not-one-of"),
        ("kind=bakery", "kind", "not-one-of"),
        ("from=tomorrow", "from", "format"),
        ("to=2026-02-30", "to", "format"),
        ("limit=0", "limit", "out-of-range"),
        ("limit=99999999999999999999999", "limit", "type"),
        ("limit=many", "limit", "type"),
        ("limit=1_0", "limit", "type"),
        ("offset=-1", "offset", "out-of-range"),
        ("sort=cheapest", "sort", "not-one-of"),
        ("near=", "near", "too-short"),
        (f"near={'a' * 201}", "near", "too-long"),
        ("near=a%0Ab", "near", "format"),
        ("service=Apostille%20", "service", "format"),
        ("service=apostille&service=legalisation", "service", "repeated"),
        ("language=espa%C3%B1ol", "language", "format"),
    ],
)
def test_a_parameter_that_does_not_fit_is_named(program, query, path, code):
    problem = program.refused("GET", f"/offices?{query}", "invalid-input")
    assert [(error["path"], error["code"]) for error in problem["errors"]] == [(path, code)]


@on_both_databases
def test_a_null_character_is_refused(program):
    program.refused("GET", "/offices?near=a%00b", "bad-request")
    program.refused("GET", "/offices/cusco%00", "bad-request")


@on_both_databases
def test_one_office_with_all_that_is_published(program, count_statements):
    with count_statements() as statements:
        office = program.get("/offices/cusco")
    assert len(statements) == 5, statements
    named = {row["source"] for row in (*office.body["hours"], *office.body["offers"])} - {None}
    assert named
    assert {source["code"] for source in office.body["sources"]} == named
    assert office.body["source"]["title"] == "Invented for the tests"
    assert {offer["service"] for offer in office.body["offers"]} == {"apostille", "legalisation"}
    assert office.headers["Cache-Control"] == "public, max-age=300"


@on_both_databases
def test_an_announced_office_can_be_read(program):
    assert program.get("/offices/ancash").body["status"] == "announced"


@pytest.mark.parametrize("slug", ["atlantis", "CUSCO", "cusco'--", "x" * 3000, "%ED%A0%80", "%F0%9F%98%80"])
def test_an_unknown_office_is_told(program, slug):
    program.refused("GET", f"/offices/{slug}", "office-unknown")


@on_both_databases
def test_the_same_offices_as_points_of_a_map(program):
    collection = program.get("/offices.geojson?near=-18.01,-70.25").body
    assert [feature["id"] for feature in collection["features"]] == ["tacna", "cusco", "ancash"]
    longitude, latitude = collection["features"][0]["geometry"]["coordinates"]
    assert (round(latitude), round(longitude)) == (-18, -70)


@on_both_databases
def test_services_speak_the_language_that_was_asked_for(program, count_statements):
    with count_statements() as statements:
        listed = program.get("/services", headers={"Accept-Language": "en"})
    assert len(statements) == 1, statements
    assert listed.headers["Content-Language"] == "en"
    assert [service["code"] for service in listed.body["services"]] == ["apostille", "legalisation"]
    assert listed.body["services"][0]["documents"] == ["DNI"]
    assert listed.body["services"][0]["fee"] == "0.00"
    assert program.get("/services", headers={"Accept-Language": "xx"}).headers["Content-Language"] == "es"
