"""What is in the repository, as the rules look at it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("consular", "migrations", "tests", "bench", ".ci", "templates", "seeds", "docs")
BUILT = {"vendor", "__pycache__", ".venv", "node_modules"}


@cache
def files(*suffixes: str, folders: tuple[str, ...] = FOLDERS) -> tuple[Path, ...]:
    """Files of our own with one of these suffixes, relative to the root; what a build makes is left out."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    relative = (path.relative_to(ROOT) for path in found)
    return tuple(sorted(path for path in relative if path.suffix in suffixes and not BUILT & set(path.parts)))


def python_files(*folders: str) -> tuple[Path, ...]:
    return files(".py", folders=folders or FOLDERS)


@cache
def text(path: Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(text(path), str(path))


def functions(module: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Its length without decorators and docstring: explaining a function must not make it too long."""
    length = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None:
        length -= (first.end_lineno or first.lineno) - first.lineno + 1
    return length
