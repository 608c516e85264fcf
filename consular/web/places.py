"""Where a typed place is: the one way by which every door asks."""

from consular.offices.places import Found
from consular.offices.queries import gazetteer


def locate(typed: str) -> Found:
    """The place that somebody typed: a name, an INEI code, `lat,lon`, or an address.

    Raises:
        PlaceUnknown: with the facts `typed` and `suggestions` (labels).
        PositionOutsideEarth: coordinates that no place has.
    """
    return gazetteer().find(typed)
