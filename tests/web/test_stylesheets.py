"""Pages link one built stylesheet, and never one that is older than what it was built from."""

import os
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

import pytest

from consular.web.stylesheets import BUILT, WRITTEN, common_stylesheet

BASE, OTHER = "css/base.css", "css/other.css"


@pytest.fixture
def static(tmp_path: Path) -> Path:
    for name, css in ((WRITTEN, '@import url("base.css");'), (BASE, "a{}"), (OTHER, "b{}"), (BUILT, "a{}")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(css)
        os.utime(path, (1000, 1000))
    return tmp_path


def test_the_built_sheet_is_linked_while_it_is_the_newest(static: Path) -> None:
    os.utime(static / OTHER, (1001, 1001))  # a page's own, and no part of it
    assert common_stylesheet(static) == BUILT


@pytest.mark.parametrize("part", [BASE, WRITTEN])
def test_an_edited_part_is_seen_at_once(static: Path, part: str) -> None:
    os.utime(static / part, (1001, 1001))
    assert common_stylesheet(static) == WRITTEN


def test_pages_have_a_sheet_before_anything_was_built(static: Path) -> None:
    (static / BUILT).unlink()
    assert common_stylesheet(static) == WRITTEN


def test_nothing_but_comments_and_idle_space_is_lost(tmp_path: Path) -> None:
    (tmp_path / "part.css").write_text("""/* it's a part */
.a::before {
  content: "· /* said */  ;"; /* a comment; { } */
}

/* another */
.b > .c, .d { margin: calc(1rem + 2px) 0 }
""")
    (tmp_path / "site.css").write_text('/* All. */\n@import url("part.css");\n.e{}\n')
    assert assets().joined(tmp_path / "site.css") == (
        '.a::before{content: "· /* said */  ;";}.b > .c,.d{margin: calc(1rem + 2px) 0}.e{}'
    )


def assets() -> ModuleType:
    """The build's own script; it has no .py in its name."""
    loader = SourceFileLoader("assets", str(Path(__file__).parents[2] / ".ci" / "assets"))
    module = module_from_spec(spec_from_loader("assets", loader))  # type: ignore[arg-type]
    loader.exec_module(module)
    return module
