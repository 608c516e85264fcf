"""Sizes, names, docstrings, and the few places that may do a dangerous thing."""

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house_rules.sources import files, functions, lines_of, python_files, text, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
LONGEST_VIEW = 25
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc"}
GUARDS = {"public", "staff_only", "api_open", "api_key"}

Rule = Callable[[ast.Module], list[str]]


def too_long(module: ast.Module) -> list[str]:
    return [
        f"{function.name} has {lines_of(function)} lines, {LONGEST_FUNCTION} at most"
        for function in functions(module)
        if lines_of(function) > LONGEST_FUNCTION
    ]


def _name(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def view_too_long(module: ast.Module) -> list[str]:
    return [
        f"the view {function.name} has {lines_of(function)} lines, {LONGEST_VIEW} at most"
        for function in functions(module)
        if GUARDS & {_name(decorator) for decorator in function.decorator_list}
        and lines_of(function) > LONGEST_VIEW
    ]


def commits(module: ast.Module) -> list[str]:
    return [
        f"line {node.lineno} commits"
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]


def goes_on_after_what_cannot_be_undone(module: ast.Module) -> list[str]:
    """A transaction that begins late may be over after the one call in it: nothing there may fail after that."""
    return [
        f"line {node.lineno} has {len(node.body)} statements in a transaction that begins late, 1 at most"
        for node in ast.walk(module)
        if isinstance(node, ast.With)
        and any("begins_late" in ast.unparse(item.context_expr) for item in node.items)
        and len(node.body) > 1
    ]


CLOCKS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
}
CLOCKS |= {("time", "localtime"), ("time", "gmtime")}


def reads_the_clock(module: ast.Module) -> list[str]:
    return [
        f"line {node.lineno} calls {_owner(node)}.{node.attr}"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and (_owner(node), node.attr) in CLOCKS
    ] + [
        f"line {node.lineno} asks the database for its clock: {found[0]}"
        for node in ast.walk(module)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and (found := re.search(r"CURRENT_TIMESTAMP|\bnow\(\)|datetime\('now'", node.value))
        and not _is_docstring(module, node)
    ]


def _owner(node: ast.Attribute) -> str:
    value = node.value
    return value.attr if isinstance(value, ast.Attribute) else getattr(value, "id", "")


def _is_docstring(module: ast.Module, constant: ast.Constant) -> bool:
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return any(
        isinstance(node, documented)
        and node.body
        and isinstance(node.body[0], ast.Expr)
        and node.body[0].value is constant
        for node in ast.walk(module)
    )


def undescribed(module: ast.Module) -> list[str]:
    if not module.body:
        return []  # an empty __init__.py only marks a package
    words = (ast.get_docstring(module) or "").partition("\n")[0]
    return [] if words else ["its first line does not say what it is for"]


def imports_the_root(module: ast.Module) -> list[str]:
    """`from consular import x` runs create_app's imports and ties every floor to every other."""
    return [
        f"line {node.lineno} imports from the package's root"
        for node in ast.walk(module)
        if (isinstance(node, ast.ImportFrom) and node.module == "consular" and node.level == 0)
        or (isinstance(node, ast.Import) and any(alias.name == "consular" for alias in node.names))
    ]


def reads_the_environment(module: ast.Module) -> list[str]:
    return [
        f"line {node.lineno} reads the environment"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
        and (_owner(node), node.attr) in {("os", "environ"), ("os", "getenv")}
    ]


UNFINISHED = re.compile(r"#.*\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")

# A rule, where it holds, the files that are excused with the reason, and a text that it must refuse.
CASES = [
    pytest.param(too_long, (), {}, "def f():\n" + "    x = 1\n" * 40, id="functions are short"),
    pytest.param(
        view_too_long, ("consular",), {}, "@public\ndef f():\n" + "    x = 1\n" * 25, id="views are short"
    ),
    pytest.param(
        commits,
        ("consular",),
        {"consular/foundation/database.py": "transaction() is the one place"},
        "db.session.commit()",
        id="one place commits",
    ),
    pytest.param(
        goes_on_after_what_cannot_be_undone,
        ("consular",),
        {},
        "with transaction(begins_late=True):\n    book()\n    note()",
        id="what may be whole stands alone",
    ),
    pytest.param(
        reads_the_clock,
        ("consular",),
        {"consular/foundation/clock.py": "it is the clock"},
        "from datetime import datetime\nx = datetime.now(UTC)",
        id="one place reads the clock",
    ),
    pytest.param(undescribed, (), {}, "x = 1", id="every module says what it is for"),
    pytest.param(
        imports_the_root,
        ("consular",),
        {"consular/__init__.py": "it is the root"},
        "from consular import create_app",
        id="nobody imports the root",
    ),
    pytest.param(
        reads_the_environment,
        ("consular",),
        {
            "consular/__init__.py": "create_app() hands the environment to config",
            "consular/api/health.py": "this variable switches prometheus_client itself",
        },
        "import os\nx = os.environ['A']",
        id="only config reads the environment",
    ),
]


@pytest.mark.parametrize(("rule", "folders", "excused", "refused"), CASES)
def test_rule_of_modules(rule: Rule, folders: tuple[str, ...], excused: dict[str, str], refused: str) -> None:
    assert rule(ast.parse(refused)), "the rule does not see what it forbids"
    paths = [path for path in python_files(*folders) if str(path) not in excused]
    # Tables are listed column by column: a migration's length says nothing about its difficulty.
    paths = [path for path in paths if rule is not too_long or path.parts[0] != "migrations"]
    assert paths
    wrong = [f"{path}: {problem}" for path in paths for problem in rule(tree(path))]
    assert not wrong, "\n".join(wrong)
    for path in excused:
        assert rule(tree(Path(path))), f"{path} no longer needs its excuse"


def test_files_are_short() -> None:
    lengths = {path: text(path).count("\n") for path in files(".py", ".html", ".txt", ".js")}
    assert len(lengths) > 50
    assert not {str(path): lines for path, lines in lengths.items() if lines > LONGEST_FILE}


def badly_named(path: Path) -> bool:
    return bool(FORBIDDEN_NAMES & set(path.with_suffix("").parts))


def test_names_say_the_mission() -> None:
    assert badly_named(Path("consular/web/utils.py"))
    assert badly_named(Path("consular/common/dates.py"))
    assert not [str(path) for path in files(".py", ".html", ".js") if badly_named(path)]


def test_nothing_is_left_unfinished() -> None:
    assert UNFINISHED.search("x = 1  # TO" + "DO: later")
    found = [
        str(path) for path in files(".py", ".html", ".js", ".css", ".md") if UNFINISHED.search(text(path))
    ]
    assert not found
