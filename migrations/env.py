"""How Alembic reaches the database: the application's own engine, one transaction for all migrations."""

from alembic import context
from flask import current_app

from consular.foundation.database import Base

if context.is_offline_mode():
    raise SystemExit("Migrations run against a database only: the guards differ between dialects.")

engine = current_app.extensions["migrate"].db.engine

with engine.connect() as connection:
    if connection.dialect.name == "postgresql":
        # A migration that cannot have its lock at once gives up instead of stopping every reader.
        connection.exec_driver_sql("SET lock_timeout = '5s'")
        connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_as_batch=False,  # batch mode copies a table and drops its triggers
    )
    with context.begin_transaction():
        context.run_migrations()
