"""The floors of the house, checked by import-linter with the contracts of pyproject.toml."""

import tomllib

from importlinter.application.use_cases import SUCCESS, lint_imports

from tests.house_rules.sources import ROOT


def test_each_floor_imports_only_from_below(monkeypatch) -> None:
    monkeypatch.chdir(ROOT)
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    assert {"floors", "no-web-below", "pure"} <= {contract["id"] for contract in contracts}
    assert lint_imports() == SUCCESS
