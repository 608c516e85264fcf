"""Signing in: tries are counted first, then the password is checked."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from consular.audit.journal import record
from consular.foundation.database import db, transaction
from consular.foundation.errors import Refusal
from consular.foundation.network import sender_block
from consular.foundation.tries import Limit, count_try, forget_tries
from consular.staff import passwords
from consular.staff.models import Account

WINDOW = timedelta(minutes=15)
TRIES_PER_ACCOUNT = 8
# A whole office may sit behind one network address, and everybody signs in at eight.
TRIES_PER_ADDRESS = 40


class WrongCredentials(Refusal):
    """No active account has that e-mail and password; which of the two is wrong is not said."""

    status = 401


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
    of_account = Limit("sign-in-account", _typed(email), TRIES_PER_ACCOUNT, WINDOW)
    count_try(of_account, Limit("sign-in-address", sender_block(address), TRIES_PER_ADDRESS, WINDOW))
    account = _credentials(email)
    right = passwords.matches(account.password_hash if account else None, password)
    if account is None or not right:
        raise WrongCredentials
    stronger = passwords.hash_password(password) if passwords.outdated(account.password_hash) else None
    with transaction():
        _welcome(account, stronger, of_account)
    return SignedIn(account.id, account.session_version)


def _welcome(account: _Credentials, stronger_hash: str | None, of_account: Limit) -> None:
    """A right password ends that account's count (not the address's: it may try other accounts)."""
    forget_tries(of_account)
    if stronger_hash:
        # Only over the hash that was checked: a password set meanwhile must win.
        db.session.execute(
            update(Account)
            .where(Account.id == account.id, Account.password_hash == account.password_hash)
            .values(password_hash=stronger_hash)
        )
    record(f"staff:{account.email}", "sign-in", "account", account.email)


def _credentials(email: str) -> _Credentials | None:
    row = db.session.execute(
        select(Account.id, Account.email, Account.password_hash, Account.session_version).where(
            Account.email == _typed(email), Account.active
        )
    ).one_or_none()
    return _Credentials(*row) if row else None


def _typed(email: str) -> str:
    return email.strip().lower()
