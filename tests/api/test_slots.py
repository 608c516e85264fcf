"""What is free, as programs see it."""

import pytest
from sqlalchemy import update

from consular.foundation.database import FAR_FUTURE, transaction
from consular.schedule.models import Seat
from tests.api.bodies import NINE, appointment
from tests.api.program import Program
from tests.databases import on_both_databases

MONDAY = "from=2026-11-30&to=2026-11-30"


@pytest.fixture
def program(booker: Program) -> Program:
    return booker


@on_both_databases
def test_the_slots_of_a_day(program, count_statements):
    with count_statements() as statements:
        listed = program.get(f"/offices/cusco/slots?service=apostille&{MONDAY}")
    assert len(statements) == 3, statements
    with count_statements() as statements:
        assert program.get(f"/offices/cusco/slots?service=apostille&{MONDAY}").body == listed.body
    assert len(statements) == 1, statements
    assert listed.body["timezone"] == "America/Lima"
    assert listed.body["slots"][0] == {
        "starts_at": NINE,
        "ends_at": "2026-11-30T14:15:00Z",
        "places_left": 2,
    }
    assert len(listed.body["slots"]) == 12  # 9:00 to 12:00 by quarters of an hour
    assert listed.headers["Cache-Control"] == "no-cache"


@on_both_databases
def test_a_month_of_days_costs_three_statements_and_one_when_nothing_changed(program, count_statements):
    with count_statements() as statements:
        listed = program.get("/offices/cusco/days?service=apostille&from=2026-11-30&to=2026-12-31")
    assert len(statements) == 3, statements
    with count_statements() as statements:
        program.get("/offices/cusco/days?service=apostille&from=2026-11-30&to=2026-12-31")
    assert len(statements) == 1, statements
    days = {day["day"]: day["places_left"] for day in listed.body["days"]}
    assert len(days) == 32
    assert days["2026-11-30"] == 24
    assert days["2026-12-05"] == 0  # a Saturday


@on_both_databases
def test_a_service_of_two_slots_ends_with_the_second(program):
    listed = program.get(f"/offices/cusco/slots?service=legalisation&{MONDAY}")
    assert listed.body["slots"][0]["ends_at"] == "2026-11-30T14:30:00Z"
    assert listed.body["slots"][-1]["ends_at"] == "2026-11-30T17:00:00Z"


@on_both_databases
def test_the_tag_changes_when_a_place_is_taken_and_not_with_the_clock(program):
    address = f"/offices/cusco/slots?service=apostille&{MONDAY}"
    before = program.get(address)
    seen = {"If-None-Match": before.headers["ETag"]}
    program.get(address, status=304, headers=seen)
    program.post("/appointments", appointment(1), status=201)
    after = program.get(address, headers=seen)
    assert after.body["slots"][0]["places_left"] == 1
    program.post("/appointments", appointment(2), status=201)
    assert program.get(address).body["slots"][0]["starts_at"] != NINE  # full ones are left out


def test_an_announced_office_has_no_places(program):
    assert program.get(f"/offices/ancash/slots?service=apostille&{MONDAY}").body["slots"] == []
    (day,) = program.get(f"/offices/ancash/days?service=apostille&{MONDAY}").body["days"]
    assert day["places_left"] == 0


@pytest.mark.parametrize("view", ["slots", "days"])
def test_an_unknown_office_or_service_is_told(program, view):
    program.refused("GET", f"/offices/atlantis/{view}?service=apostille&{MONDAY}", "office-unknown")
    program.refused("GET", f"/offices/cusco/{view}?service=teleportation&{MONDAY}", "service-unknown")


@pytest.mark.parametrize("view", ["slots", "days"])
@pytest.mark.parametrize(
    ("first", "last", "reason"),
    [
        ("2026-12-02", "2026-12-01", "order"),
        ("2026-12-01", "2027-02-01", "length"),
        ("1999-12-31", "2000-01-01", "years"),
        ("0001-01-01", "0001-01-01", "years"),
        ("9999-12-31", "9999-12-31", "years"),
    ],
)
def test_days_that_cannot_be_asked_together_are_refused(program, view, first, last, reason):
    address = f"/offices/cusco/{view}?service=apostille&from={first}&to={last}"
    assert program.refused("GET", address, "days-out-of-range")["reason"] == reason


def test_62_days_are_answered(program):
    listed = program.get("/offices/cusco/days?service=apostille&from=2026-12-01&to=2027-01-31")
    assert len(listed.body["days"]) == 62


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ("", {"service": "required", "from": "required", "to": "required"}),
        ("service=apostille&from=2026-02-30&to=2026-03-01", {"from": "format"}),
        ("service=apostille&from=tomorrow&to=2026-13-01", {"from": "format", "to": "format"}),
        ("service=apostille&from=2026-12-1&to=20261201", {"from": "format", "to": "format"}),
        ("service=apostille&from=%D9%A2%D9%A0%D9%A2%D9%A6-12-01&to=2026-12-01", {"from": "format"}),
    ],
)
def test_impossible_days_are_named(program, query, errors):
    problem = program.refused("GET", f"/offices/cusco/slots?{query}", "invalid-input")
    assert {error["path"]: error["code"] for error in problem["errors"]} == errors


@on_both_databases
def test_places_kept_for_preferential_attention_count_only_when_asked_for(app, program):
    with app.app_context(), transaction() as session:
        session.execute(update(Seat).where(Seat.no == 1).values(general_from=FAR_FUTURE))
    for call, places in (("slots", 12), ("days", 1)):
        address = f"/offices/cusco/{call}?service=apostille&{MONDAY}"
        plain, no, yes = (
            [each["places_left"] for each in program.get(address + asked).body[call]]
            for asked in ("", "&preferential=false", "&preferential=true")
        )
        assert plain == no
        assert len(yes) == places
        assert sum(plain) == 12
        assert sum(yes) == 24


@pytest.mark.parametrize("typed", ["yes", "1", "True", "", "true "])
def test_preferential_is_one_of_two_words(program, typed):
    problem = program.refused(
        "GET", f"/offices/cusco/slots?service=apostille&{MONDAY}&preferential={typed}", "invalid-input"
    )
    assert [error["path"] for error in problem["errors"]] == ["preferential"]
