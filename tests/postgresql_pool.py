"""PostgreSQL databases that are used again: CREATE DATABASE costs 0.2 s of processor, putting rows back 0.01 s.

A database keeps a copy of its rows in the schema `kept`. When a test gives it back, every table is emptied
and filled from there, with triggers off. A database whose schema a test changed is dropped instead.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field

import psycopg

from tests.servers import PostgreSQL

VACUUM_EVERY = 25  # resets; deleted rows stay in the indexes until then

# Any change of a table, index, constraint, trigger or function gives its row of the catalogue a new xmin.
_SCHEMA = """
SELECT md5(string_agg(part, ' ' ORDER BY part)) FROM (
  SELECT 'c' || oid || ':' || xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT 't' || oid || ':' || xmin FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'k' || oid || ':' || xmin FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT 'f' || oid || ':' || xmin FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT 'a' || attrelid || '.' || attnum || ':' || xmin FROM pg_attribute
    WHERE attrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
  UNION ALL SELECT 'd' || setconfig::text FROM pg_db_role_setting
) AS parts (part)
"""


@dataclass
class _Copy:
    """One database: how to put it back, and what its schema was when it was new."""

    name: str
    template: str
    schema: str
    reset: str
    resets: int = 0


@dataclass
class PostgreSQLPool:
    """Hands out copies of templates, and takes them back."""

    server: PostgreSQL
    free: dict[str, list[_Copy]] = field(default_factory=lambda: defaultdict(list))
    given: dict[str, _Copy] = field(default_factory=dict)

    def take(self, template_url: str) -> str:
        """The address of a database that equals the template."""
        template = template_url.rsplit("/", 1)[1]
        copy = self.free[template].pop() if self.free[template] else self._make(template)
        url = self.server.url(copy.name)
        self.given[url] = copy
        return url

    def give_back(self, url: str) -> None:
        """Put a database back as it was, or drop it when that cannot be done or it was none of ours."""
        copy = self.given.pop(url, None)
        if copy is not None and self._put_back(copy):
            self.free[copy.template].append(copy)
        else:
            self.server.drop(url.rsplit("/", 1)[1])

    def _make(self, template: str) -> _Copy:
        name = f"t{uuid.uuid4().hex}"
        self.server.create(name, template)
        with psycopg.connect(self.server.url(name), autocommit=True) as connection:
            reset = _keep_rows(connection)
            return _Copy(name, template, _schema(connection), reset)

    def _put_back(self, copy: _Copy) -> bool:
        try:
            with psycopg.connect(self.server.url(copy.name), autocommit=True) as connection:
                # A killed racer may have left a session with locks.
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                if _schema(connection) != copy.schema:
                    return False
                connection.execute(copy.reset)
                copy.resets += 1
                if copy.resets % VACUUM_EVERY == 0:
                    connection.execute("VACUUM")
        except psycopg.Error:
            return False
        return True


def _schema(connection: psycopg.Connection) -> str:
    row = connection.execute(_SCHEMA).fetchone()
    assert row is not None
    return str(row[0])


def _keep_rows(connection: psycopg.Connection) -> str:
    """Copy every table that has rows; answers the SQL that restores all tables and sequences."""
    names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    statements = ["SET lock_timeout = '5s'", "SET session_replication_role = replica"]
    connection.execute("DROP SCHEMA IF EXISTS kept CASCADE")  # the template may itself be a copy
    connection.execute("CREATE SCHEMA kept")
    for (name,) in names:
        statements.append(f'DELETE FROM public."{name}"')
        kept = connection.execute(f'CREATE TABLE kept."{name}" AS TABLE public."{name}"').rowcount
        if kept:
            statements.append(f'INSERT INTO public."{name}" SELECT * FROM kept."{name}"')
    sequences = connection.execute(
        "SELECT sequencename, last_value, start_value FROM pg_sequences WHERE schemaname = 'public'"
    )
    for name, last, start in sequences:
        called = "false" if last is None else "true"
        statements.append(f"SELECT setval('public.\"{name}\"', {start if last is None else last}, {called})")
    return "; ".join([*statements, "SET session_replication_role = origin"])
