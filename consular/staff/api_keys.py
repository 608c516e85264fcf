"""Keys of outside programs: issue, revoke, list, check. A key is shown once and stored as SHA-256."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, or_, select, update

from consular.audit.journal import record
from consular.foundation.clock import now
from consular.foundation.database import connection, db
from consular.foundation.errors import Refusal, Unknown
from consular.foundation.statements import rows_of
from consular.offices.models import Office
from consular.staff.models import ApiKey, ApiKeyOffice, KeyScope

# A prefix that scanners of leaked secrets can look for; then 256 random bits in URL-safe base64.
PREFIX = "ck_"
_KEY = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}", re.ASCII)
LONGEST_NAME = 120


class KeyUnknown(Unknown):
    """No key in force has that name or number. Facts: key."""


class KeyNameTaken(Refusal):
    """A key in force has that name: names tell keys apart in the list and in the journal. Facts: name."""


class InvalidKey(Refusal):
    """A fact of a new key is wrong. Facts: field (`name`, `scope`, `offices`), unknown (office names)."""

    status = 422


@dataclass(frozen=True)
class ApiCaller:
    """The program behind a request. `offices` are slugs; None means every office."""

    id: int
    name: str
    scope: KeyScope
    offices: frozenset[str] | None

    @property
    def actor(self) -> str:
        """How the journal names this program."""
        return f"api:{self.name}"

    def may(self, scope: KeyScope) -> bool:
        """An operator may do all that a booking program may, and more."""
        return self.scope in (scope, KeyScope.OPERATOR)

    def acts_for(self, office: str) -> bool:
        """Whether the key reaches the office of that slug."""
        return self.offices is None or office in self.offices


@dataclass(frozen=True)
class IssuedKey:
    """A row of the list: everything about a key except the key."""

    id: int
    name: str
    scope: KeyScope
    offices: tuple[str, ...]
    created_at: datetime
    revoked_at: datetime | None


def issue(name: str, scope: str, office_slugs: Iterable[str] = (), *, actor: str = "system") -> str:
    """Make a key and answer its text, which cannot be read again. No office named: every office.

    Raises:
        InvalidKey, KeyNameTaken
    """
    name, slugs = name.strip(), sorted(set(office_slugs))
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidKey(field="name")
    if scope not in list(KeyScope):
        raise InvalidKey(field="scope")
    found = db.session.execute(select(Office.slug, Office.id).where(Office.slug.in_(slugs)))
    offices = {row.slug: row.id for row in found}
    if unknown := [slug for slug in slugs if slug not in offices]:
        raise InvalidKey(field="offices", unknown=unknown)
    if db.session.scalar(select(ApiKey.id).where(ApiKey.name == name, ApiKey.revoked_at.is_(None))):
        raise KeyNameTaken(name=name)
    key = PREFIX + secrets.token_urlsafe(32)
    row = ApiKey(name=name, key_hash=_hashed(key), scope=scope, created_at=now())
    db.session.add(row)
    db.session.flush()
    if offices:
        db.session.execute(
            insert(ApiKeyOffice),
            [{"api_key_id": row.id, "office_id": office_id} for office_id in offices.values()],
        )
    record(actor, "issue-api-key", "api_key", name, scope=scope, offices=" ".join(slugs))
    return key


def revoke(name_or_number: str, *, actor: str = "system") -> str:
    """End a key in force, by its name or its number in the list; answers its name.

    Raises:
        KeyUnknown: there is none, or it was revoked before.
    """
    wanted = ApiKey.name == name_or_number
    if name_or_number.isascii() and name_or_number.isdigit() and len(name_or_number) < 10:
        wanted = or_(wanted, ApiKey.id == int(name_or_number))
    row = db.session.execute(
        select(ApiKey.id, ApiKey.name)
        .where(wanted, ApiKey.revoked_at.is_(None))
        # A key that is named "7" goes before the key with number 7.
        .order_by((ApiKey.name == name_or_number).desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise KeyUnknown(key=name_or_number)
    db.session.execute(update(ApiKey).where(ApiKey.id == row.id).values(revoked_at=now()))
    record(actor, "revoke-api-key", "api_key", row.name)
    return str(row.name)


def listing() -> list[IssuedKey]:
    """Every key ever issued, the oldest first. One statement."""
    rows = db.session.execute(
        select(ApiKey.id, ApiKey.name, ApiKey.scope, ApiKey.created_at, ApiKey.revoked_at, Office.slug)
        .outerjoin(ApiKeyOffice, ApiKeyOffice.api_key_id == ApiKey.id)
        .outerjoin(Office, Office.id == ApiKeyOffice.office_id)
        .order_by(ApiKey.id, Office.slug)
    ).all()
    slugs: dict[int, list[str]] = {}
    for row in rows:
        slugs.setdefault(row.id, []).extend([row.slug] if row.slug else [])
    keys = {row.id: row for row in rows}.values()
    return [
        IssuedKey(row.id, row.name, KeyScope(row.scope), tuple(slugs[row.id]), row.created_at, row.revoked_at)
        for row in keys
    ]


# Built once: each call with a key asks it.
_IN_FORCE = (
    select(ApiKey.id, ApiKey.name, ApiKey.scope, ApiKeyOffice.office_id, Office.slug)
    .outerjoin(ApiKeyOffice, ApiKeyOffice.api_key_id == ApiKey.id)
    .outerjoin(Office, Office.id == ApiKeyOffice.office_id)
    .where(ApiKey.key_hash == bindparam("hash"), ApiKey.revoked_at.is_(None))
)


def check(presented: str) -> ApiCaller | None:
    """Whose key this is, or None for anything that is not a key in force. At most one statement.

    The hash is looked up by an index: the time that takes tells nothing about a key of 256 random bits.
    """
    if not _KEY.fullmatch(presented):
        return None
    rows = rows_of(connection(), _IN_FORCE, {"hash": _hashed(presented)})
    if not rows:
        return None
    # Limited as soon as one row says so: a limit whose office is gone must not open every office.
    limited = rows[0].office_id is not None
    offices = frozenset(row.slug for row in rows if row.slug) if limited else None
    return ApiCaller(rows[0].id, rows[0].name, KeyScope(rows[0].scope), offices)


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
