"""Write the journal, in the transaction of the action that it records."""

from sqlalchemy import insert

from consular.audit.models import JournalEntry
from consular.foundation.clock import now
from consular.foundation.database import writing
from consular.foundation.rows import Row, row_of

_ENTRY = insert(JournalEntry).inline()
Plain = str | int | float | bool | None


def record(actor: str, action: str, subject_type: str, subject: str, **details: Plain) -> None:
    """Add one entry. One statement; the arguments are those of `entry`."""
    writing().execute(_ENTRY, entry(actor, action, subject_type, subject, **details).values)


def entry(actor: str, action: str, subject_type: str, subject: str, **details: Plain) -> Row:
    """An entry, for whoever writes it together with what it records.

    actor: `citizen`, `staff:<e-mail>`, `api:<key name>` or `system`. action: a verb (`book`, `cancel`).
    subject: the public code of the record, never its number in the database.
    """
    values = {
        "at": now(),
        "actor": actor,
        "action": action,
        "subject_type": subject_type,
        "subject": subject,
        "details": details,
    }
    return row_of(JournalEntry, values)
