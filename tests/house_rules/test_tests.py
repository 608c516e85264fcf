"""The tests themselves: each one runs, once, and no file hides one."""

import ast
from pathlib import Path

from tests.house_rules.sources import ROOT, functions, python_files, tree


def is_fixture(function: ast.FunctionDef) -> bool:
    return any("fixture" in ast.unparse(decorator) for decorator in function.decorator_list)


def hidden(module: ast.Module, *, is_test_module: bool) -> list[str]:
    """What looks like a test and does not run, or neither runs nor says that it only serves others."""
    problems, seen = [], set()
    for node in module.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.name.startswith("test"):
            if not is_test_module:
                problems.append(f"{node.name} is a test in a file that pytest does not read")
            if node.name in seen:
                problems.append(f"{node.name} is defined twice: only the last runs")
            if not node.name.startswith("test_"):
                problems.append(f"{node.name} does not begin with test_")
        seen.add(node.name)
    for outer in ast.walk(module):
        inside = outer.body if isinstance(outer, ast.FunctionDef | ast.ClassDef) else []
        collected = isinstance(outer, ast.ClassDef) and outer.name.startswith("Test")
        problems += [
            f"{node.name} is inside {outer.name}, where pytest does not look"
            for node in inside
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not collected
        ]
    return problems


def never_used(module: ast.Module) -> list[str]:
    """Functions of a test module that nothing in it uses: most often a test without its prefix."""
    used = {node.id for node in ast.walk(module) if isinstance(node, ast.Name)}
    return [
        f"{node.name} is neither a test nor a fixture, and nothing uses it"
        for node in module.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith(("test_", "pytest_"))
        and not is_fixture(node)
        and node.name not in used
    ]


def skips(module: ast.Module) -> list[str]:
    """A skipped test is a test nobody runs; what a machine lacks is the business of tests/needs.py."""
    forbidden = {"skip", "skipif", "importorskip", "xfail"}
    return [
        f"line {node.lineno} {node.attr}s a test"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
        and node.attr in forbidden
        and ast.unparse(node.value) in ("pytest", "pytest.mark")
    ]


def empty(module: ast.Module) -> list[str]:
    """A test with neither an assertion nor an expected exception passes whatever happens."""
    checking = CHECKING | {name for name, function in _known(module).items() if _checks(function, CHECKING)}
    return [
        f"{node.name} asserts nothing"
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and not _checks(node, checking)
    ]


CHECKING = frozenset({"raises", "warns", "fail"})


def _checks(function: ast.FunctionDef, checking: frozenset[str]) -> bool:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
    return (
        any(isinstance(node, ast.Assert) for node in ast.walk(function))
        or any(_called(call) in checking for call in calls)
        or any(_is_strict(call, _strict_arguments(function)) for call in calls)
        or any(_expects(call) for call in calls)
    )


def _strict_arguments(function: ast.FunctionDef) -> set[str]:
    """Arguments that are one of the strict clients: they hold an answer against its status, and against
    all the rules of pages or the document of the API.
    """
    annotated = {
        argument.arg
        for argument in function.args.args
        if argument.annotation and ast.unparse(argument.annotation) in ("PageClient", "Program")
    }
    return annotated | {"client", "program"}


def _is_strict(call: ast.Call, clients: set[str]) -> bool:
    states = {keyword.arg for keyword in call.keywords} & {"status", "problem"}
    return bool(states) or _on(call) in clients or _called(call) == "refused"


def _expects(call: ast.Call) -> bool:
    """An assertion of the browser: `expect(what).to_be_visible()`; without its second half it asserts nothing."""
    told = call.func
    return (
        isinstance(told, ast.Attribute)
        and told.attr.startswith(("to_", "not_to_"))
        and isinstance(told.value, ast.Call)
        and _called(told.value) == "expect"
    )


def _known(module: ast.Module) -> dict[str, ast.FunctionDef]:
    """Functions that a test module can call by name: its own, and those it imports from tests/."""
    known = {node.name: node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("tests."):
            path = Path(*node.module.split(".")).with_suffix(".py")
            if not (ROOT / path).exists():
                continue  # a package: its modules are imported, not its functions
            imported = {alias.name for alias in node.names}
            known |= {each.name: each for each in functions(tree(path)) if each.name in imported}
    return known


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _on(call: ast.Call) -> str:
    value = call.func.value if isinstance(call.func, ast.Attribute) else None
    return value.id if isinstance(value, ast.Name) else ""


def test_the_rules_see_what_they_forbid() -> None:
    assert hidden(ast.parse("def test_a(): pass"), is_test_module=False)
    assert hidden(ast.parse("def test_a(): pass\ndef test_a(): pass"), is_test_module=True)
    assert hidden(ast.parse("def testa(): pass"), is_test_module=True)
    assert hidden(ast.parse("class A:\n  def test_a(self): pass"), is_test_module=True)
    assert hidden(ast.parse("def test_a():\n  def test_b(): pass"), is_test_module=True)
    assert never_used(ast.parse("def books_a_seat(): assert True"))
    assert skips(ast.parse("@pytest.mark.skip\ndef test_a(): pass"))
    assert skips(ast.parse("pytest.importorskip('x')"))
    assert empty(ast.parse("def test_a(): book()"))
    assert empty(ast.parse("def test_a(): expect(page)"))
    assert not empty(ast.parse("def test_a(): expect(page).to_be_visible()"))
    assert not empty(ast.parse("def test_a():\n  with pytest.raises(SlotTaken): book()"))


def test_every_test_runs_and_can_fail() -> None:
    wrong = []
    for path in python_files("tests"):
        is_test_module = path.name.startswith("test_")
        problems = hidden(tree(path), is_test_module=is_test_module) + skips(tree(path))
        if is_test_module:
            problems += never_used(tree(path)) + empty(tree(path))
        wrong += [f"{path}: {problem}" for problem in problems]
    assert not wrong, "\n".join(wrong)
