"""Signing in: the right password, the wrong one, and no more tries than the limit, even all at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, update

from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.foundation.tries import CountedTry, TooManyTries
from consular.staff import passwords, signing_in
from consular.staff.accounts import deactivate
from consular.staff.models import Account
from consular.staff.queries import account_in_session
from consular.staff.signing_in import (
    TRIES_PER_ACCOUNT,
    TRIES_PER_ADDRESS,
    WINDOW,
    WrongCredentials,
    sign_in,
)
from tests.databases import on_both_databases
from tests.factories import MORNING, PASSWORDS

MIRTA = ("mirta@example.pe", PASSWORDS["mirta"])
HERE = "192.0.2.7"


@pytest.fixture
def quick_hash(monkeypatch):
    """The cheapest argon2: these tests count tries, they do not measure strength."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr(passwords, "_DECOY", quick.hash("nobody"))


def outcome(email: str, password: str, address: str = HERE) -> str:
    try:
        sign_in(email, password, address)
    except (WrongCredentials, TooManyTries) as refusal:
        return refusal.name
    return "in"


@on_both_databases
def test_the_right_password_gives_a_session(world, session):
    who = sign_in(" Mirta@Example.pe", PASSWORDS["mirta"], HERE)
    account = account_in_session(who.account_id, who.session_version)
    assert account is not None
    assert account.email == "mirta@example.pe"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("mirta@example.pe", "el-lago-sube-despacio."),
        ("mirta@example.pe", ""),
        ("nadie@example.pe", "el-lago-sube-despacio"),
        ("", ""),
        ("mirta@example.pe' --", "x"),
    ],
)
def test_whatever_is_wrong_is_said_alike(world, session, email, password):
    with pytest.raises(WrongCredentials) as refused:
        sign_in(email, password, HERE)
    assert refused.value.facts == {}


def test_a_closed_account_is_like_none(world, session):
    with transaction():
        deactivate("mirta@example.pe")
    assert outcome(*MIRTA) == "wrong-credentials"


def test_an_unknown_email_costs_one_check_too(world, session, monkeypatch):
    checked = []
    real = passwords.matches
    monkeypatch.setattr(
        signing_in.passwords, "matches", lambda *given: checked.append(given[0]) or real(*given)
    )
    assert outcome("mirta@example.pe", "wrong") == outcome("nadie@example.pe", "wrong") == "wrong-credentials"
    assert len(checked) == 2
    assert checked[1] is None


@on_both_databases
def test_an_account_has_so_many_tries(world, session, quick_hash):
    wrong = [outcome("mirta@example.pe", f"guess {n}", f"198.51.100.{n}") for n in range(TRIES_PER_ACCOUNT)]
    assert set(wrong) == {"wrong-credentials"}
    assert outcome(*MIRTA, "198.51.100.99") == "too-many-tries"
    # Nobody else is kept out, and time lets her in again.
    assert outcome("omar@example.pe", PASSWORDS["omar"]) == "in"
    with clock.stopped(MORNING + WINDOW + timedelta(seconds=1)):
        assert outcome(*MIRTA) == "in"


def test_an_address_has_so_many_tries(world, session, quick_hash):
    wrong = [outcome(f"guess{n}@example.pe", "x") for n in range(TRIES_PER_ADDRESS)]
    assert set(wrong) == {"wrong-credentials"}
    assert outcome(*MIRTA) == "too-many-tries"
    assert outcome(*MIRTA, "192.0.2.8") == "in"


def test_one_ipv6_subscriber_is_one_address(world, session, quick_hash):
    for n in range(TRIES_PER_ADDRESS):
        outcome(f"guess{n}@example.pe", "x", f"2001:db8:1:2::{n:x}")
    assert outcome(*MIRTA, "2001:db8:1:2:ffff::1") == "too-many-tries"
    assert outcome(*MIRTA, "2001:db8:1:3::1") == "in"


def test_the_refusal_says_how_long_to_wait(world, session, quick_hash):
    for n in range(TRIES_PER_ACCOUNT):
        with clock.stopped(MORNING + timedelta(minutes=n)):
            outcome("mirta@example.pe", "x")
    with clock.stopped(MORNING + timedelta(minutes=10, seconds=1)), pytest.raises(TooManyTries) as refused:
        sign_in(*MIRTA, HERE)
    assert refused.value.facts == {"wait_minutes": 5}


def test_being_refused_does_not_lengthen_the_wait(world, session, quick_hash):
    for _ in range(TRIES_PER_ACCOUNT):
        outcome("mirta@example.pe", "x")
    for minute in range(1, 15):
        with clock.stopped(MORNING + timedelta(minutes=minute)):
            assert outcome("mirta@example.pe", "x") == "too-many-tries"
    with clock.stopped(MORNING + WINDOW):
        assert outcome(*MIRTA) == "in"


def test_a_right_password_ends_the_count_of_its_account(world, session, quick_hash):
    for _ in range(3):
        for n in range(TRIES_PER_ACCOUNT - 1):
            assert outcome("mirta@example.pe", f"guess {n}", f"198.51.100.{n}") == "wrong-credentials"
        assert outcome(*MIRTA) == "in"


def test_a_refused_try_stays_counted(world, session):
    """DESIGN rule 12: counted in a transaction of its own, so that the refusal takes nothing back."""
    outcome("mirta@example.pe", "wrong")
    db.session.rollback()
    keys = db.session.execute(select(CountedTry.key, func.count()).group_by(CountedTry.key)).all()
    assert [count for _, count in keys] == [1, 1]
    assert all(len(key) == 64 and "mirta" not in key for key, _ in keys)


def test_the_try_is_counted_before_the_password_is_looked_at(world, session, monkeypatch):
    def broken(*given):
        raise RuntimeError("the machine stopped here")

    monkeypatch.setattr(signing_in.passwords, "matches", broken)
    with pytest.raises(RuntimeError):
        sign_in(*MIRTA, HERE)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(CountedTry)) == 2


@on_both_databases
def test_of_many_tries_at_once_no_more_than_the_limit_pass(world, app, quick_hash):
    def one_try(n: int) -> str:
        with app.app_context():
            return outcome("mirta@example.pe", f"guess {n}", f"198.51.100.{n}")

    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(one_try, range(32)))
    checked = answers.count("wrong-credentials")
    assert checked <= TRIES_PER_ACCOUNT, answers
    assert answers.count("too-many-tries") == 32 - checked


def test_old_tries_are_forgotten(world, session, quick_hash):
    outcome("mirta@example.pe", "wrong")
    with clock.stopped(MORNING + WINDOW):
        outcome("omar@example.pe", "wrong")
    assert db.session.scalar(select(func.count()).select_from(CountedTry)) == 2


def test_an_outdated_hash_is_renewed(world, session):
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORDS["mirta"])
    with transaction():
        db.session.execute(update(Account).where(Account.email == MIRTA[0]).values(password_hash=weak))
    assert outcome(MIRTA[0], "wrong") == "wrong-credentials"
    assert stored_hash() == weak
    assert outcome(*MIRTA) == "in"
    assert stored_hash() != weak
    assert not passwords.outdated(stored_hash())
    assert outcome(*MIRTA) == "in"


def stored_hash() -> str:
    return db.session.scalars(select(Account.password_hash).where(Account.email == MIRTA[0])).one()
