"""The offices that are closed for now and would be among the answers: said beside them, so that nobody looks for one in vain."""

from collections.abc import Iterable, Mapping, Sequence

from consular.foundation.geography import Position
from consular.offices import locator
from consular.offices.cards import OfficeCard
from consular.offices.locator import Ranked
from consular.offices.vocabulary import Offering, OfficeStatus

MOST = 3


def paused_near(
    offices: Iterable[OfficeCard],
    offered: Mapping[int, tuple[str, str]],
    origin: Position | None,
    answers: Sequence[Ranked],
) -> list[Ranked]:
    """The suspended offices nearer than the farthest answer, nearest first, MOST at most; without an origin any.

    `offered` says of offices by id whether they offer the service that was asked about: those known not to are
    left out.
    """
    suspended = [
        office
        for office in offices
        if office.status == OfficeStatus.SUSPENDED and offered.get(office.id, ("",))[0] != Offering.NO
    ]
    if origin is None:
        return [Ranked(office, None) for office in suspended[:MOST]]
    farthest = max((each.distance_km or 0.0 for each in answers), default=float("inf"))
    # Measuring all of them exactly took longer than the rest of the page where a hundred are suspended.
    nearest = locator.by_distance(origin, suspended, MOST)
    return [each for each in nearest if (each.distance_km or 0.0) <= farthest]
