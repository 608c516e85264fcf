"""What readers say is wrong about an office: received from anybody, dealt with by the staff, erased in time."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from consular.audit import journal
from consular.foundation.database import db
from consular.foundation.errors import Refusal, Unknown
from consular.foundation.vault import vault
from consular.notifications import outbox
from consular.offices.correction_models import Correction
from consular.offices.correction_models import Fact as Fact
from consular.offices.correction_models import Outcome as Outcome
from consular.offices.models import Office

# A contact that nobody has used by then is of no use; a year is what a yearly review of the data needs.
CONTACT_KEPT = timedelta(days=180)
KEPT = timedelta(days=365)
DEALT_SHOWN = 30


class CorrectionUnknown(Unknown):
    """No report of that office has that code."""


class DealtWithAlready(Refusal):
    """Somebody dealt with the report before. Facts: by (the actor), at."""


@dataclass(frozen=True)
class CorrectionRow:
    """One report as the staff read it. `answerable`: a contact is kept, and is told the outcome."""

    code: str
    office_slug: str
    office_name: str
    timezone: str
    fact: str
    said: str
    answerable: bool
    received_at: datetime
    dealt_at: datetime | None
    dealt_by: str | None
    outcome: str | None
    note: str | None


def report(
    *, office: str, fact: Fact, said: str, contact: str | None, language: str, submission: str, now: datetime
) -> None:
    """Keep what a reader says is wrong. The same `submission` (a form's token) is kept once. Two statements.

    `office` is the slug of one that exists.
    """
    values = {
        "code": secrets.token_hex(8),
        "office_id": select(Office.id).where(Office.slug == office).scalar_subquery(),
        "fact": fact.value,
        "said": said,
        "contact": contact,
        "language": language,
        "submission": vault().keyed_hash("correction", submission),
        "received_at": now,
    }
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    kept = insert(Correction).values(**values).on_conflict_do_nothing(index_elements=["submission"])
    code = db.session.scalar(kept.returning(Correction.code))
    if code is not None:
        journal.record("citizen", "report-mistake", "correction", code, office=office, fact=fact.value)


def deal_with(
    code: str, outcome: Outcome, note: str | None, *, office_id: int, actor: str, now: datetime
) -> None:
    """Close a report of an office, tell whoever left an address, and erase that address. Three or four statements.

    Raises:
        CorrectionUnknown, DealtWithAlready
    """
    found = db.session.execute(
        select(*_OF_REPORT, Correction.contact, Correction.language)
        .join(Office, Office.id == Correction.office_id)
        .where(Correction.code == code, Correction.office_id == office_id)
        .with_for_update(of=Correction)
    ).one_or_none()
    if found is None:
        raise CorrectionUnknown(code=code)
    if found.dealt_at is not None:
        raise DealtWithAlready(by=found.dealt_by, at=found.dealt_at)
    db.session.execute(
        update(Correction)
        .where(Correction.code == code)
        .values(dealt_at=now, dealt_by=actor, outcome=outcome.value, note=note, contact=None)
    )
    journal.record(actor, "deal-with-mistake", "correction", code, outcome=outcome.value)
    if found.contact:
        told = {
            "office": found.office_name,
            "slug": found.office_slug,
            "fact": found.fact,
            "outcome": outcome.value,
            "note": note,
            "received_at": found.received_at.isoformat(),
            "timezone": found.timezone,
        }
        outbox.enqueue("correction-answered", found.contact, found.language, told)


def open_reports(office_id: int | None) -> list[CorrectionRow]:
    """The reports that wait, oldest first: of an office, or of all when it is None. One statement."""
    waiting = _reports(office_id).where(Correction.dealt_at.is_(None))
    return _rows(waiting.order_by(Correction.received_at, Correction.id))


def dealt_reports(office_id: int | None) -> list[CorrectionRow]:
    """The last reports that somebody dealt with, newest first. One statement."""
    done = _reports(office_id).where(Correction.dealt_at.is_not(None))
    return _rows(done.order_by(Correction.dealt_at.desc(), Correction.id.desc()).limit(DEALT_SHOWN))


def count_open(office_id: int | None) -> int:
    """How many reports wait: of an office, or of all when it is None. One statement."""
    waiting = select(func.count()).select_from(Correction).where(Correction.dealt_at.is_(None))
    if office_id is not None:
        waiting = waiting.where(Correction.office_id == office_id)
    return db.session.scalar(waiting) or 0


def erase_old(now: datetime) -> int:
    """Erase contacts after CONTACT_KEPT and whole reports after KEPT; how many rows changed. Two statements."""
    contacts = db.session.execute(
        update(Correction)
        .where(Correction.contact.is_not(None), Correction.received_at < now - CONTACT_KEPT)
        .values(contact=None)
        .returning(Correction.id)
    ).all()
    reports = db.session.execute(
        delete(Correction).where(Correction.received_at < now - KEPT).returning(Correction.id)
    ).all()
    return len(contacts) + len(reports)


_OF_REPORT = (
    Correction.code,
    Office.slug.label("office_slug"),
    Office.name.label("office_name"),
    Office.timezone,
    Correction.fact,
    Correction.said,
    Correction.received_at,
    Correction.dealt_at,
    Correction.dealt_by,
    Correction.outcome,
    Correction.note,
)


def _reports(office_id: int | None) -> Select[*tuple[Any, ...]]:
    reports: Select[*tuple[Any, ...]] = select(
        *_OF_REPORT, Correction.contact.is_not(None).label("answerable")
    ).join(Office, Office.id == Correction.office_id)
    return reports if office_id is None else reports.where(Correction.office_id == office_id)


def _rows(statement: Select[*tuple[Any, ...]]) -> list[CorrectionRow]:
    return [CorrectionRow(**row) for row in db.session.execute(statement).mappings()]
