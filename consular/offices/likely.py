"""Which office was meant by an address that none has. Pure."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process, utils

from consular.offices.cards import OfficeCard

_LIKE_ENOUGH = 80  # of 100: one wrong letter in a short name, two in a long one


def likely_office(typed: str, cards: Iterable[OfficeCard]) -> OfficeCard | None:
    """The office whose slug, town or name is most like what was typed, or None when none is."""
    names = [(card, name) for card in cards for name in (card.slug, card.city, card.name) if name is not None]
    found = process.extractOne(
        typed.replace("-", " "),
        [name.replace("-", " ") for _, name in names],
        scorer=fuzz.ratio,
        processor=utils.default_process,
        score_cutoff=_LIKE_ENOUGH,
    )
    return None if found is None else names[found[2]][0]
