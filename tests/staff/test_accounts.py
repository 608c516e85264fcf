"""Accounts: made, given another password, closed and opened again; each leaves its line in the journal."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from consular.audit.models import JournalEntry
from consular.foundation.database import db, transaction
from consular.staff import accounts
from consular.staff.accounts import EmailTaken, InvalidAccount
from consular.staff.models import Account
from consular.staff.passwords import PasswordRefused
from consular.staff.permissions import Role
from consular.staff.queries import AccountUnknown, account_by_email, account_in_session
from consular.staff.queries import accounts as all_accounts
from tests.databases import on_both_databases

PASSWORD = "tres-tazas-de-muña"


def journal() -> list[tuple[str, str, str]]:
    return [
        (entry.actor, entry.action, entry.subject)
        for entry in db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))
    ]


@on_both_databases
def test_an_account_is_made_and_found(world, session):
    with transaction():
        made = accounts.create_account(
            " Luz@Example.PE ", " Luz Apaza ", PASSWORD, "clerk", world.offices["tacna"], actor="staff:x@y.pe"
        )
    assert (made.email, made.name, made.role) == ("luz@example.pe", "Luz Apaza", Role.CLERK)
    assert made.office is not None
    assert made.office.slug == "tacna"
    assert account_by_email("LUZ@example.pe") == made
    assert journal()[-1] == ("staff:x@y.pe", "create-account", "luz@example.pe")
    assert [account.name for account in all_accounts() if account.office] == ["Mirta", "Luz Apaza", "Omar"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "luz"}, "email"),
        ({"name": "  "}, "name"),
        ({"role": "owner"}, "role"),
        ({"office_id": None}, "office"),
        ({"role": "administrator"}, "office"),
    ],
)
def test_a_wrong_fact_is_refused_by_name(world, session, change, field):
    facts = {
        "email": "luz@example.pe",
        "name": "Luz",
        "password": PASSWORD,
        "role": "clerk",
        "office_id": world.offices["tacna"],
        **change,
    }
    with pytest.raises(InvalidAccount) as refused, transaction():
        accounts.create_account(**facts)
    assert refused.value.facts == {"field": field}


def test_an_email_has_one_account(world, session):
    with pytest.raises(EmailTaken), transaction():
        accounts.create_account("MIRTA@example.pe", "Otra", PASSWORD, "administrator")


def test_a_weak_password_makes_no_account(world, session):
    with pytest.raises(PasswordRefused), transaction():
        accounts.create_account("luz@example.pe", "Luz", "corta", "administrator")
    with pytest.raises(AccountUnknown):
        account_by_email("luz@example.pe")


@on_both_databases
@pytest.mark.parametrize(("role", "office"), [("clerk", None), ("administrator", "cusco")])
def test_the_database_itself_keeps_clerks_in_offices(world, session, role, office):
    with pytest.raises(IntegrityError), transaction():
        db.session.add(
            Account(
                email="luz@example.pe",
                name="Luz",
                password_hash="x",
                role=role,
                office_id=world.offices[office] if office else None,
            )
        )


def test_another_password_ends_the_sessions(world, session):
    before = account_by_email(world.accounts["mirta"])
    assert account_in_session(before.id, before.session_version) == before
    with transaction():
        accounts.set_password(before.email, PASSWORD, actor="staff:ines@example.pe")
    assert account_in_session(before.id, before.session_version) is None
    assert account_in_session(before.id, before.session_version + 1) is not None
    assert journal()[-1] == ("staff:ines@example.pe", "set-password", before.email)
    with pytest.raises(PasswordRefused), transaction():
        accounts.set_password(before.email, before.email)


def test_a_closed_account_loses_its_sessions_for_good(world, session):
    before = account_by_email(world.accounts["mirta"])
    with transaction():
        accounts.deactivate(before.email)
    closed = account_by_email(before.email)
    assert not closed.active
    assert account_in_session(before.id, closed.session_version) is None
    with transaction():
        accounts.reactivate(before.email)
    assert account_in_session(before.id, before.session_version) is None
    assert account_in_session(before.id, closed.session_version) is not None
    assert [line[1] for line in journal()[-2:]] == ["deactivate-account", "reactivate-account"]


@pytest.mark.parametrize("change", [accounts.deactivate, accounts.reactivate])
def test_nobody_to_change(world, session, change):
    with pytest.raises(AccountUnknown), transaction():
        change("nadie@example.pe")
