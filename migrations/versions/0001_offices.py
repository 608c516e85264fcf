"""What is published about offices: regions, sources, offices, services, offers, hours, localities."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "region",
        sa.Column("code", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("iso", sa.String(length=6), nullable=False),
        sa.CheckConstraint(
            "ltrim(code, '0123456789') = '' AND length(code) = 2", name=op.f("ck_region_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
        sa.UniqueConstraint("iso", name=op.f("uq_region_iso")),
        sa.UniqueConstraint("name", name=op.f("uq_region_name")),
    )
    op.create_table(
        "source",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("consulted_on", sa.String(length=10), nullable=True),
        sa.CheckConstraint(
            "ltrim(consulted_on, '0123456789-') = '' AND (consulted_on LIKE '____-__' OR consulted_on LIKE '____-__-__')",
            name=op.f("ck_source_consulted_on"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_source")),
    )
    op.create_table(
        "office",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=9), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("successor_id", sa.Integer(), nullable=True),
        sa.Column("region_code", sa.String(length=2), nullable=False),
        sa.Column("city", sa.String(length=120), nullable=True),
        sa.Column("ubigeo_inei", sa.String(length=6), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("location_precision", sa.String(length=14), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=80), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("languages", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("step_free", sa.String(length=7), nullable=False),
        sa.Column("demonstration", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("source_code", sa.String(length=20), nullable=False),
        sa.Column("confirmed_on", sa.String(length=10), nullable=True),
        sa.CheckConstraint(
            "kind IN ('decentralised-office', 'headquarters', 'service-centre', 'consulate', 'campaign')",
            name=op.f("ck_office_kind"),
        ),
        sa.CheckConstraint(
            "location_precision IN ('address', 'district', 'city', 'region-capital')",
            name=op.f("ck_office_location_precision"),
        ),
        sa.CheckConstraint(
            "ltrim(confirmed_on, '0123456789-') = '' AND (confirmed_on LIKE '____-__' OR confirmed_on LIKE '____-__-__')",
            name=op.f("ck_office_confirmed_on"),
        ),
        sa.CheckConstraint(
            "ltrim(slug, 'abcdefghijklmnopqrstuvwxyz0123456789-') = '' AND length(slug) BETWEEN 1 AND 80 AND slug NOT LIKE '-%' AND slug NOT LIKE '%-' AND slug NOT LIKE '%--%'",
            name=op.f("ck_office_slug"),
        ),
        sa.CheckConstraint(
            "ltrim(ubigeo_inei, '0123456789') = '' AND length(ubigeo_inei) = 6",
            name=op.f("ck_office_ubigeo_inei"),
        ),
        sa.CheckConstraint(
            "status IN ('announced', 'open', 'suspended', 'closed')", name=op.f("ck_office_status")
        ),
        sa.CheckConstraint("step_free IN ('yes', 'no', 'unknown')", name=op.f("ck_office_step_free")),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_office_latitude")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_office_longitude")),
        sa.CheckConstraint("successor_id <> id", name=op.f("ck_office_successor")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_office_region_code")),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name=op.f("fk_office_source_code")),
        sa.ForeignKeyConstraint(["successor_id"], ["office.id"], name=op.f("fk_office_successor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sa.UniqueConstraint("slug", name=op.f("uq_office_slug")),
    )
    op.create_table(
        "service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("extra_minutes", sa.Integer(), nullable=True),
        sa.Column("fee", sa.Numeric(precision=8, scale=2), nullable=True),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("bookable", sa.Boolean(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("source_code", sa.String(length=20), nullable=False),
        sa.Column("confirmed_on", sa.String(length=10), nullable=True),
        sa.CheckConstraint(
            "ltrim(code, 'abcdefghijklmnopqrstuvwxyz0123456789-') = '' AND length(code) BETWEEN 1 AND 80 AND code NOT LIKE '-%' AND code NOT LIKE '%-' AND code NOT LIKE '%--%'",
            name=op.f("ck_service_code"),
        ),
        sa.CheckConstraint(
            "ltrim(confirmed_on, '0123456789-') = '' AND (confirmed_on LIKE '____-__' OR confirmed_on LIKE '____-__-__')",
            name=op.f("ck_service_confirmed_on"),
        ),
        sa.CheckConstraint("duration_minutes BETWEEN 1 AND 600", name=op.f("ck_service_duration_minutes")),
        sa.CheckConstraint("extra_minutes BETWEEN 0 AND 120", name=op.f("ck_service_extra_minutes")),
        sa.CheckConstraint("fee >= 0", name=op.f("ck_service_fee")),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name=op.f("fk_service_source_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("code", name=op.f("uq_service_code")),
    )
    op.create_table(
        "offer",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("offers", sa.String(length=7), nullable=False),
        sa.Column("attendance", sa.String(length=11), nullable=False),
        sa.Column("demonstration", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("source_code", sa.String(length=20), nullable=False),
        sa.Column("confirmed_on", sa.String(length=10), nullable=True),
        sa.CheckConstraint(
            "attendance IN ('walk-in', 'appointment', 'both', 'unknown')", name=op.f("ck_offer_attendance")
        ),
        sa.CheckConstraint(
            "ltrim(confirmed_on, '0123456789-') = '' AND (confirmed_on LIKE '____-__' OR confirmed_on LIKE '____-__-__')",
            name=op.f("ck_offer_confirmed_on"),
        ),
        sa.CheckConstraint("offers IN ('yes', 'no', 'unknown')", name=op.f("ck_offer_offers")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_offer_office_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_offer_service_id")),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name=op.f("fk_offer_source_code")),
        sa.PrimaryKeyConstraint("office_id", "service_id", name=op.f("pk_offer")),
    )
    op.create_index(op.f("ix_offer_service_id"), "offer", ["service_id"], unique=False)
    op.create_table(
        "opening_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("source_code", sa.String(length=20), nullable=False),
        sa.Column("confirmed_on", sa.String(length=10), nullable=True),
        sa.CheckConstraint(
            "ltrim(confirmed_on, '0123456789-') = '' AND (confirmed_on LIKE '____-__' OR confirmed_on LIKE '____-__-__')",
            name=op.f("ck_opening_hours_confirmed_on"),
        ),
        sa.CheckConstraint("opens < closes", name=op.f("ck_opening_hours_opens")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_opening_hours_weekday")),
        sa.ForeignKeyConstraint(["office_id"], ["office.id"], name=op.f("fk_opening_hours_office_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_opening_hours_service_id")),
        sa.ForeignKeyConstraint(["source_code"], ["source.code"], name=op.f("fk_opening_hours_source_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
    )
    op.create_index(
        "uq_opening_hours_office",
        "opening_hours",
        ["office_id", "weekday", "opens"],
        unique=True,
        sqlite_where=sa.text("service_id IS NULL"),
        postgresql_where=sa.text("service_id IS NULL"),
    )
    op.create_index(
        "uq_opening_hours_service",
        "opening_hours",
        ["office_id", "service_id", "weekday", "opens"],
        unique=True,
        sqlite_where=sa.text("service_id IS NOT NULL"),
        postgresql_where=sa.text("service_id IS NOT NULL"),
    )
    op.create_table(
        "locality",
        sa.Column("geonames_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("region_code", sa.String(length=2), nullable=False),
        sa.Column("district_inei", sa.String(length=6), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("other_names", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "ltrim(district_inei, '0123456789') = '' AND length(district_inei) = 6",
            name=op.f("ck_locality_district_inei"),
        ),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_locality_latitude")),
        sa.CheckConstraint("longitude BETWEEN -180 AND 180", name=op.f("ck_locality_longitude")),
        sa.CheckConstraint("population >= 0", name=op.f("ck_locality_population")),
        sa.ForeignKeyConstraint(["region_code"], ["region.code"], name=op.f("fk_locality_region_code")),
        sa.PrimaryKeyConstraint("geonames_id", name=op.f("pk_locality")),
    )


def downgrade() -> None:
    op.drop_table("locality")
    op.drop_table("opening_hours")
    op.drop_table("offer")
    op.drop_table("service")
    op.drop_table("office")
    op.drop_table("source")
    op.drop_table("region")
