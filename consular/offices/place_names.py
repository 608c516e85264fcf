"""How people write the names of places: folding, sound and the ways to split a text into name and region.

Pure text, no list of places. `gazetteer` looks up what this module reads.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 120  # characters; nobody's place is longer, and work grows with the words
MOST_PARTS = 10  # between commas, the last ones: no address has more, and work grows with their square

_SEPARATORS = re.compile(r"[,;/|]")
_SEPARATORS_AND_BRACKETS = re.compile(r"[,;/|()\[\]]")
_KIND = re.compile(
    r"\b(?:distritos?|dist|district|provincia|prov|province|region|departamento|depto|dpto|department"
    r"|ciudad|city|centro poblado|caserio|comunidad campesina|comunidad nativa|comunidad|anexo"
    r"|cercado|metropolitana|provincias)\b(?: (?:del?|of|the)\b)*"
)
_COUNTRY = re.compile(r"(?:^|\s)peru$")
_EDGE = re.compile(r"^(?:(?:en|de|del|cerca de|in|near|of)\s)+|(?:\s(?:en|de|del|in|of|the))+$")
_ASKED = re.compile(
    r"\b(?:(?P<region>region|departamento|depto|dpto|department)|(?P<province>provincia|prov|province)"
    r"|(?P<district>distrito|dist|district))\b"
)
_STREET = re.compile(
    r"\d|\b(?:av|avenida|jr|jiron|calle|psje|pasaje|urb|urbanizacion|mz|manzana|lote|carretera|km)\b"
)
_SHORT = {"sta": "santa", "sto": "santo", "pto": "puerto", "gral": "general", "sn": "san", "cnel": "coronel"}
_CODE = re.compile(r"(?:(?:ubigeo|inei)\W*)*(\d{6}|\d{4}|\d{2})", re.ASCII)


def fold(name: str) -> str:
    """Lower case, no accents, words of a-z and 0-9 apart by one space: `Ñahuimpuquio` -> `nahuimpuquio`."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", bare.replace("'", "").replace("’", "")))


def key(name: str) -> str:
    """The folded name without spaces, so that `San-Juan`, `San Juan` and `Sanjuan` meet."""
    return fold(name).replace(" ", "")


# Spellings that sound alike in Peru's Spanish and in its Quechua and Aimara names, in this order:
# hu/gu/u before a vowel is one sound (Huaraz, Guaraz, Uaraz, Waraz), h is silent, c/k/q are one, s/z and soft c are
# one, b/v are one, ll/y/i are one, g before e and i is j, n before p, b and v is m, doubled letters are one.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"sch|sh", "S"),
        (r"t?ch", "C"),
        (r"[hg]u(?=[ao])|hu(?=[ei])|\bu(?=[aeio])", "w"),
        (r"gu(?=[ei])", "G"),
        (r"g(?=[ei])", "j"),
        (r"qu(?=[ei])|[qk]|c(?![eiy])", "k"),
        (r"[zc]", "s"),
        (r"x", "ks"),
        (r"h", ""),
        (r"ll|y", "i"),
        (r"v", "b"),
        (r"n(?=[pbm])", "m"),
        (r"(\w)\1+", r"\1"),
    )
)


def sound(name: str) -> str:
    """How a name is said, spelt one way: Guaraz, Huaras and Waraz are all `waras`. Without spaces."""
    said = fold(name)
    for spelling, letters in _SOUNDS:
        said = spelling.sub(letters, said)
    return said.replace(" ", "")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a typed text: the name of a place, and what may be its region."""

    name: str
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed: its INEI code (2, 4 or 6 digits) if it is one, else its readings, likeliest first.

    `asked` is the kind of division that it says it is: `region`, `province`, `district`, or None.
    """

    code: str | None
    asked: str | None
    readings: tuple[Reading, ...]


def read(typed: str) -> Typed:
    """Understand the shape of a typed place: `Santa Rosa, Puno`, `puno santa rosa`, `distrito de Rímac`."""
    code = _CODE.fullmatch(typed.strip().lower())
    if code is not None:
        return Typed(code[1], None, ())
    readings: dict[Reading, None] = {}
    for separators in (_SEPARATORS, _SEPARATORS_AND_BRACKETS):
        parts = [part for part in map(fold, separators.split(typed)) if part]
        first = [_bare(part, kinds=1) for part in parts]  # «distrito de Ciudad Constitución» keeps its city
        bare = [_bare(part, kinds=0) for part in parts]
        here = [_COUNTRY.sub("", part) for part in bare]
        for spoken in (parts, first, bare, here):
            readings.update(dict.fromkeys(_readings([part for part in spoken if part])))
    asked = _ASKED.search(fold(typed))  # «distrito de Huaylas, provincia de Huaylas»: the first one is meant
    return Typed(None, asked.lastgroup if asked else None, tuple(readings))


def is_street(name: str) -> bool:
    """Whether a name looks like a street and number rather than like a place."""
    return bool(_STREET.search(fold(name)))


def names_in(name: str) -> tuple[str, ...]:
    """The names that one published name holds: `Islay (Matarani)` is also `Islay` and also `Matarani`."""
    return tuple(dict.fromkeys([name, display(name), *re.split(r"[()]", display(name))]))


def display(name: str) -> str:
    """A published name as it should read: `Florida ( Pomacochas)` and `El Parco District` are untidy."""
    return re.sub(r"\s*\(\s*(.*?)\s*\)", r" (\1)", name).removesuffix(" District").strip()


def _bare(part: str, *, kinds: int) -> str:
    """Without the first so many words that say what kind of place it is (0: all), abbreviations written out."""
    words = _KIND.sub(" ", part, count=kinds).split()
    return _EDGE.sub("", " ".join(_SHORT.get(word, word) for word in words))


def _readings(parts: list[str]) -> Iterator[Reading]:
    if not parts:
        return
    if len(parts) == 1:
        yield from _split_words(parts[0])
        return
    parts = parts[-MOST_PARTS:]
    yield Reading(" ".join(parts))
    # "Caraz, Huaylas, Áncash": the name is first and the region last, or the other way round.
    for part in reversed(range(1, len(parts))):
        for name in range(part):
            yield Reading(parts[name], parts[part])
    for part in range(len(parts) - 1):
        for name in reversed(range(part + 1, len(parts))):
            yield Reading(parts[name], parts[part])


def _split_words(part: str) -> Iterator[Reading]:
    words = part.split()
    yield Reading(part)
    # Names of regions have three words at most, but nothing here knows the regions.
    for cut in range(len(words) - 1, 0, -1):
        head, tail = " ".join(words[:cut]), " ".join(words[cut:])
        for name, region in ((head, tail), (tail, head)):
            bare = _EDGE.sub("", name)
            if bare:
                yield Reading(bare, _EDGE.sub("", region))
