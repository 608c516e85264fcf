"""The guided path: countries, papers and their chains of signatures; a booking remembers its answer."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CONFIRMED_ON = "confirmed_on LIKE '____-__' OR confirmed_on LIKE '____-__-__'"


def upgrade() -> None:
    op.create_table(
        "country",
        sa.Column("code", sa.String(length=2), nullable=False),
        sa.Column("convention", sa.String(length=9), nullable=False),
        sa.Column("in_force_from", sa.Date(), nullable=True),
        sa.Column("other_names", sa.String(length=400), nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("source_code", sa.String(length=20), nullable=False),
        sa.Column("confirmed_on", sa.String(length=10), nullable=True),
        sa.CheckConstraint("length(code) = 2 AND code = upper(code)", name=op.f("ck_country_code")),
        sa.CheckConstraint(
            "convention IN ('home', 'member', 'objection', 'no', 'unknown')",
            name=op.f("ck_country_convention"),
        ),
        sa.CheckConstraint(
            "(convention = 'member') = (in_force_from IS NOT NULL)", name=op.f("ck_country_in_force_from")
        ),
        sa.CheckConstraint(CONFIRMED_ON, name=op.f("ck_country_confirmed_on")),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name=op.f("fk_country_source_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_country")),
    )
    op.create_table(
        "paper",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_paper")),
    )
    op.create_table(
        "chain",
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("paper", sa.String(length=60), nullable=False),
        sa.Column("route", sa.String(length=11), nullable=False),
        sa.Column("service", sa.String(length=80), nullable=True),
        sa.Column("digital_service", sa.String(length=80), nullable=True),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("source_code", sa.String(length=20), nullable=False),
        sa.Column("confirmed_on", sa.String(length=10), nullable=True),
        sa.CheckConstraint(
            "route IN ('peruvian', 'translation', 'consular', 'help', 'elsewhere')",
            name=op.f("ck_chain_route"),
        ),
        sa.CheckConstraint(CONFIRMED_ON, name=op.f("ck_chain_confirmed_on")),
        sa.ForeignKeyConstraint(["paper"], ["paper.code"], name=op.f("fk_chain_paper")),
        sa.ForeignKeyConstraint(["service"], ["service.code"], name=op.f("fk_chain_service")),
        sa.ForeignKeyConstraint(["digital_service"], ["service.code"], name=op.f("fk_chain_digital_service")),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name=op.f("fk_chain_source_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_chain")),
    )
    op.create_index(op.f("ix_chain_paper"), "chain", ["paper"])
    # No foreign key: a code that no longer exists must not keep anybody from booking.
    op.add_column("booking", sa.Column("guidance", sa.String(length=63), nullable=True))


def downgrade() -> None:
    op.drop_column("booking", "guidance")
    op.drop_table("chain")
    op.drop_table("paper")
    op.drop_table("country")
