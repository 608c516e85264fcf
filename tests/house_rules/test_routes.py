"""Every address of the doors: its form, its guard, and what it may do."""

import re
import sqlite3
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from consular.web.guards import guard_of

WRITING = {"POST", "PUT", "PATCH", "DELETE"}
WORDS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)?")
API = "/api/"

# An address that names a record is tried with one that exists and with one that does not.
EXISTING = {"slug": "cusco", "office": "cusco", "service": "apostille", "language": "es", "code": "apostille"}


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def misshapen(address: str) -> bool:
    """Addresses are lower case words joined by hyphens; a record's number is never part of one."""
    parts = re.sub(r"<[^>]+>", "x", address).strip("/").split("/")
    numbered = re.search(r"<(int|float)\b", address)
    return bool(numbered) or not all(WORDS.fullmatch(part) for part in parts if part)


def test_addresses_are_kebab_case_words(app: Flask) -> None:
    assert misshapen("/es/miCita")
    assert misshapen("/desk/office_list")
    assert misshapen("/desk/offices/<int:office_id>")
    assert len(rules(app)) > 20
    assert not sorted({rule.rule for rule in rules(app) if misshapen(rule.rule)})


def test_every_view_carries_exactly_one_guard(app: Flask) -> None:
    unguarded = [rule.endpoint for rule in rules(app) if guard_of(app.view_functions[rule.endpoint]) is None]
    assert not unguarded


def test_the_desk_is_for_staff(app: Flask) -> None:
    """What is open to everybody under /desk is named here, one by one."""
    open_to_all = {
        rule.endpoint
        for rule in rules(app)
        if rule.rule.startswith("/desk")
        and not (guard_of(app.view_functions[rule.endpoint]) or "").startswith("staff_only")
    }
    assert open_to_all == {"desk.sign_in_page", "desk.sign_in"}


def test_writing_calls_of_the_api_need_a_key_or_a_secret(app: Flask) -> None:
    """Without a key a program changes nothing; an appointment's secret stands for one."""
    open_writes = {
        rule.rule
        for rule in rules(app)
        if rule.rule.startswith(API)
        and WRITING & (rule.methods or set())
        and not (guard_of(app.view_functions[rule.endpoint]) or "").startswith("api_key")
    }
    assert {
        address for address in open_writes if not address.startswith("/api/v1/appointments/<reference>")
    } == set()


def _address(rule: Rule, *, unknown: bool = False) -> str:
    values = {name: "nowhere" if unknown else EXISTING.get(name, "nowhere") for name in rule.arguments}
    if "language" in (rule.defaults or {}):
        values["language"] = rule.defaults["language"]
    built = rule.build(values)
    assert built is not None, rule
    return built[1]


def test_forms_without_their_token_are_refused(app: Flask, world) -> None:
    posts = [rule for rule in rules(app) if "POST" in (rule.methods or ()) and not rule.rule.startswith(API)]
    assert posts
    http = app.test_client()
    answers = {
        rule.rule: http.post(_address(rule), data={"csrf_token": "forged"}).status_code for rule in posts
    }
    assert {address: status for address, status in answers.items() if status != 400} == {}


def _contents(app: Flask) -> list[str]:
    """Every row of the database, whoever wrote it, but the count of wrong secrets: that is a memory of the asker."""
    path = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    connection = sqlite3.connect(path)
    try:
        counted = 'INSERT INTO "counted_try"'
        return [line for line in connection.iterdump() if not line.startswith(counted)]
    finally:
        connection.close()


@pytest.fixture
def readable(app: Flask) -> Iterator[list[str]]:
    """Addresses that answer GET, with records that exist and with ones that do not."""
    gets = [rule for rule in rules(app) if "GET" in (rule.methods or ())]
    return sorted({_address(rule, unknown=unknown) for rule in gets for unknown in (False, True)})


def test_reading_changes_nothing_and_never_breaks(app: Flask, world, readable: list[str]) -> None:
    """Mail scanners and browsers open every link that they see, signed in or not."""
    before = _contents(app)
    http = app.test_client()
    for query in (
        "",
        "?near=Caraz&service=apostille&from=2026-12-01&to=2026-12-05",
        "?near=%00&service=&from=x&page=-1",
    ):
        answers = {address: http.get(address + query).status_code for address in readable}
        assert {
            address: status for address, status in answers.items() if status >= 500 and address != "/readyz"
        } == {}
    assert _contents(app) == before


def test_errors_are_pages_too(client) -> None:
    client.get("/es/no-existe", status=404)
    client.get("/en/no-such-page", status=404)
