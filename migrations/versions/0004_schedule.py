"""Opening rules, closures and slots."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "opening_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_opening_rule_opens_before_closes")),
        sa.CheckConstraint("seats BETWEEN 1 AND 200", name=op.f("ck_opening_rule_seats")),
        sa.CheckConstraint("slot_minutes BETWEEN 5 AND 480", name=op.f("ck_opening_rule_slot_minutes")),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_opening_rule_valid")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_opening_rule_weekday")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_opening_rule_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_rule")),
    )
    op.create_index(
        op.f("ix_opening_rule_office_id_weekday"), "opening_rule", ["office_id", "weekday"], unique=False
    )
    op.create_table(
        "opening_rule_service",
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["opening_rule.id"], name=op.f("fk_opening_rule_service_rule_id")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_opening_rule_service_service_id")
        ),
        sa.PrimaryKeyConstraint("rule_id", "service_id", name=op.f("pk_opening_rule_service")),
    )
    op.create_table(
        "closure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=True),
        sa.Column("to_time", sa.Time(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('holiday', 'strike', 'training', 'other')", name=op.f("ck_closure_kind")
        ),
        sa.CheckConstraint(
            "(from_time IS NULL) = (to_time IS NULL)", name=op.f("ck_closure_both_times_or_none")
        ),
        sa.CheckConstraint(
            "from_time IS NULL OR from_time < to_time", name=op.f("ck_closure_from_before_to")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_closure_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closure")),
    )
    op.create_index(op.f("ix_closure_day_office_id"), "closure", ["day", "office_id"], unique=False)
    op.create_table(
        "slot",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_slot_starts_before_ends")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_slot_office_id")),
        sa.ForeignKeyConstraint(["rule_id"], ["opening_rule.id"], name=op.f("fk_slot_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("rule_id", "sequence", name=op.f("uq_slot_rule_id_sequence")),
        sa.UniqueConstraint("rule_id", "starts_at", name=op.f("uq_slot_rule_id_starts_at")),
    )
    op.create_index(op.f("ix_slot_office_id_starts_at"), "slot", ["office_id", "starts_at"], unique=False)


def downgrade() -> None:
    op.drop_table("slot")
    op.drop_table("closure")
    op.drop_table("opening_rule_service")
    op.drop_table("opening_rule")
