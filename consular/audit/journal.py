"""Write the journal, in the transaction of the action that it records."""

from sqlalchemy import insert

from consular.audit.models import JournalEntry
from consular.foundation.clock import now
from consular.foundation.database import db

_ENTRY = insert(JournalEntry).inline()
Plain = str | int | float | bool | None


def record(actor: str, action: str, subject_type: str, subject: str, **details: Plain) -> None:
    """Add one entry.

    actor: `citizen`, `staff:<e-mail>`, `api:<key name>` or `system`. action: a verb (`book`, `cancel`).
    subject: the public code of the record, never its number in the database.
    """
    entry = {
        "at": now(),
        "actor": actor,
        "action": action,
        "subject_type": subject_type,
        "subject": subject,
        "details": details,
    }
    db.session.connection().execute(_ENTRY, entry)
