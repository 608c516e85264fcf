"""The databases of the tests: each test gets one as the template was, whatever the test before it did."""

import psycopg
import pytest

from tests.databases import Templates, on_both_databases, on_postgresql
from tests.servers import PostgreSQL


@on_postgresql
def test_what_a_test_wrote_is_gone(templates: Templates) -> None:
    url = templates.new("postgresql", "furnished")
    before = _rows(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE office SET name = 'changed'")
        connection.execute("DELETE FROM account WHERE role = 'clerk'")
        connection.execute("INSERT INTO region (code, name, iso) VALUES ('99', 'Nowhere', 'PE-NOW')")
        connection.execute("SELECT nextval(pg_get_serial_sequence('office', 'id'))")
    assert _rows(url) != before
    templates.remove(url)
    again = templates.new("postgresql", "furnished")
    assert again == url
    assert _rows(again) == before
    templates.remove(again)


@on_postgresql
@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER slot_never_changes ON slot",
        "ALTER TABLE seat DISABLE TRIGGER ALL",
        "ALTER TABLE office ADD COLUMN extra integer",
        "DROP INDEX ix_seat_free",
        "CREATE TABLE stray (id integer)",
        "CREATE OR REPLACE FUNCTION consular_occupies(status text) RETURNS boolean LANGUAGE sql IMMUTABLE"
        " AS $$ SELECT false $$",
    ],
)
def test_a_changed_schema_is_not_used_again(
    templates: Templates, postgresql_server: PostgreSQL, change: str
) -> None:
    url = templates.new("postgresql")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(change)
    templates.remove(url)
    name = url.rsplit("/", 1)[1]
    with psycopg.connect(postgresql_server.url("postgres")) as connection:
        assert connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None


@on_both_databases
def test_two_at_once_are_two(templates: Templates, dialect: str) -> None:
    urls = {templates.new(dialect), templates.new(dialect)}
    assert len(urls) == 2
    for url in urls:
        templates.remove(url)


def _rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    with psycopg.connect(url) as connection:
        tables = ("office", "account", "region", "slot", "seat", "alembic_version")
        rows = {each: connection.execute(f"SELECT * FROM {each}").fetchall() for each in tables}
        next_id = connection.execute("SELECT last_value, is_called FROM office_id_seq").fetchall()
        return {name: sorted(found, key=repr) for name, found in rows.items()} | {"next id": next_id}
