"""Where a typed place is, and what somebody may be typing: the one way by which every door asks."""

from consular.offices.place_queries import gazetteer
from consular.offices.places import Found, Place

SHORTEST_BEGUN = 2  # letters: fewer begin too many names to be of help
MOST_SUGGESTED = 8


def locate(typed: str) -> Found:
    """The place that somebody typed: a name, an INEI code, `lat,lon`, or an address.

    Raises:
        PlaceUnknown: with the facts `typed` and `suggestions` (labels).
        PositionOutsideEarth: coordinates that no place has.
    """
    return gazetteer().find(typed)


def begun(typed: str) -> list[Place]:
    """The places that somebody who has typed so much may mean, the likeliest first.

    Only the gazetteer is asked, in memory: no statement, and never a geocoding service.
    """
    return gazetteer().suggest(typed, MOST_SUGGESTED) if len(typed) >= SHORTEST_BEGUN else []
