"""The floors of the house, checked by import-linter with the contracts of pyproject.toml."""

import subprocess
import sys
import tomllib
from pathlib import Path

import importlinter  # noqa: F401  a run without requirements-dev.txt leaves this file out by its imports
import pytest

from tests.house_rules.sources import ROOT

CONTRACTS = {"floors", "no-web-below", "one-database", "pure", "settings"}


@pytest.fixture
def lint_imports() -> list[str]:
    """The command, beside the interpreter that runs this suite."""
    return [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]


def test_each_floor_imports_only_from_below(lint_imports: list[str]) -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in listed} == CONTRACTS
    result = subprocess.run(lint_imports, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_wrong_import_is_seen(lint_imports: list[str], tmp_path: Path) -> None:
    """The same contracts over a copy in which the ground reaches for the roof."""
    for path in (ROOT / "consular").rglob("*.py"):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    with (tmp_path / "consular" / "foundation" / "clock.py").open("a") as clock:
        clock.write("\nimport flask\nfrom consular.site import forms\n")
    result = subprocess.run(lint_imports, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode != 0
    assert "consular.foundation is not allowed to import consular.site" in result.stdout
    assert "consular.foundation is not allowed to import flask" in result.stdout
