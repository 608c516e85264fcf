"""Reads of the staff: accounts, and the offices that an account may act on."""

import unicodedata
from typing import Any

from sqlalchemy import Select, select

from consular.foundation.database import db
from consular.foundation.errors import Unknown
from consular.offices.models import Office, OfficeStatus
from consular.staff.models import Account, Role
from consular.staff.permissions import DeskOffice, StaffAccount

_ACCOUNT = (
    Account.id,
    Account.email,
    Account.name,
    Account.role,
    Account.language,
    Account.active,
    Account.session_version,
)
_OFFICE = (Office.id, Office.slug, Office.name, Office.status, Office.timezone)


class AccountUnknown(Unknown):
    """No account has that e-mail. Facts: email."""


class DeskOfficeUnknown(Unknown):
    """No office has that public name. Facts: office."""


def account_in_session(account_id: int, session_version: int) -> StaffAccount | None:
    """The active account whose sessions of that version still hold, else None. One statement."""
    found = _accounts(
        _account_columns().where(
            Account.id == account_id, Account.session_version == session_version, Account.active
        )
    )
    return found[0] if found else None


def account_by_email(email: str) -> StaffAccount:
    """The account with that e-mail, active or not.

    Raises:
        AccountUnknown: there is none.
    """
    found = _accounts(_account_columns().where(Account.email == email.strip().lower()))
    if not found:
        raise AccountUnknown(email=email)
    return found[0]


def accounts() -> list[StaffAccount]:
    """Every account, by office and name. One statement."""
    return _accounts(_account_columns().order_by(Office.name, Account.name))


def desk_office(slug: str) -> DeskOffice:
    """The office of that public name. One statement.

    Raises:
        DeskOfficeUnknown: there is none.
    """
    row = db.session.execute(select(*_OFFICE).where(Office.slug == slug)).one_or_none()
    if row is None:
        raise DeskOfficeUnknown(office=slug)
    return DeskOffice(*row)


def desk_offices() -> list[DeskOffice]:
    """The offices that an administrator may choose from, by name. One statement."""
    rows = db.session.execute(select(*_OFFICE).where(Office.status != OfficeStatus.CLOSED))
    return sorted((DeskOffice(*row) for row in rows), key=_alphabetical)


def _alphabetical(office: DeskOffice) -> str:
    """Áncash before Cusco: databases differ in where they put accents, readers do not."""
    return unicodedata.normalize("NFKD", office.name).casefold()


def _account_columns() -> Select[*tuple[Any, ...]]:
    return select(*_ACCOUNT, *_OFFICE).outerjoin(Office, Office.id == Account.office_id)


def _accounts(statement: Select[*tuple[Any, ...]]) -> list[StaffAccount]:
    return [_account(*row) for row in db.session.execute(statement)]


def _account(
    id_: int, email: str, name: str, role: str, language: str, active: bool, version: int, *office: Any
) -> StaffAccount:
    where = DeskOffice(*office) if office[0] is not None else None
    return StaffAccount(id_, email, name, Role(role), where, language, active, version)
