"""Where a typed place is: the gazetteer first, a geocoding service for what only it can know."""

import time
from datetime import datetime, timedelta

from consular.foundation.clock import now
from consular.foundation.geography import haversine_km, parse_position
from consular.offices.geocoding.memory import remember, remembered, rounded
from consular.offices.geocoding.service import Service, ServiceFailed, Spot, ask
from consular.offices.geocoding.turns import note_failure, note_success, take_turn
from consular.offices.place_names import LONGEST, is_street, key
from consular.offices.place_queries import gazetteer
from consular.offices.places import Found, Place, PlaceUnknown

FINER_THAN_A_TOWN = ("address", "street")
SHORTEST_ASKED = 4  # letters
# An address in another town of the same street name is not the one that was meant.
FAR_FROM_ITS_TOWN_KM = 60


def locate(typed: str, service: Service | None) -> Found:
    """The place that somebody typed. Without a service, or when it fails, as the gazetteer knows it.

    Not to be called within a writing transaction: what the service answers is kept in one of its own.

    Raises:
        PlaceUnknown: with the facts `typed` and `suggestions` (labels).
        PositionSwapped, PositionOutsideEarth: coordinates that nobody can have meant.
    """
    try:
        found = gazetteer().find(typed)
    except PlaceUnknown:
        spot = spot_of("citizen", typed, service) if service and _may_be_a_place(typed) else None
        if spot is None:
            raise
        return Found(_address(typed, spot, None), ())
    if service is None or found.exact or not is_street(typed) or parse_position(typed):
        return found
    spot = spot_of("citizen", typed, service)
    if spot is None or spot.precision not in FINER_THAN_A_TOWN:
        return found
    if haversine_km(found.place.position, [spot.position])[0] > FAR_FROM_ITS_TOWN_KM:
        return found
    return Found(_address(typed, spot, found.place), ())


def spot_of(purpose: str, text: str, service: Service) -> Spot | None:
    """What the service knows of an address, from memory or by asking; None when it is of no help now.

    `purpose` is `citizen` (the position is rounded) or `office`.
    """
    instant = now()
    known, spot = remembered(purpose, text, instant)
    if known:
        return spot
    wait = take_turn(instant, timedelta(seconds=service.wait))
    if wait is None:
        return None
    time.sleep(wait.total_seconds())
    return _asked(purpose, text, service, instant)


def _asked(purpose: str, text: str, service: Service, instant: datetime) -> Spot | None:
    try:
        spot = ask(service, text)
    except ServiceFailed as failed:
        note_failure(instant, failed.rest)
        return None
    note_success()
    kept = rounded(purpose, spot) if spot else None
    remember(purpose, text, kept, instant)
    return kept


def _may_be_a_place(typed: str) -> bool:
    return len(key(typed)) >= SHORTEST_ASKED and len(typed) <= LONGEST and not key(typed).isdigit()


def _address(typed: str, spot: Spot, town: Place | None) -> Place:
    """What was typed is the label: the address in the service's words would be more than was asked for."""
    return Place(
        label=typed,
        region=town.region if town else None,
        position=spot.position,
        precision=spot.precision,
        kind="address",
        province=town.province if town else None,
    )
