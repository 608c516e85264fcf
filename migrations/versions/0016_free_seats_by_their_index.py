"""Whether a seat is free is read from its index alone: SQLite looked up each taken one in the table to leave it out."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BEFORE = ["office_id", "starts_at", "free_from"]


def upgrade() -> None:
    op.drop_index("ix_seat_free", table_name="seat")
    op.create_index("ix_seat_free", "seat", [*BEFORE, "general_from", "appointment_id"])


def downgrade() -> None:
    op.drop_index("ix_seat_free", table_name="seat")
    op.create_index("ix_seat_free", "seat", BEFORE)
