"""The outbox: messages waiting to leave, and what became of each."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from consular.foundation.database import Base, Instant
from consular.foundation.vault import Sealed

_WAITING = text("sent_at IS NULL AND failed_at IS NULL")


class OutboxMessage(Base):
    """One message to one recipient, inserted in the transaction of the fact that it tells.

    `recipient` and `values` (a JSON object) are sealed, and emptied once the message has left: the
    outbox is a queue, not an archive of contacts. `attempts` counts claims, so that a message which
    kills its worker is given up too.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("channel IN ('email', 'sms')", name="channel"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("sent_at IS NULL OR failed_at IS NULL", name="one_end"),
        CheckConstraint(
            'sent_at IS NOT NULL OR (recipient IS NOT NULL AND "values" IS NOT NULL)', name="content"
        ),
        Index("ix_outbox_waiting", "send_after", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    template: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(8))
    recipient: Mapped[str | None] = mapped_column(Sealed)
    values: Mapped[str | None] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(Instant)
    send_after: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    claimed_until: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None] = mapped_column(String(200))
