"""What the program imports is in requirements.txt: a developer's environment has more, and would hide what is missing."""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions

from tests.house_rules.sources import ROOT, python_files, tree

OURS = {"consular", "wsgi"}
_PIN = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==", re.MULTILINE)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def _pinned() -> frozenset[str]:
    return frozenset(map(_normal, _PIN.findall((ROOT / "requirements.txt").read_text("utf-8"))))


@cache
def _distributions() -> dict[str, list[str]]:
    return dict(packages_distributions())


def imported(code: ast.Module) -> Iterator[str]:
    """The top-level names of every absolute import."""
    for node in ast.walk(code):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]


def undeclared(code: ast.Module) -> list[str]:
    """Imports that neither the standard library, nor ourselves, nor a pinned package brings."""
    strangers = {name for name in imported(code) if name not in sys.stdlib_module_names | OURS}
    return sorted(n for n in strangers if not {_normal(d) for d in _distributions().get(n, [])} & _pinned())


def test_the_program_imports_only_what_is_pinned() -> None:
    assert undeclared(ast.parse("import flask, os\nimport playwright\nfrom nowhere.at_all import x")) == [
        "nowhere",
        "playwright",
    ]
    assert {"flask", "sqlalchemy"} <= _pinned()
    paths = [*python_files("consular", "migrations")]
    assert len(paths) > 100
    wrong = {str(path): undeclared(tree(path)) for path in paths}
    for name in ("wsgi.py", "gunicorn.conf.py"):
        wrong[name] = undeclared(ast.parse((ROOT / name).read_text("utf-8")))
    assert not {path: names for path, names in wrong.items() if names}
