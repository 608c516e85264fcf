"""Fixtures of the whole suite, the wall around it, and what it says when something was left out."""

import ipaddress
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from consular.foundation import clock
from consular.foundation.database import db, transaction
from tests import needs
from tests.databases import Templates, application
from tests.factories import MORNING, World, furnish
from tests.page_client import PageClient
from tests.servers import Mailbox, PostgreSQL, mail_server, postgresql, postgresql_binaries, valkey

ROOT = Path(__file__).resolve().parent.parent

# No limit of time that a busy machine breaks: speed is measured by bench/.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


# --- What was left out ----------------------------------------------------------------------------

LEFT_OUT = pytest.StashKey[dict[str, int]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--everything",
        action="store_true",
        help="fail when a browser, PostgreSQL or a package is missing, instead of leaving tests out",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = defaultdict(int)
    _compile_translations()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out modules, and folders by their conftest.py, that import what is not installed.

    With --everything nothing is left out: the import fails.
    """
    path = collection_path / "conftest.py" if collection_path.is_dir() else collection_path
    read = path.name.startswith("test_") or path == collection_path / "conftest.py"
    if config.getoption("everything") or not read or not path.exists() or path == Path(__file__):
        return None
    missing = needs.missing_packages(path)
    if not missing:
        return None
    config.stash[LEFT_OUT][f"{collection_path.relative_to(ROOT)} needs {', '.join(sorted(missing))}"] += 0
    return True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests whose needs are missing; with --everything they run, and fail with the commands."""
    kept, left = [], []
    for item in items:
        call = getattr(item, "callspec", None)
        wanted = needs.of_test(getattr(item, "fixturenames", []), call.params if call else {})
        missing = sorted(need for need in wanted if not needs.is_here(need))
        if missing and not config.getoption("everything"):
            left.append(item)
            config.stash[LEFT_OUT][f"no {', no '.join(missing)}"] += 1
        else:
            kept.append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    left = config.stash[LEFT_OUT]
    if not left:
        return
    terminalreporter.section("left to `make test`")
    for reason, count in sorted(left.items()):
        terminalreporter.line(f"{count} tests: {reason}" if count else reason)


def _require(need: str) -> None:
    if not needs.is_here(need):
        pytest.fail(f"no {need}. To get it:\n{needs.NEEDS[need].commands}", pytrace=False)


def _compile_translations() -> None:
    """Pages need the catalogues compiled; a plain `pytest` in a fresh clone has had no make."""
    for source in ROOT.glob("consular/translations/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as catalogue, compiled.open("wb") as output:
            write_mo(output, read_po(catalogue))


# --- The wall -------------------------------------------------------------------------------------

MAIL_PORTS = {25, 465, 587}


class OutsideWorld(RuntimeError):
    """A test tried to reach a machine that is not this one, or a mail server of this one."""


def _is_here(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(name).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_outside(what: str, arguments: tuple[object, ...]) -> None:
    if what in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple) and not (_is_here(address[0]) and address[1] not in MAIL_PORTS):
            raise OutsideWorld(f"{what} to {address}")
    elif what == "socket.getaddrinfo" and not _is_here(arguments[0]):
        raise OutsideWorld(f"{what} of {arguments[0]}")


# An audit hook sees every socket of this process, whichever library opens it. It cannot be taken off.
sys.addaudithook(_refuse_outside)


# --- Databases ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgreSQL]:
    """A real PostgreSQL for the session."""
    _require("postgresql")
    binaries = postgresql_binaries()
    assert binaries is not None
    with postgresql(binaries) as server:
        yield server


@pytest.fixture(scope="session")
def _sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp("databases"), None)


@pytest.fixture(scope="session")
def _postgresql_templates(
    tmp_path_factory: pytest.TempPathFactory, postgresql_server: PostgreSQL
) -> Templates:
    return Templates(tmp_path_factory.mktemp("databases"), postgresql_server)


@pytest.fixture
def dialect() -> str:
    """The database of this test; `@on_both_databases` of tests/databases.py runs it on each."""
    return "sqlite"


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """What is in the database (see Templates): the world, when a test asks for it, or nothing.

    A module that needs `seeded` or `demonstration` overrides this fixture.
    """
    return "furnished" if "world" in request.fixturenames else "migrated"


@pytest.fixture
def templates(dialect: str, request: pytest.FixtureRequest) -> Templates:
    """Where a test that needs several databases gets them."""
    return request.getfixturevalue(f"_{dialect}_templates")


@pytest.fixture
def database_url(dialect: str, database_kind: str, templates: Templates) -> Iterator[str]:
    """A fresh database of this test, built by the migrations."""
    url = templates.new(dialect, database_kind)
    yield url
    templates.remove(url)


# --- The application ------------------------------------------------------------------------------


@pytest.fixture
def app(database_url: str, database_kind: str, tmp_path: Path) -> Iterator[Flask]:
    """The application, on a fresh database."""
    demo = "1" if database_kind == "demonstration" else "0"
    with application(database_url, tmp_path, DEMO=demo) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A strict browser without JavaScript."""
    return PageClient(app)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The session of actions and queries, inside the application's context.

    Not together with `client`: a request inside an outer context would share this session.
    """
    with app.app_context():
        yield db.session()
        db.session.remove()


@pytest.fixture
def morning() -> Iterator[datetime]:
    """The clock of this process stopped at MORNING: two hours before the offices open."""
    with clock.stopped(MORNING) as instant:
        yield instant


@pytest.fixture
def world(app: Flask, morning: datetime, templates: Templates, dialect: str, database_kind: str) -> World:
    """The standard world of tests/factories.py, committed, on that morning."""
    if database_kind in ("furnished", "settled"):
        return templates.worlds[dialect]
    with app.app_context(), transaction():
        return furnish()


@dataclass
class Statements:
    """The SQL statements that were sent, without BEGIN, COMMIT, ROLLBACK, SAVEPOINT and PRAGMA."""

    sent: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sent)

    def __str__(self) -> str:
        return "\n".join(f"{number}. {text}" for number, text in enumerate(self.sent, 1))


@pytest.fixture
def count_statements() -> Callable[[], AbstractContextManager[Statements]]:
    """`with count_statements() as statements: ...; assert len(statements) == 3, statements`."""
    return _count_statements


NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "SET ")


@contextmanager
def _count_statements() -> Iterator[Statements]:
    statements = Statements()

    def note(connection, cursor, statement: str, parameters, context, executemany) -> None:
        if not statement.lstrip().upper().startswith(NOT_COUNTED):
            statements.sent.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


# --- Other servers --------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    """The address of a real Valkey (Redis) server."""
    _require("valkey")
    with valkey() as url:
        yield url


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A real mail server that keeps what it is given."""
    _require("mail server")
    with mail_server() as server:
        yield server
