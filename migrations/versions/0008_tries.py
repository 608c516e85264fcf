"""Count every kind of try in one table, and note when a booking's contact was told of a second try."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counted_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counted_try")),
    )
    op.create_index(op.f("ix_counted_try_key_until"), "counted_try", ["key", "until"])
    op.create_index(op.f("ix_counted_try_until"), "counted_try", ["until"])
    # Tries to sign in count for 15 minutes: those of the moment of the change are let go.
    op.drop_table("sign_in_try")
    op.add_column("booking", sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("booking", "warned_at")
    op.create_table(
        "sign_in_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_try")),
    )
    op.create_index(op.f("ix_sign_in_try_at"), "sign_in_try", ["at"])
    op.create_index(op.f("ix_sign_in_try_key_at"), "sign_in_try", ["key", "at"])
    op.drop_table("counted_try")
