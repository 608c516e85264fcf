"""Understands the name of a country as people write it: with accents or without, `EEUU`, `Estados Unidos`, `USA`.

Pure. Names come from CLDR in every language that is asked for, and from the ministry's own list of others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from babel import Locale
from rapidfuzz import fuzz, process

from consular.offices.place_names import fold, key

ALIKE = 70  # of 100; below it nothing is offered
NEARLY = 12  # how much less alike than the likeliest another may be
SUGGESTIONS = 6


@dataclass(frozen=True, slots=True)
class FoundCountry:
    """The one country that was named, or those that may have been meant, likeliest first."""

    code: str | None
    alike: tuple[str, ...] = ()


def country_name(code: str, locale: str) -> str:
    """What the country is called in a language (a CLDR locale); its code when CLDR has no name for it."""
    name: str = Locale.parse(locale).territories.get(code, code)
    return name


def find_country(typed: str, countries: Mapping[str, Sequence[str]], locales: Iterable[str]) -> FoundCountry:
    """Which country somebody means.

    Only a name that is written right, but for accents, capitals and marks, is taken: which certificate a
    paper needs hangs on it. Anything like a name is offered.

    Args:
        countries: the other names of each, by code.
        locales: whose names count, whatever the language of the page.
    """
    names: dict[str, set[str]] = {}
    for code, others in countries.items():
        for name in (code, *others, *(country_name(code, locale) for locale in locales)):
            names.setdefault(key(name), set()).add(code)
    exact = names.get(key(typed), set())
    if len(exact) == 1:
        return FoundCountry(next(iter(exact)))
    return FoundCountry(None, tuple(exact) or _alike(typed, countries, tuple(locales)))


def _alike(typed: str, countries: Mapping[str, Sequence[str]], locales: Sequence[str]) -> tuple[str, ...]:
    wanted = fold(typed)
    if len(wanted) < 2:
        return ()
    names = [
        (code, fold(name))
        for code, others in countries.items()
        for name in (*others, *(country_name(code, locale) for locale in locales))
    ]
    # Some words of a name first: Corea, Emiratos, Salvador.
    words = set(wanted.split())
    codes = dict.fromkeys(code for code, name in names if words <= set(name.split()))
    if not codes:
        choices = dict(enumerate(name for _, name in names))
        scored = process.extract(wanted, choices, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=30)
        codes = dict.fromkeys(
            names[place][0] for _name, score, place in scored if score >= scored[0][1] - NEARLY
        )
    return tuple(codes)[:SUGGESTIONS]
