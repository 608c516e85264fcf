"""Templates: each one parses, is used, and says nothing in words that cannot be translated."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.house_rules.sources import files, python_files, text

QUOTED = re.compile(r"""["']([a-z0-9_/{}.-]+\.(?:html|txt))["']""")


def templates() -> list[str]:
    return [str(path.relative_to("templates")) for path in files(".html", ".txt", folders=("templates",))]


def mentioned() -> Iterator[re.Pattern[str]]:
    """The names that code and templates give, as patterns: `messages/{template}.txt` names many."""
    for path in (*python_files("consular"), *files(".html", ".txt", folders=("templates",))):
        for name in QUOTED.findall(text(path)):
            pieces = [re.escape(piece) for piece in re.split(r"\{[^}]*\}", name)]
            yield re.compile("[a-z0-9_-]+".join(pieces))


def test_every_template_is_used() -> None:
    names = templates()
    assert len(names) > 10
    patterns = list(mentioned())
    assert not [name for name in names if not any(pattern.fullmatch(name) for pattern in patterns)]


@pytest.mark.parametrize("name", templates())
def test_template_parses(app: Flask, name: str) -> None:
    assert app.jinja_env.get_template(name).name == name


def test_every_template_that_code_names_is_there(app: Flask) -> None:
    there = set(templates())
    named = {name for path in python_files("consular") for name in QUOTED.findall(text(path)) if "/" in name}
    assert named
    assert not {
        name for name in named if "{" not in name and name not in there and not Path(name).is_absolute()
    }


# Text between tags that holds a letter and is not inside {{ }} or {% %}.
SAID = re.compile(r">([^<>]*)<")
BLOCKS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
TRANSLATED = re.compile(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", re.DOTALL)


def untranslatable(source: str) -> list[str]:
    """Words that a template says in one language only."""
    bare = BLOCKS.sub(" ", TRANSLATED.sub(" ", source))
    bare = re.sub(r"<(script|style)\b.*?</\1>", " ", bare, flags=re.DOTALL)
    bare = re.sub(r"&[a-z]+;|&#\d+;", " ", bare)
    return [" ".join(words.split()) for words in SAID.findall(bare) if re.search(r"[^\W\d_]{2,}", words)]


def test_words_go_through_the_catalogue() -> None:
    assert untranslatable("<p>Elija una hora</p>") == ["Elija una hora"]
    assert not untranslatable("<p>{{ _('Choose a time') }}</p><b>{% trans %}One{% endtrans %}</b>")
    # The manual of the API is written for programmers, in English only.
    pages = [path for path in files(".html", folders=("templates",)) if "api" not in path.parts]
    wrong = {str(path): found for path in pages if (found := untranslatable(text(path)))}
    assert not wrong
