"""Bookings, appointments, and the seats that they take."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "booking",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("submission", sa.String(), nullable=True),
        sa.Column("submission_digest", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("on_behalf", sa.String(), server_default="self", nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "channel IN ('site', 'api', 'desk', 'demonstration')", name=op.f("ck_booking_channel")
        ),
        sa.CheckConstraint("on_behalf IN ('self', 'other', 'minor')", name=op.f("ck_booking_on_behalf")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("reference", name=op.f("uq_booking_reference")),
        sa.UniqueConstraint("submission", name=op.f("uq_booking_submission")),
    )
    op.create_table(
        "appointment",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("booking_id", BIG_ID, nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("hold", sa.String(), nullable=False),
        sa.Column("person_key", sa.String(), nullable=False),
        sa.Column("document_type", sa.String(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("document_country", sa.String(), nullable=True),
        sa.Column("given_names", sa.String(), nullable=False),
        sa.Column("family_names", sa.String(), nullable=False),
        sa.Column("preferential", sa.Boolean(), nullable=False),
        sa.Column("documents", sa.Integer(), server_default="1", nullable=False),
        sa.Column("seat_free_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("serving_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('booked', 'arrived', 'serving', 'served', 'no_show', 'cancelled', 'moved', 'displaced')",
            name=op.f("ck_appointment_status"),
        ),
        sa.CheckConstraint("documents BETWEEN 1 AND 20", name=op.f("ck_appointment_documents")),
        sa.CheckConstraint("slots BETWEEN 1 AND 96", name=op.f("ck_appointment_slots")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_appointment_starts_before_ends")),
        sa.ForeignKeyConstraint(["booking_id"], ["booking.id"], name=op.f("fk_appointment_booking_id")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_appointment_office_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_appointment_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(op.f("ix_appointment_booking_id"), "appointment", ["booking_id"], unique=False)
    op.create_index(
        op.f("ix_appointment_office_id_starts_at"), "appointment", ["office_id", "starts_at"], unique=False
    )
    op.create_index(
        "uq_appointment_active_person",
        "appointment",
        ["person_key", "service_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('booked', 'arrived', 'serving')"),
        sqlite_where=sa.text("status IN ('booked', 'arrived', 'serving')"),
    )
    op.create_table(
        "seat",
        sa.Column("slot_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("free_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("general_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hold", sa.String(), nullable=True),
        sa.Column("appointment_id", BIG_ID, nullable=True),
        sa.CheckConstraint(
            "appointment_id IS NULL OR free_from > '9999-12-30'", name=op.f("ck_seat_taken_is_not_free")
        ),
        sa.CheckConstraint("appointment_id IS NULL OR hold IS NULL", name=op.f("ck_seat_taken_is_not_held")),
        sa.CheckConstraint("no >= 1", name=op.f("ck_seat_no")),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name=op.f("fk_seat_appointment_id")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_seat_slot_id")),
        sa.PrimaryKeyConstraint("slot_id", "no", name=op.f("pk_seat")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_seat_appointment",
        "seat",
        ["appointment_id"],
        unique=False,
        postgresql_where=sa.text("appointment_id IS NOT NULL"),
        sqlite_where=sa.text("appointment_id IS NOT NULL"),
    )
    op.create_index("ix_seat_free", "seat", ["office_id", "starts_at", "free_from"], unique=False)
    op.create_index(
        "ix_seat_hold",
        "seat",
        ["hold"],
        unique=False,
        postgresql_where=sa.text("hold IS NOT NULL"),
        sqlite_where=sa.text("hold IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("seat")
    op.drop_table("appointment")
    op.drop_table("booking")
