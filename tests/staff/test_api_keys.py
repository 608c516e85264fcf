"""Keys below the door: issued once in clear, kept as a hash, listed without it."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import select

from consular.audit.models import JournalEntry
from consular.foundation.database import transaction
from consular.staff import api_keys
from consular.staff.models import ApiKey, KeyScope
from tests.databases import on_both_databases


@pytest.fixture
def issue(app, world, session):
    def make(name: str = "kiosk", scope: str = "book", *offices: str) -> str:
        with transaction():
            return api_keys.issue(name, scope, offices, actor="staff:ines@example.pe")

    return make


@on_both_databases
def test_a_key_is_checked_in_one_statement(issue, count_statements):
    key = issue("kiosk", "book", "cusco", "tacna")
    with count_statements() as statements:
        caller = api_keys.check(key)
    assert len(statements) == 1, statements
    assert caller == api_keys.ApiCaller(
        id=caller.id, name="kiosk", scope=KeyScope.BOOK, offices=frozenset({"cusco", "tacna"})
    )
    assert caller.actor == "api:kiosk"
    assert caller.acts_for("cusco")
    assert not caller.acts_for("ancash")


def test_the_database_holds_no_key(issue, session):
    key = issue()
    row = session.execute(select(ApiKey.__table__)).one()
    assert not [value for value in row if isinstance(value, str) and key.removeprefix("ck_") in value]
    assert len(key) == len("ck_") + 43  # 256 bits in base64


def test_two_keys_are_never_the_same(issue):
    assert issue("one") != issue("two")


def test_what_does_not_look_like_a_key_costs_no_statement(issue, count_statements):
    issue()
    with count_statements() as statements:
        for presented in ("", "ck_", "x" * 100_000, "ck_" + "ñ" * 43, "ck_\ud800" + "A" * 42):
            assert api_keys.check(presented) is None
    assert len(statements) == 0, statements


@on_both_databases
def test_the_list_says_everything_but_the_key(issue):
    issue("kiosk", "book", "cusco")
    issue("call centre", "operator")
    with transaction():
        api_keys.revoke("kiosk")
    kiosk, centre = api_keys.listing()
    assert (kiosk.name, kiosk.scope, kiosk.offices) == ("kiosk", "book", ("cusco",))
    assert kiosk.revoked_at is not None
    assert (centre.name, centre.offices, centre.revoked_at) == ("call centre", (), None)


def test_a_key_is_revoked_by_its_number_too_and_once(issue):
    key = issue()
    (listed,) = api_keys.listing()
    with transaction():
        assert api_keys.revoke(str(listed.id)) == "kiosk"
    assert api_keys.check(key) is None
    for again in ("kiosk", str(listed.id), "9" * 40, "²"):
        with pytest.raises(api_keys.KeyUnknown), transaction():
            api_keys.revoke(again)


def test_a_name_in_force_is_not_given_twice(issue):
    issue()
    with pytest.raises(api_keys.KeyNameTaken):
        issue()
    with transaction():
        api_keys.revoke("kiosk")
    issue()


@pytest.mark.parametrize(
    ("name", "scope", "offices", "field"),
    [
        ("", "book", (), "name"),
        ("x" * 121, "book", (), "name"),
        ("two\nlines", "book", (), "name"),
        ("kiosk", "emperor", (), "scope"),
        ("kiosk", "book", ("cusco", "atlantis"), "offices"),
    ],
)
def test_a_key_with_a_wrong_fact_is_not_issued(issue, name, scope, offices, field):
    with pytest.raises(api_keys.InvalidKey) as refused:
        issue(name, scope, *offices)
    assert refused.value.facts["field"] == field
    assert api_keys.listing() == []


def test_the_journal_keeps_who_issued_and_who_revoked(issue, session):
    issue("kiosk", "book", "cusco")
    with transaction():
        api_keys.revoke("kiosk", actor="system")
    entries = session.execute(
        select(JournalEntry.actor, JournalEntry.action, JournalEntry.subject).order_by(JournalEntry.id)
    ).all()
    assert entries == [
        ("staff:ines@example.pe", "issue-api-key", "kiosk"),
        ("system", "revoke-api-key", "kiosk"),
    ]


def test_a_limit_never_turns_into_every_office(issue, database_url):
    """Foreign keys forbid an office that is not there, but a console has them off."""
    key = issue("kiosk", "book", "cusco")
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as console, console:
        console.execute("UPDATE api_key_office SET office_id = 999")
    caller = api_keys.check(key)
    assert caller is not None
    assert not caller.acts_for("cusco")
    assert not caller.acts_for("tacna")
