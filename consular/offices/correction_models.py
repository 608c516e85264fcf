"""The table of what readers say is wrong about an office."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from consular.foundation.database import Base, Instant
from consular.foundation.vault import Sealed


class Fact(StrEnum):
    """What a reader may say is wrong: the groups in which an office's page shows its facts."""

    STATUS = "status"
    ADDRESS = "address"
    HOURS = "hours"
    CONTACT = "contact"
    SERVICES = "services"
    LANGUAGES = "languages"
    STEP_FREE = "step-free"
    OTHER = "other"


class Outcome(StrEnum):
    """What the staff found: it was wrong and is corrected, it was right, or nobody can tell."""

    CORRECTED = "corrected"
    RIGHT = "right"
    UNCLEAR = "unclear"


def _one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


class Correction(Base):
    """One reader's word that a published fact of an office is wrong.

    `said` is free text and may name people, so it is sealed like `contact`, the reader's e-mail, which is
    erased when somebody has dealt with it. `submission` is a keyed hash: one form makes one row.
    """

    __tablename__ = "correction"
    __table_args__ = (
        _one_of("fact", Fact),
        _one_of("outcome", Outcome),
        CheckConstraint(
            "(dealt_at IS NULL) = (dealt_by IS NULL) AND (dealt_at IS NULL) = (outcome IS NULL)",
            name="dealt",
        ),
        CheckConstraint("dealt_at IS NULL OR contact IS NULL", name="contact_erased"),
        Index(
            "ix_correction_open",
            "office_id",
            "received_at",
            sqlite_where=text("dealt_at IS NULL"),
            postgresql_where=text("dealt_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    fact: Mapped[str] = mapped_column(String(9))
    said: Mapped[str] = mapped_column(Sealed)
    contact: Mapped[str | None] = mapped_column(Sealed)
    language: Mapped[str] = mapped_column(String(8))
    submission: Mapped[str] = mapped_column(String(64), unique=True)
    received_at: Mapped[datetime] = mapped_column(Instant, index=True)
    dealt_at: Mapped[datetime | None] = mapped_column(Instant)
    dealt_by: Mapped[str | None] = mapped_column(String(254))
    outcome: Mapped[str | None] = mapped_column(String(9))
    note: Mapped[str | None] = mapped_column(Text)
