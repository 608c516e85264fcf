"""The gazetteer as a geopy geocoder: always there, without a network."""

from geopy import Location
from geopy.geocoders.base import Geocoder

from consular.foundation.geography import PositionOutsideEarth
from consular.offices.gazetteer import Gazetteer
from consular.offices.places import PlaceUnknown


class GazetteerGeocoder(Geocoder):  # type: ignore[misc]  # geopy publishes no types
    """Answers as geopy's geocoders do; `raw` is the whole Found, with its precision and alternatives."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        super().__init__(scheme="https", user_agent="gazetteer")
        self._gazetteer = gazetteer

    def geocode(self, query: str, *, exactly_one: bool = True) -> Location | list[Location] | None:
        """The place that is named, or None; with `exactly_one=False` the homonyms too, the likeliest first."""
        try:
            found = self._gazetteer.find(query)
        except (PlaceUnknown, PositionOutsideEarth):
            return None
        locations = [
            Location(place.label, (place.position.latitude, place.position.longitude), found)
            for place in (found.place, *found.alternatives)
        ]
        return locations[0] if exactly_one else locations
