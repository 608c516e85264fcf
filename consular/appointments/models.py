"""Tables of appointments: a booking is what a reference names; an appointment is one person's right."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from consular.appointments.rules import ACTIVE, STATUSES
from consular.foundation.database import Base, Instant
from consular.foundation.vault import Sealed
from consular.schedule.models import BigId
from consular.schedule.slots import MOST_SLOTS

_ACTIVE = text("status IN ('booked', 'arrived', 'serving')")


class Booking(Base):
    """One or several appointments under one reference; it survives moves.

    `submission` is the keyed hash of a form token or an Idempotency-Key, `submission_digest` that of
    what was asked with it: the same key with the same request finds this booking again. `on_behalf` says
    who made it: the person who comes, somebody else, or a minor's parent or guardian; then e-mail and
    telephone are those of `contact_name`, who is told. `warned_at` is when they were last told that
    somebody tried to book again with the document of this booking. `guidance` is the public code of the
    list of signatures that the citizen was shown (offices/guidance.py), when they asked which procedure it is.
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("channel IN ('site', 'api', 'desk', 'demonstration')", name="channel"),
        CheckConstraint("on_behalf IN ('self', 'other', 'minor')", name="on_behalf"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str] = mapped_column(unique=True)
    submission: Mapped[str | None] = mapped_column(unique=True)
    submission_digest: Mapped[str | None] = mapped_column()
    channel: Mapped[str] = mapped_column()
    on_behalf: Mapped[str] = mapped_column(default="self", server_default="self")
    contact_name: Mapped[str | None] = mapped_column(Sealed)
    language: Mapped[str] = mapped_column()
    email: Mapped[str | None] = mapped_column(Sealed)
    phone: Mapped[str | None] = mapped_column(Sealed)
    created_at: Mapped[datetime] = mapped_column(Instant)
    warned_at: Mapped[datetime | None] = mapped_column(Instant)
    guidance: Mapped[str | None] = mapped_column(String(63))


class Appointment(Base):
    """One person's confirmed right to be attended, born by taking the `slots` seats of its `hold`.

    What it is for, when and for whom never changes: a move ends this row and begins another.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint(f"status IN ({', '.join(repr(s) for s in STATUSES)})", name="status"),
        CheckConstraint(f"slots BETWEEN 1 AND {MOST_SLOTS}", name="slots"),
        CheckConstraint("documents BETWEEN 1 AND 20", name="documents"),
        CheckConstraint("starts_at < ends_at", name="starts_before_ends"),
        Index(
            "uq_appointment_active_person",
            "person_key",
            "service_id",
            unique=True,
            postgresql_where=_ACTIVE,
            sqlite_where=_ACTIVE,
        ),
        Index(None, "office_id", "starts_at"),
        Index(None, "booking_id"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    booking_id: Mapped[int] = mapped_column(BigId, ForeignKey("booking.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    slots: Mapped[int] = mapped_column()
    status: Mapped[str] = mapped_column()
    hold: Mapped[str] = mapped_column()
    person_key: Mapped[str] = mapped_column()
    document_type: Mapped[str] = mapped_column()
    document_number: Mapped[str] = mapped_column(Sealed)
    document_country: Mapped[str | None] = mapped_column()
    given_names: Mapped[str] = mapped_column()
    family_names: Mapped[str] = mapped_column()
    preferential: Mapped[bool] = mapped_column(default=False)
    documents: Mapped[int] = mapped_column(default=1, server_default="1")
    seat_free_from: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    arrived_at: Mapped[datetime | None] = mapped_column(Instant)
    serving_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


def is_active() -> ColumnElement[bool]:
    """The condition of the index of active appointments, written out: with bound values SQLite reads every row."""
    return Appointment.status.in_([literal_column(f"'{status}'") for status in ACTIVE])
