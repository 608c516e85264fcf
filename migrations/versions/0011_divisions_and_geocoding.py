"""Provinces and districts by code; what the geocoding service answered, whose turn it is, and whom it located."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LATITUDE = "latitude BETWEEN -90 AND 90"
LONGITUDE = "longitude BETWEEN -180 AND 180"


def _place(table: str, *, known: bool) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("latitude", sa.Double(), nullable=not known),
        sa.Column("longitude", sa.Double(), nullable=not known),
        sa.CheckConstraint(LATITUDE, name=op.f(f"ck_{table}_latitude")),
        sa.CheckConstraint(LONGITUDE, name=op.f(f"ck_{table}_longitude")),
    )


def upgrade() -> None:
    op.create_table(
        "province",
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("region_code", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("capital", sa.String(length=120), nullable=False),
        *_place("province", known=True),
        sa.CheckConstraint(
            "ltrim(code, '0123456789') = '' AND length(code) = 4", name=op.f("ck_province_code")
        ),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_province_region_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_province")),
    )
    op.create_table(
        "district",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("province_code", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("capital", sa.String(length=120), nullable=True),
        *_place("district", known=False),
        sa.Column("other_names", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "ltrim(code, '0123456789') = '' AND length(code) = 6", name=op.f("ck_district_code")
        ),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_district_position")),
        sa.ForeignKeyConstraint(["province_code"], ["province.code"], name=op.f("fk_district_province_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_district")),
    )
    op.create_table(
        "geocoded",
        sa.Column("asked", sa.String(length=64), nullable=False),
        *_place("geocoded", known=False),
        sa.Column("precision", sa.String(length=10), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL) AND (latitude IS NULL) = (precision IS NULL)",
            name=op.f("ck_geocoded_position"),
        ),
        sa.PrimaryKeyConstraint("asked", name=op.f("pk_geocoded")),
    )
    op.create_index(op.f("ix_geocoded_expires_at"), "geocoded", ["expires_at"])
    op.create_table(
        "geocoder_turn",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_geocoder_turn_one")),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_geocoder_turn_failures")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_geocoder_turn")),
    )
    op.create_table(
        "located_office",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("source_code", sa.String(length=20), nullable=False),
        sa.Column("located_on", sa.String(length=10), nullable=False),
        sa.CheckConstraint("located_on LIKE '____-__-__'", name=op.f("ck_located_office_located_on")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_located_office_office_id")),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name=op.f("fk_located_office_source_code")),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_located_office")),
    )


def downgrade() -> None:
    for table in ("located_office", "geocoder_turn", "geocoded", "district", "province"):
        op.drop_table(table)
