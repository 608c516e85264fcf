"""What the gazetteer takes and answers: localities, divisions, places, and the refusal of an unknown one."""

from dataclasses import dataclass

from consular.foundation.errors import Unknown
from consular.foundation.geography import Position


class PlaceUnknown(Unknown):
    """No known place is surely meant. Facts: `typed`, and `suggestions`, labels of those that come near."""


class PositionSwapped(PlaceUnknown):
    """Far from the country, and in it with latitude and longitude exchanged. Facts: `typed`, and `suggestions`
    with the exchanged position."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place as an answer.

    `label` is unique and finds the same place again. `precision` says what the position is true to:
    `given` (coordinates were typed), `address`, `street`, `locality`, `district` (its capital town),
    `province` or `region` (the position of its capital). `kind` is what was named: `position`, `address`,
    `town`, `district`, `province`, `region`; a district whose own position nobody published has that of its
    province. `province` is the name of the province that it lies in, None when unknown.
    """

    label: str
    region: str | None
    position: Position
    precision: str
    kind: str = "town"
    province: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The likeliest place, and the others that the same words may mean.

    `exact` is false when the words are not a known name as they stand: a page then says what it understood.
    """

    place: Place
    alternatives: tuple[Place, ...]
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Locality:
    """A populated place; `region_code` and `district_inei` are INEI codes."""

    geonames_id: int
    name: str
    region_code: str
    region: str
    district_inei: str | None
    position: Position
    population: int
    other_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Province:
    """A division of a region; `code` is its INEI code (4 digits), `position` that of its capital."""

    code: str
    name: str
    capital: str
    position: Position


@dataclass(frozen=True, slots=True)
class District:
    """A division of a province; `code` is its INEI code (6 digits), `position` that of its capital, if known."""

    code: str
    name: str
    capital: str | None
    position: Position | None
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Divisions:
    """The provinces and districts of the country; none of them when nobody loaded any."""

    provinces: tuple[Province, ...] = ()
    districts: tuple[District, ...] = ()
