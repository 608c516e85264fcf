"""A request that only reads leaves its connection as quick as it found it."""

from flask import Flask
from sqlalchemy import text

from consular.foundation.database import db
from tests.databases import on_postgresql
from tests.factories import World

PREPARED = text("SELECT statement FROM pg_prepared_statements")


@on_postgresql
def test_what_was_prepared_for_one_request_is_there_for_the_next(app: Flask, world: World) -> None:
    client = app.test_client()
    for _ in range(8):  # psycopg prepares what was asked five times, and forgets it at a ROLLBACK
        assert client.get("/api/v1/offices").status_code == 200
    with app.app_context():
        assert any("facts_version" in each for each in db.session.scalars(PREPARED))
