"""The journal: written with the action that it records, or not at all."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consular.audit import journal
from consular.audit.models import JournalEntry
from consular.foundation import clock
from consular.foundation.database import transaction
from tests.databases import on_both_databases

pytestmark = on_both_databases


def test_an_entry_says_who_did_what_to_which_record_and_when(session: Session, morning: datetime) -> None:
    with transaction():
        journal.record(
            "staff:mirta@example.pe", "set_seats", "slot", "12", before=2, after=3, why=None, ok=True
        )
    session.expunge_all()
    entry = session.scalars(select(JournalEntry)).one()
    assert (entry.actor, entry.action) == ("staff:mirta@example.pe", "set_seats")
    assert (entry.subject_type, entry.subject) == ("slot", "12")
    assert entry.details == {"before": 2, "after": 3, "why": None, "ok": True}
    assert entry.at == morning


def test_entries_keep_their_order(session: Session, morning: datetime) -> None:
    for minute in range(3):
        with clock.stopped(morning + timedelta(minutes=minute)), transaction():
            journal.record("system", "publish", "rule", str(minute))
    entries = session.execute(select(JournalEntry.subject, JournalEntry.at).order_by(JournalEntry.id)).all()
    assert [tuple(entry) for entry in entries] == [
        (str(minute), morning + timedelta(minutes=minute)) for minute in range(3)
    ]


def _record_and_fail() -> None:
    with transaction():
        journal.record("citizen", "book", "booking", "K7QM-4T3X")
        raise ValueError("the action failed")


def test_what_was_rolled_back_was_not_done(session: Session, morning: datetime) -> None:
    with pytest.raises(ValueError, match="the action failed"):
        _record_and_fail()
    assert session.scalars(select(JournalEntry)).all() == []
