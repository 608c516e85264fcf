"""Signing in: tries are counted first, then the password is checked."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import delete, func, select, update

from consular.audit.journal import record
from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.foundation.errors import Refusal
from consular.foundation.network import sender_block
from consular.foundation.vault import vault
from consular.staff import passwords
from consular.staff.models import Account, SignInTry

WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 8
# A whole office may sit behind one network address, and everybody signs in at eight.
TRIES_PER_ADDRESS = 40


class WrongCredentials(Refusal):
    """No active account has that e-mail and password; which of the two is wrong is not said."""

    status = 401


class TooManyTries(Refusal):
    """Too many tries for this account or from this address. Facts: wait_minutes."""

    status: ClassVar[int] = 429


@dataclass(frozen=True)
class SignedIn:
    """Who has just signed in; the version goes into the session."""

    account_id: int
    session_version: int


@dataclass(frozen=True)
class _Credentials:
    id: int
    email: str
    password_hash: str
    session_version: int


def sign_in(email: str, password: str, address: str) -> SignedIn:
    """Check an e-mail and a password that somebody typed at a network address.

    It opens its own two short transactions, so it is called outside any: the try must stay counted
    when the sign-in is refused, and the slow hash must not run while the database waits for us.

    Raises:
        TooManyTries, WrongCredentials.
    """
    now = clock.now()
    keys = _account_key(email), _address_key(address)
    _refuse_too_many(keys, now, counted=0)  # a refused flood writes nothing
    with transaction() as session:
        session.execute(delete(SignInTry).where(SignInTry.at <= now - WINDOW))
        session.add_all(SignInTry(key=key, at=now) for key in keys)
    # Counted only after the commit: of any number of simultaneous tries, no more than the limit pass.
    _refuse_too_many(keys, now, counted=1)
    account = _credentials(email)
    right = passwords.matches(account.password_hash if account else None, password)
    if account is None or not right:
        raise WrongCredentials
    stronger = passwords.hash_password(password) if passwords.outdated(account.password_hash) else None
    with transaction():
        _welcome(account, stronger, forget=keys[0])
    return SignedIn(account.id, account.session_version)


def _welcome(account: _Credentials, stronger_hash: str | None, forget: str) -> None:
    """A right password ends that account's count (not the address's: it may try other accounts)."""
    db.session.execute(delete(SignInTry).where(SignInTry.key == forget))
    if stronger_hash:
        # Only over the hash that was checked: a password set meanwhile must win.
        db.session.execute(
            update(Account)
            .where(Account.id == account.id, Account.password_hash == account.password_hash)
            .values(password_hash=stronger_hash)
        )
    record(f"staff:{account.email}", "sign-in", "account", account.email)


def _refuse_too_many(keys: tuple[str, str], now: datetime, counted: int) -> None:
    """`counted` is 1 when the present try is already among those counted."""
    rows = db.session.execute(
        select(SignInTry.key, func.count(), func.min(SignInTry.at))
        .where(SignInTry.key.in_(keys), SignInTry.at > now - WINDOW)
        .group_by(SignInTry.key)
    ).all()
    limits = dict(zip(keys, (TRIES_PER_ACCOUNT, TRIES_PER_ADDRESS), strict=True))
    waits = [first + WINDOW - now for key, tries, first in rows if tries - counted >= limits[key]]
    if waits:
        raise TooManyTries(wait_minutes=-(-max(waits) // timedelta(minutes=1)))


def _credentials(email: str) -> _Credentials | None:
    row = db.session.execute(
        select(Account.id, Account.email, Account.password_hash, Account.session_version).where(
            Account.email == _typed(email), Account.active
        )
    ).one_or_none()
    return _Credentials(*row) if row else None


def _typed(email: str) -> str:
    return email.strip().lower()


def _account_key(email: str) -> str:
    return vault().keyed_hash("sign-in-account", _typed(email))


def _address_key(address: str) -> str:
    return vault().keyed_hash("sign-in-address", sender_block(address))
