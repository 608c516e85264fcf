"""A version of all that is published, which whoever changes any of it replaces: by triggers, so raw SQL does too."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("region", "source", "office", "service", "offer")

FUNCTION = """CREATE FUNCTION consular_facts_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO facts_version (one, token) VALUES (1, gen_random_uuid()::text)
  ON CONFLICT (one) DO UPDATE SET token = excluded.token;
  RETURN NULL;
END $$"""
TRIGGER = """CREATE TRIGGER facts_change_by_{table} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION consular_facts_change()"""
# SQLite has no triggers of a statement. A plain INSERT: a conflict clause here would be overruled by that of
# the statement outside (INSERT OR IGNORE INTO office).
ROW_TRIGGER = """CREATE TRIGGER facts_change_by_{table}_{verb} AFTER {VERB} ON {table}
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END"""


def upgrade() -> None:
    op.create_table(
        "facts_version",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("token", sa.String(length=36), nullable=False),
        sa.CheckConstraint("one = 1", name=op.f("ck_facts_version_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_facts_version")),
    )
    connection = op.get_bind()
    connection.exec_driver_sql("INSERT INTO facts_version (one, token) VALUES (1, 'first')")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(FUNCTION)
        for table in TABLES:
            connection.exec_driver_sql(TRIGGER.format(table=table))
    else:
        for table in TABLES:
            for verb in ("insert", "update", "delete"):
                connection.exec_driver_sql(ROW_TRIGGER.format(table=table, verb=verb, VERB=verb.upper()))


def downgrade() -> None:
    connection = op.get_bind()
    for table in TABLES:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"DROP TRIGGER facts_change_by_{table} ON {table}")
        else:
            for verb in ("insert", "update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER facts_change_by_{table}_{verb}")
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP FUNCTION consular_facts_change()")
    op.drop_table("facts_version")
