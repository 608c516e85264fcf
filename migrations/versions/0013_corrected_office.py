"""Offices whose published data the staff have corrected: seeding leaves those data alone."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "corrected_office",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_by", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_corrected_office_office_id")),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_corrected_office")),
    )


def downgrade() -> None:
    op.drop_table("corrected_office")
