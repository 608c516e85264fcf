"""What nobody has confirmed of the offices of a list: once for all of them, and for each what is its own."""

from collections.abc import Mapping
from dataclasses import dataclass

from consular.offices.cards import OfficeCard
from consular.schedule.nearby import Nearby
from consular.schedule.opening import Today

FACTS = ("hours", "languages", "step-free")


@dataclass(frozen=True)
class Unconfirmed:
    """`everywhere` holds for every office of the list; `own`, by office id, is what is left of each. Of FACTS."""

    everywhere: tuple[str, ...]
    own: Mapping[int, tuple[str, ...]]


def unconfirmed(found: Nearby) -> Unconfirmed:
    """Of the answers shown. Of one office alone all is its own."""
    missing = {
        each.office.id: _missing(each.office, found.openings.get(each.office.id)) for each in found.answers
    }
    shared = set.intersection(*missing.values()) if len(missing) > 1 else set()
    return Unconfirmed(
        tuple(fact for fact in FACTS if fact in shared),
        {key: tuple(fact for fact in FACTS if fact in facts - shared) for key, facts in missing.items()},
    )


def _missing(card: OfficeCard, today: Today | None) -> set[str]:
    known = {
        "hours": today is not None and today.state != "unknown",
        "languages": bool(card.languages),
        "step-free": card.step_free in ("yes", "no"),
    }
    return {fact for fact, is_known in known.items() if not is_known}
