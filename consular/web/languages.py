"""Languages of the pages: which there are, which one a request speaks, and one route table for all of them.

The list is data (`translations/languages.json`): a new language needs a catalogue and a line there, no code.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import flask_babel
from babel.support import NullTranslations, Translations
from flask import Blueprint, Flask, current_app, g, has_app_context, has_request_context, request, url_for

TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"


@dataclass(frozen=True)
class Language:
    """A language of the pages.

    `code` is BCP 47 and the first part of every address; `name` is what its speakers call it; `formats`
    is the CLDR locale that writes its dates and numbers (Babel knows no Aimara, and an unknown locale is
    an exception there); a language that is not `public` has a catalogue under review and no address.
    """

    code: str
    name: str
    formats: str
    public: bool


def _read_languages() -> tuple[Language, ...]:
    listed = json.loads((TRANSLATIONS / "languages.json").read_text(encoding="utf-8"))
    return tuple(Language(**entry) for entry in listed)


ALL_LANGUAGES = _read_languages()
LANGUAGES = tuple(language for language in ALL_LANGUAGES if language.public)
DEFAULT = LANGUAGES[0]
_BY_CODE = {language.code: language for language in LANGUAGES}


def language_named(code: str | None) -> Language:
    """The public language with that code, or the default one: an unknown language is never an error."""
    return _BY_CODE.get(code or "", DEFAULT)


def current_language() -> Language:
    """The language of this request: its route's, an account's, its address's first word, or the browser's."""
    chosen = g.get("language") if has_app_context() else None
    if isinstance(chosen, Language):
        return chosen
    if not has_request_context():
        return DEFAULT
    first_word = request.path.split("/", 2)[1] if request.path.startswith("/") else ""
    found = _BY_CODE.get(first_word) or preferred_language()
    g.language = found  # a page asks some hundred times
    return found


def preferred_language() -> Language:
    """What the browser asks for among ours (`es-PE` is served by `es`), or the default."""
    return language_named(request.accept_languages.best_match([language.code for language in LANGUAGES]))


def speak(code: str | None) -> None:
    """Let the rest of this request speak a language that is not in its address (a clerk's own)."""
    g.language = language_named(code)
    flask_babel.refresh()


@contextmanager
def speaking(code: str | None) -> Iterator[Language]:
    """Render something in a given language inside an application context (a message, a document)."""
    language, before = language_named(code), g.get("language")
    g.language = language
    try:
        with flask_babel.force_locale(language.formats):
            yield language
    finally:
        g.language = before


def localised(
    door: Flask | Blueprint,
    endpoint: str,
    addresses: Mapping[str, str],
    view: Callable[..., Any],
    methods: Sequence[str] = ("GET",),
) -> None:
    """Give one view one endpoint with an address in every language.

    `addresses` maps a language to its rule (`{"es": "/es/oficinas", "en": "/en/offices"}`). A language
    that is not in it uses the default's words under its own code. `url_for` picks the current language's.
    """
    for language in LANGUAGES:
        rule = addresses.get(language.code)
        if rule is None:
            rule = f"/{language.code}" + addresses[DEFAULT.code].removeprefix(f"/{DEFAULT.code}")
        door.add_url_rule(rule, endpoint, view, methods=list(methods), defaults={"language": language.code})


def in_current_language(texts: Mapping[str, Any]) -> Any:
    """The entry of a per-language mapping that this page reads; the default language's where it lacks one."""
    return texts.get(current_language().code) or texts.get(DEFAULT.code) or next(iter(texts.values()), {})


def alternate_addresses() -> list[tuple[Language, str]]:
    """This page's address in each language, with its query; the home page's where a page has only one."""
    endpoint = request.endpoint
    if request.method == "GET" and endpoint and _speaks(endpoint):
        # The query is put behind by hand: url_for takes names such as _scheme as orders to itself.
        named = {name: value for name, value in (request.view_args or {}).items() if name != "language"}
        query = urlencode(list(request.args.items(multi=True)), safe="!$'()*,/:;?@")
        behind = f"?{query}" if query else ""
        # url_for may carry a part of the query on by itself (site/guidance_carried.py): it is in it already.
        bare = [
            (each, url_for(endpoint, language=each.code, **named).partition("?")[0]) for each in LANGUAGES
        ]
        return [(each, address + behind) for each, address in bare]
    return [(each, f"/{each.code}") for each in LANGUAGES]


def _speaks(endpoint: str) -> bool:
    return current_app.url_map.is_endpoint_expecting(endpoint, "language")


@cache
def catalogue(code: str) -> NullTranslations:
    """The words of a language, read once per process; what it lacks is said in the default language.

    The message ids are English, so English needs no catalogue.
    """
    if code == "en":
        return NullTranslations()
    words = Translations.load(str(TRANSLATIONS), [code])
    if code != DEFAULT.code:
        words.add_fallback(catalogue(DEFAULT.code))
    return words


class Catalogues(flask_babel.Domain):  # type: ignore[misc]  # flask-babel publishes no types
    """Catalogues by our own language codes: flask-babel goes by CLDR locale and rereads them each request."""

    def get_translations(self) -> NullTranslations:
        return catalogue(current_language().code)


class Babel(flask_babel.Babel):  # type: ignore[misc]  # the same
    """flask-babel with our catalogues."""

    @cached_property
    def domain_instance(self) -> Catalogues:
        return Catalogues()


def install_languages(app: Flask) -> None:
    """Wire flask-babel and the language of addresses into the application."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", DEFAULT.formats)
    Babel(app, locale_selector=lambda: current_language().formats)

    @app.url_value_preprocessor
    def take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and endpoint and _speaks(endpoint):
            g.language = language_named(values.pop("language", None))

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, Any]) -> None:
        if "language" not in values and _speaks(endpoint):
            values["language"] = current_language().code

    app.jinja_env.filters["in_current_language"] = in_current_language
    app.jinja_env.globals.update(
        current_language=current_language, alternate_addresses=alternate_addresses, languages=LANGUAGES
    )
