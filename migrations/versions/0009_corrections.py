"""Since when an office is as it is, and what readers say is wrong about it."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# Written out, because SQLite adds a column with its check in no other way than this.
SINCE = """ALTER TABLE office ADD COLUMN status_since VARCHAR(10) CONSTRAINT ck_office_status_since
CHECK (ltrim(status_since, '0123456789-') = ''
AND (status_since LIKE '____-__' OR status_since LIKE '____-__-__'))"""
OPEN = sa.text("dealt_at IS NULL")


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SINCE.replace("\n", " "))
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("fact", sa.String(length=9), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("submission", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dealt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dealt_by", sa.String(length=254), nullable=True),
        sa.Column("outcome", sa.String(length=9), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "fact IN ('status', 'address', 'hours', 'contact', 'services', 'languages', 'step-free', 'other')",
            name=op.f("ck_correction_fact"),
        ),
        sa.CheckConstraint(
            "outcome IN ('corrected', 'right', 'unclear')", name=op.f("ck_correction_outcome")
        ),
        sa.CheckConstraint(
            "(dealt_at IS NULL) = (dealt_by IS NULL) AND (dealt_at IS NULL) = (outcome IS NULL)",
            name=op.f("ck_correction_dealt"),
        ),
        sa.CheckConstraint("dealt_at IS NULL OR contact IS NULL", name=op.f("ck_correction_contact_erased")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_correction_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint("code", name=op.f("uq_correction_code")),
        sa.UniqueConstraint("submission", name=op.f("uq_correction_submission")),
    )
    op.create_index(
        "ix_correction_open",
        "correction",
        ["office_id", "received_at"],
        postgresql_where=OPEN,
        sqlite_where=OPEN,
    )
    op.create_index(op.f("ix_correction_received_at"), "correction", ["received_at"])


def downgrade() -> None:
    op.drop_table("correction")
    op.drop_column("office", "status_since")
