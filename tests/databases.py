"""Databases built by the real migrations: migrated once for a session, then copied for each test."""

import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import update

from consular import create_app
from consular.config import Config
from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.offices import place_queries
from consular.offices.gazetteer import Gazetteer
from consular.offices.models import Office
from consular.offices.seeding import load_all
from tests.factories import MORNING, World, furnish
from tests.postgresql_pool import PostgreSQLPool
from tests.servers import PostgreSQL

SEEDS = Path(__file__).parents[1] / "seeds"
SECRET_KEY = "only-for-tests-4f9a1c7e2b8d6035-only-for-tests"
DIALECTS = ("sqlite", "postgresql")

# On a test (or a module's `pytestmark`): once on SQLite and once on PostgreSQL.
on_both_databases = pytest.mark.parametrize("dialect", DIALECTS)
on_postgresql = pytest.mark.parametrize("dialect", ["postgresql"])
on_sqlite = pytest.mark.parametrize("dialect", ["sqlite"])


class CompiledTemplates(BytecodeCache):
    """Templates compiled once for the suite: each test has a new application, and compiling takes 0.1 s."""

    def __init__(self) -> None:
        self.code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.code:
            bucket.bytecode_from_string(self.code[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()
_places_of_seeds: list[Gazetteer] = []


def know_the_places() -> None:
    """Give this application, whose database is seeded, its gazetteer: built once for the suite, as it takes 0.4 s."""
    if not _places_of_seeds:
        _places_of_seeds.append(place_queries.gazetteer())
    place_queries._gazetteers[db.engine] = _places_of_seeds[0]


def settings(database_url: str, folder: Path, **others: str) -> dict[str, str]:
    """The environment of an application under test: nothing of the developer's own environment."""
    return {
        "SECRET_KEY": SECRET_KEY,
        "DATABASE_URL": database_url,
        "INSTANCE_PATH": str(folder),
        "SMTP_URL": f"file://{folder / 'outbox'}",
        "PUBLIC_URL": "http://localhost",
        **others,
    }


@contextmanager
def application(database_url: str, folder: Path, **others: str) -> Iterator[Flask]:
    """An application on that database; its connections are closed at the end."""
    app = create_app(Config.from_environment(settings(database_url, folder, **others)))
    app.testing = True
    app.jinja_env.bytecode_cache = COMPILED
    try:
        yield app
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def migrate(database_url: str, folder: Path) -> None:
    """Bring an empty database to the newest migration."""
    with application(database_url, folder) as app, app.app_context():
        upgrade()


def seed(database_url: str, folder: Path, **others: str) -> None:
    """Load seeds/ as the command does, in a process of its own."""
    environment = {"PATH": "/usr/bin:/bin", **settings(database_url, folder, **others)}
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "seed"]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"seeding failed:\n{result.stdout}{result.stderr}")


@dataclass
class Templates:
    """Makes databases by copying one that is ready. A template is built when first asked for.

    The kinds: `migrated` (empty tables), `furnished` (the world of tests/factories.py), `seeded` (the real
    data), `demonstration` (seeded with DEMO=1), `settled` (the world, then the real data).
    """

    folder: Path
    server: PostgreSQL | None
    ready: dict[tuple[str, str], str] = field(default_factory=dict)
    worlds: dict[str, World] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pool = PostgreSQLPool(self.server) if self.server else None

    def new(self, dialect: str, kind: str = "migrated") -> str:
        """The address of a fresh database of that kind."""
        template = self.ready.get((dialect, kind)) or self._build(dialect, kind)
        if self.pool and dialect == "postgresql":
            return self.pool.take(template)
        url = self.empty(dialect)
        # Every connection to it is closed, so its write-ahead log is folded into the one file.
        shutil.copyfile(template.removeprefix("sqlite:///"), url.removeprefix("sqlite:///"))
        return url

    def remove(self, url: str) -> None:
        """Let go of a database that `new` or `empty` made."""
        if self.pool and url.startswith("postgresql"):
            self.pool.give_back(url)
            return
        path = Path(url.removeprefix("sqlite:///"))
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)

    def empty(self, dialect: str) -> str:
        """The address of a database with nothing in it."""
        if dialect == "sqlite":
            return f"sqlite:///{self.folder / f'{uuid.uuid4().hex}.db'}"
        assert self.server is not None, "this test did not ask for PostgreSQL: use the fixture `dialect`"
        return self.server.create(f"t{uuid.uuid4().hex}")

    def _build(self, dialect: str, kind: str) -> str:
        url = self.empty(dialect) if kind == "migrated" else self._copy_of_migrated(dialect)
        if kind == "migrated":
            migrate(url, self.folder)
        elif kind == "furnished":
            with (
                application(url, self.folder) as app,
                clock.stopped(MORNING),
                app.app_context(),
                transaction(),
            ):
                self.worlds[dialect] = furnish()
        elif kind == "settled":
            self._settle(url, dialect)
        else:
            seed(url, self.folder, DEMO="1" if kind == "demonstration" else "0")
        self.ready[dialect, kind] = url
        return url

    def _settle(self, url: str, dialect: str) -> None:
        with application(url, self.folder) as app, clock.stopped(MORNING), app.app_context():
            with transaction():
                self.worlds[dialect] = furnish()
            load_all(SEEDS)
            # The offices of the world are invented, and the seeds correct no such office.
            with transaction() as session:
                session.execute(update(Office).values(demonstration=False))
            load_all(SEEDS)

    def _copy_of_migrated(self, dialect: str) -> str:
        if dialect == "sqlite":
            return self.new(dialect)
        assert self.server is not None
        template = self.ready.get((dialect, "migrated")) or self._build(dialect, "migrated")
        return self.server.create(f"t{uuid.uuid4().hex}", template.rsplit("/", 1)[1])
