"""What the gazetteer takes and answers: localities, places, and the refusal of an unknown one."""

from dataclasses import dataclass

from consular.foundation.errors import Unknown
from consular.foundation.geography import Position


class PlaceUnknown(Unknown):
    """No known place is surely meant. Facts: `typed`, and `suggestions`, labels of those that come near."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place as an answer.

    `label` is unique and finds the same place again. `precision`: `given` (coordinates were typed),
    `locality`, `district` (an INEI district code was typed) or `region` (the position of its capital).
    """

    label: str
    region: str | None
    position: Position
    precision: str


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
