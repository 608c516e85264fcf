"""Every word of every page is translated: a new msgid without its Spanish fails here."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "consular" / "translations"
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}
HOLES = re.compile(r"%\(\w+\)[sd]")
# Not for readers: markup of the build, dependencies and the like.
OUTSIDE = {".venv", "node_modules", ".git", "instance"}


@cache
def _in_the_source() -> Catalog:
    with (TRANSLATIONS / "babel.cfg").open() as settings:
        methods, options = parse_mapping_cfg(settings)
    found = Catalog()
    for top in ("consular", "templates"):
        own = [(pattern.removeprefix(f"{top}/"), method) for pattern, method in methods]
        for name, line, words, _comments, context in extract_from_dir(
            str(ROOT / top), own, options, keywords=KEYWORDS
        ):
            found.add(words, None, [(f"{top}/{name}", line)], context=context)
    return found


@cache
def _spanish() -> Catalog:
    with (TRANSLATIONS / "es" / "LC_MESSAGES" / "messages.po").open("rb") as catalogue:
        return read_po(catalogue, locale="es")


def _words(message: Message) -> Iterator[str]:
    yield from [message.string] if isinstance(message.string, str) else message.string


def _wanted() -> list[Message]:
    return [message for message in _in_the_source() if message.id]


def test_the_extraction_sees_code_and_templates() -> None:
    files = {name.rsplit(".", 1)[1] for message in _wanted() for name, _line in message.locations}
    assert files == {"py", "html", "txt"}


def test_nothing_is_left_untranslated() -> None:
    spanish = _spanish()
    missing = []
    for message in _wanted():
        translated = spanish.get(message.id)
        if translated is None or translated.fuzzy or not all(_words(translated)):
            missing.append((message.id, message.locations[0]))
    assert not missing, f"{len(missing)} without Spanish (consular/translations/README.md): {missing}"


def test_the_catalogue_keeps_no_words_that_nobody_says() -> None:
    said = {message.id for message in _wanted()}
    assert [message.id for message in _spanish() if message.id and message.id not in said] == []


@pytest.mark.parametrize("message", [m for m in _spanish() if m.id], ids=lambda m: str(m.id)[:40])
def test_a_translation_has_the_holes_of_its_original(message: Message) -> None:
    originals = [message.id] if isinstance(message.id, str) else message.id
    holes = set(HOLES.findall(originals[-1]))
    for words in _words(message):
        assert set(HOLES.findall(words)) == holes
