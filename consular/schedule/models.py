"""Tables of the schedule: rules, closures, slots, and seats (one row is one unit of capacity)."""

from datetime import date, datetime, time

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from consular.foundation.database import FAR_PAST, Base, Instant

# A condition of an index, in words that a query repeats to use it: neither since ever nor never.
CLOCK_MOVES = "{column} > '1970-01-02' AND {column} < '9999-12-30'"
BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows only in an INTEGER key


class OpeningRule(Base):
    """When an office attends by appointment: one weekday, one unbroken stretch of local time."""

    __tablename__ = "opening_rule"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens < closes", name="opens_before_closes"),
        CheckConstraint("slot_minutes BETWEEN 5 AND 480", name="slot_minutes"),
        CheckConstraint("seats BETWEEN 1 AND 200", name="seats"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="valid"),
        Index(None, "office_id", "weekday"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    weekday: Mapped[int] = mapped_column()
    opens: Mapped[time] = mapped_column()
    closes: Mapped[time] = mapped_column()
    slot_minutes: Mapped[int] = mapped_column()
    seats: Mapped[int] = mapped_column()
    valid_from: Mapped[date] = mapped_column()
    valid_until: Mapped[date | None] = mapped_column()
    demonstration: Mapped[bool] = mapped_column(default=False)


class OpeningRuleService(Base):
    """The services that share a rule's seats."""

    __tablename__ = "opening_rule_service"
    rule_id: Mapped[int] = mapped_column(ForeignKey("opening_rule.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)


class Closure(Base):
    """A day, or part of one in local time, when an office (or, with no office, every office) does not attend."""

    __tablename__ = "closure"
    __table_args__ = (
        CheckConstraint("(from_time IS NULL) = (to_time IS NULL)", name="both_times_or_none"),
        CheckConstraint("from_time IS NULL OR from_time < to_time", name="from_before_to"),
        CheckConstraint("kind IN ('holiday', 'strike', 'training', 'other')", name="kind"),
        Index(None, "day", "office_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    office_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    day: Mapped[date] = mapped_column()
    from_time: Mapped[time | None] = mapped_column()
    to_time: Mapped[time | None] = mapped_column()
    kind: Mapped[str] = mapped_column()
    reason: Mapped[str] = mapped_column()


class Slot(Base):
    """One rule, one start, one end. Never changed once written: it is withdrawn or it stays.

    `sequence` counts a rule's slots so that adjacent ones differ by exactly 1 and a break, another day
    or a withdrawn slot leaves a gap: a longer service takes a run of consecutive numbers.
    """

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("rule_id", "starts_at"),
        UniqueConstraint("rule_id", "sequence"),
        CheckConstraint("starts_at < ends_at", name="starts_before_ends"),
        Index(None, "office_id", "starts_at"),
    )
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("opening_rule.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    sequence: Mapped[int] = mapped_column()
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)


def _moved_by_the_clock(column: str) -> Index:
    condition = text(CLOCK_MOVES.format(column=column))
    return Index(f"ix_seat_{column}", column, postgresql_where=condition, sqlite_where=condition)


class Seat(Base):
    """One unit of a slot's capacity: who has it, and from when it is free.

    Free at t: no appointment and free_from <= t. One instant serves the expiry of a hold, a delayed
    return, publishing and an office's opening. The triggers of `appointments/guards` keep seats and
    appointments in agreement whoever writes.
    """

    __tablename__ = "seat"
    __table_args__ = (
        CheckConstraint("appointment_id IS NULL OR hold IS NULL", name="taken_is_not_held"),
        # One literal that both databases read: FAR_FUTURE is the only value beyond it.
        CheckConstraint("appointment_id IS NULL OR free_from > '9999-12-30'", name="taken_is_not_free"),
        CheckConstraint("no >= 1", name="no"),
        # All that says whether a seat is free: nobody looks a taken one up in the table to leave it out.
        Index("ix_seat_free", "office_id", "starts_at", "free_from", "general_from", "appointment_id"),
        Index(
            "ix_seat_appointment",
            "appointment_id",
            postgresql_where=text("appointment_id IS NOT NULL"),
            sqlite_where=text("appointment_id IS NOT NULL"),
        ),
        Index(
            "ix_seat_hold",
            "hold",
            postgresql_where=text("hold IS NOT NULL"),
            sqlite_where=text("hold IS NOT NULL"),
        ),
        # Which instants the clock passes: few seats have any.
        _moved_by_the_clock("free_from"),
        _moved_by_the_clock("general_from"),
        # A hidden rowid would be a second key by which SQLite's REPLACE could remove a taken seat.
        {"sqlite_with_rowid": False},
    )
    slot_id: Mapped[int] = mapped_column(BigId, ForeignKey("slot.id"), primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    office_id: Mapped[int] = mapped_column()
    starts_at: Mapped[datetime] = mapped_column(Instant)
    free_from: Mapped[datetime] = mapped_column(Instant, default=FAR_PAST)
    general_from: Mapped[datetime] = mapped_column(Instant, default=FAR_PAST)
    hold: Mapped[str | None] = mapped_column()
    appointment_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("appointment.id"))


class ScheduleChange(Base):
    """One row for each change of an office's seats, or of every office's (no office): written by triggers alone.

    The sum of an office's tokens and of those of every office is the version of what is free there. A sum
    changes with every commit, in whatever order transactions commit. See `schedule/versions.py`.
    """

    __tablename__ = "schedule_change"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    office_id: Mapped[int | None] = mapped_column(index=True)
    token: Mapped[int] = mapped_column(BigInteger)
