"""A version of what is free, which whoever changes any of it advances: by triggers, so raw SQL does too."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# A seat's change belongs to its office; the others are few, and count for every office.
TABLES = ("closure", "opening_rule", "opening_rule_service")
VERBS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}

# Rows are only added, so that two who change seats of one office never wait for each other.
SEAT_FUNCTION = """CREATE FUNCTION consular_seats_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO schedule_change (office_id, token)
  SELECT office_id, 1 + floor(random() * 4294967296)::bigint FROM (SELECT DISTINCT office_id FROM changed) AS offices;
  RETURN NULL;
END $$"""
SEAT_TRIGGER = """CREATE TRIGGER schedule_changes_by_seat_{verb} AFTER {VERB} ON seat
REFERENCING {row} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION consular_seats_change()"""
FUNCTION = """CREATE FUNCTION consular_schedule_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO schedule_change (office_id, token) VALUES (NULL, 1 + floor(random() * 4294967296)::bigint);
  RETURN NULL;
END $$"""
TRIGGER = """CREATE TRIGGER schedule_changes_by_{table} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION consular_schedule_changes()"""

# SQLite has one writer at a time, so one row an office is enough. IS also compares NULL.
ROW_TRIGGER = """CREATE TRIGGER schedule_changes_by_{table}_{verb} AFTER {VERB} ON {table}
BEGIN
  UPDATE schedule_change SET token = token + 1 + abs(random() % 4294967296) WHERE office_id IS {office};
  INSERT INTO schedule_change (office_id, token) SELECT {office}, 1 + abs(random() % 4294967296)
  WHERE NOT EXISTS (SELECT 1 FROM schedule_change WHERE office_id IS {office});
END"""


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "schedule_change",
        sa.Column("id", big, nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_change")),
    )
    op.create_index(op.f("ix_schedule_change_office_id"), "schedule_change", ["office_id"])
    for column in ("free_from", "general_from"):
        moved = sa.text(f"{column} > '1970-01-02' AND {column} < '9999-12-30'")
        op.create_index(f"ix_seat_{column}", "seat", [column], postgresql_where=moved, sqlite_where=moved)
    connection = op.get_bind()
    for statement in _triggers(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _triggers(dialect: str) -> list[str]:
    if dialect == "postgresql":
        seats = [SEAT_TRIGGER.format(verb=verb, VERB=verb.upper(), row=row) for verb, row in VERBS.items()]
        return [SEAT_FUNCTION, *seats, FUNCTION, *(TRIGGER.format(table=table) for table in TABLES)]
    return [
        ROW_TRIGGER.format(
            table=table,
            verb=verb,
            VERB=verb.upper(),
            office=f"{row}.office_id" if table == "seat" else "NULL",
        )
        for table in ("seat", *TABLES)
        for verb, row in VERBS.items()
    ]


def downgrade() -> None:
    connection = op.get_bind()
    on_tables = connection.dialect.name == "postgresql"
    names = [(f"schedule_changes_by_seat_{verb}", "seat") for verb in VERBS]
    for table in TABLES:
        names += (
            [(f"schedule_changes_by_{table}", table)]
            if on_tables
            else [(f"schedule_changes_by_{table}_{verb}", table) for verb in VERBS]
        )
    for name, table in names:
        connection.exec_driver_sql(f"DROP TRIGGER {name}" + (f" ON {table}" if on_tables else ""))
    if on_tables:
        connection.exec_driver_sql("DROP FUNCTION consular_seats_change()")
        connection.exec_driver_sql("DROP FUNCTION consular_schedule_changes()")
    for column in ("general_from", "free_from"):
        op.drop_index(f"ix_seat_{column}", table_name="seat")
    op.drop_table("schedule_change")
