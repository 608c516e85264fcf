"""Where a typed place is, and what somebody may be typing: the one way by which every door asks."""

from flask import current_app

from consular.offices.geocoding import chain
from consular.offices.geocoding.service import Service
from consular.offices.place_queries import gazetteer
from consular.offices.places import Found, Place

SHORTEST_BEGUN = 2  # letters: fewer begin too many names to be of help
MOST_SUGGESTED = 8


def locate(typed: str) -> Found:
    """The place that somebody typed: a name, an INEI code, `lat,lon`, or an address.

    Raises:
        PlaceUnknown: with the facts `typed` and `suggestions` (labels).
        PositionSwapped, PositionOutsideEarth: coordinates that nobody can have meant.
    """
    return chain.locate(typed, geocoding_service())


def geocoding_service() -> Service | None:
    """The service that the settings name for addresses; None: the gazetteer answers alone."""
    config = current_app.extensions["consular"]
    if config.geocoder_url is None:
        return None
    agent = f"consular-offices ({config.public_url}; {config.geocoder_contact})"
    return Service(config.geocoder_url, agent, config.geocoder_seconds)


def begun(typed: str) -> list[Place]:
    """The places that somebody who has typed so much may mean, the likeliest first.

    Only the gazetteer is asked, in memory: no statement, and never a geocoding service.
    """
    return gazetteer().suggest(typed, MOST_SUGGESTED) if len(typed) >= SHORTEST_BEGUN else []
