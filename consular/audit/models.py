"""Table of the journal."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from consular.foundation.database import Base, Instant


class JournalEntry(Base):
    """One action on one record. `details` holds plain facts, never names, documents or contacts."""

    __tablename__ = "journal"
    __table_args__ = (Index(None, "subject_type", "subject"), Index(None, "at"))
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column()
    action: Mapped[str] = mapped_column()
    subject_type: Mapped[str] = mapped_column()
    subject: Mapped[str] = mapped_column()
    details: Mapped[dict[str, object]] = mapped_column(JSON)
