"""The catalogues: every sentence of code and templates has its Spanish, with the same blanks to fill."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import read_po

from tests.house_rules.sources import ROOT, files, python_files

TRANSLATIONS = ROOT / "consular" / "translations"
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2), "_n": (1, 2)}
BLANK = re.compile(r"%\((\w+)\)[sd]")
OPTIONS = {"trimmed": "true", "extensions": "jinja2.ext.i18n", "silent": "false"}

Identifier = str | tuple[str, str]


@cache
def said() -> dict[Identifier, str]:
    """Every message id of the program with the place that says it first."""
    found: dict[Identifier, str] = {}
    sources = [("python", path) for path in python_files("consular")]
    sources += [("jinja2.ext:babel_extract", path) for path in files(".html", ".txt", folders=("templates",))]
    for method, path in sources:
        for line, message, _, _ in extract_from_file(
            method, ROOT / path, keywords=KEYWORDS, options=OPTIONS if "jinja" in method else None
        ):
            identifier = tuple(message[:2]) if isinstance(message, tuple) else message
            found.setdefault(identifier, f"{path}:{line}")
    return found


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def problems(message: Message | None) -> list[str]:
    """What is wrong with one translation."""
    if message is None:
        return ["is not in the catalogue"]
    words = [message.string] if isinstance(message.string, str) else list(message.string)
    if not all(words):
        return ["is not translated"]
    if message.fuzzy:
        return ["is marked fuzzy: nobody has confirmed it"]
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    blanks = {blank for each in ids for blank in BLANK.findall(each)}
    return [
        f"has the blanks {sorted(set(BLANK.findall(each)))}, wanted {sorted(blanks)}"
        for each in words
        # A plural's own form may leave out the number («un cupo»), never add a blank.
        if (set(BLANK.findall(each)) != blanks if len(ids) == 1 else not set(BLANK.findall(each)) <= blanks)
    ]


def test_the_rule_sees_what_it_forbids() -> None:
    assert problems(None)
    assert problems(Message("Book", ""))
    assert problems(Message("Book", "Pedir cita", flags=["fuzzy"]))
    assert problems(Message("%(name)s is closed", "%(nombre)s no atiende"))
    assert problems(Message(("%(n)d place", "%(n)d places"), ("un cupo", "")))
    assert not problems(Message(("%(n)d place", "%(n)d places"), ("un cupo", "%(n)d cupos")))


def test_every_sentence_has_its_spanish() -> None:
    spanish = catalogue(TRANSLATIONS / "es" / "LC_MESSAGES" / "messages.po")
    assert len(said()) > 50
    wrong = [
        f"{place}: {identifier!r} {problem}"
        for identifier, place in said().items()
        for problem in problems(spanish.get(identifier))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "path", sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po")), ids=lambda path: path.parts[-3]
)
def test_catalogue_is_sound(path: Path) -> None:
    """Whatever a language has translated fits its message; nothing that nobody says any more is kept."""
    messages = [message for message in catalogue(path) if message.id]
    translated = [message for message in messages if all(message.string)]
    wrong = [f"{message.id!r} {problem}" for message in translated for problem in problems(message)]
    known = {
        tuple(message.id) if isinstance(message.id, (list, tuple)) else message.id for message in messages
    }
    wrong += [f"{identifier!r} is said nowhere" for identifier in known - said().keys()]
    assert not wrong, "\n".join(wrong)
