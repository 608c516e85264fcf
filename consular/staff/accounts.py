"""Changes to accounts: create, set a password, deactivate, reactivate. The journal keeps each."""

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from consular.audit.journal import record
from consular.foundation.database import db
from consular.foundation.errors import Refusal
from consular.staff.models import Account, Role
from consular.staff.passwords import check_strength, hash_password
from consular.staff.permissions import StaffAccount
from consular.staff.queries import AccountUnknown, account_by_email


class EmailTaken(Refusal):
    """Another account has that e-mail. Facts: email."""


class InvalidAccount(Refusal):
    """A fact of a new account is wrong. Facts: field (`email`, `name`, `role`, `office`)."""

    status = 422


def create_account(
    email: str,
    name: str,
    password: str,
    role: str,
    office_id: int | None = None,
    language: str = "es",
    *,
    actor: str = "system",
) -> StaffAccount:
    """A new account. A clerk needs an office, an administrator has none.

    Raises:
        InvalidAccount, EmailTaken, PasswordRefused.
    """
    address = normal_email(email)
    if not name.strip():
        raise InvalidAccount(field="name")
    if role not in list(Role):
        raise InvalidAccount(field="role")
    if (role == Role.CLERK) != (office_id is not None):
        raise InvalidAccount(field="office")
    check_strength(password, address, name)
    if db.session.scalar(select(Account.id).where(Account.email == address)) is not None:
        raise EmailTaken(email=address)
    account = Account(
        email=address,
        name=name.strip(),
        password_hash=hash_password(password),
        role=role,
        office_id=office_id,
        language=language,
    )
    db.session.add(account)
    db.session.flush()
    created = account_by_email(address)
    record(
        actor,
        "create-account",
        "account",
        address,
        role=role,
        office=created.office.slug if created.office else None,
    )
    return created


def set_password(email: str, password: str, *, actor: str = "system") -> None:
    """A new password; every session of the account is signed out.

    Raises:
        AccountUnknown, PasswordRefused.
    """
    account = _account(email)
    check_strength(password, account.email, account.name)
    account.password_hash = hash_password(password)
    account.session_version += 1
    db.session.flush()
    record(actor, "set-password", "account", account.email)


def deactivate(email: str, *, actor: str = "system") -> None:
    """The account can no longer sign in, and its sessions end; its past stays in the journal.

    Raises:
        AccountUnknown.
    """
    account = _account(email)
    account.active = False
    account.session_version += 1
    db.session.flush()
    record(actor, "deactivate-account", "account", account.email)


def reactivate(email: str, *, actor: str = "system") -> None:
    """The account can sign in again, with the password that it had.

    Raises:
        AccountUnknown.
    """
    account = _account(email)
    account.active = True
    db.session.flush()
    record(actor, "reactivate-account", "account", account.email)


def normal_email(email: str) -> str:
    """The form under which an e-mail is stored and found: valid, lower case.

    Raises:
        InvalidAccount: it is not an e-mail address.
    """
    try:
        checked = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise InvalidAccount(field="email") from None
    return checked.normalized.lower()


def _account(email: str) -> Account:
    account = db.session.scalar(select(Account).where(Account.email == email.strip().lower()))
    if account is None:
        raise AccountUnknown(email=email)
    return account
