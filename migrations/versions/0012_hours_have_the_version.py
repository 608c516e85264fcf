"""Published hours belong to what has a version: the ranking keeps them in memory too."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TRIGGER = """CREATE TRIGGER facts_change_by_opening_hours BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON opening_hours
FOR EACH STATEMENT EXECUTE FUNCTION consular_facts_change()"""
ROW_TRIGGER = """CREATE TRIGGER facts_change_by_opening_hours_{verb} AFTER {VERB} ON opening_hours
BEGIN DELETE FROM facts_version; INSERT INTO facts_version VALUES (1, lower(hex(randomblob(16)))); END"""
VERBS = ("insert", "update", "delete")


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(TRIGGER)
    else:
        for verb in VERBS:
            connection.exec_driver_sql(ROW_TRIGGER.format(verb=verb, VERB=verb.upper()))


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("DROP TRIGGER facts_change_by_opening_hours ON opening_hours")
    else:
        for verb in VERBS:
            connection.exec_driver_sql(f"DROP TRIGGER facts_change_by_opening_hours_{verb}")
