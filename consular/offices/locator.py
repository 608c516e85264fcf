"""Ranks offices for a person: by distance, or by who attends soonest. Pure: no database, no clock."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal

from consular.foundation.geography import Position, geodesic_km, haversine_km
from consular.offices.cards import OfficeCard
from consular.offices.vocabulary import Offering, OfficeStatus

Sort = Literal["distance", "soonest"]

# Exact distances are dear (0.14 ms each): only so many of the nearest get one.
REFINED = 50
# Twice the 0.5 % by which the sphere may be wrong, and some more.
SPHERE_ERROR = 1.02
# "Soonest" means soonest among these nearest ones: nobody crosses a continent for an earlier hour.
WITHIN_REACH = 200


@dataclass(frozen=True, slots=True)
class Ranked:
    """An office in its place of the ranking.

    `distance_km` is in a straight line (geodesic for the nearest 50, spherical beyond: within 0.5 %),
    None when nobody said from where. `next_free_at` is the first start with room, None when there is none.
    """

    office: OfficeCard
    distance_km: float | None
    next_free_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """`answers` may attend the person; `announced` will some day and are shown beside, never as the answer."""

    answers: list[Ranked]
    announced: list[Ranked]


def nearest(origin: Position | None, offices: Sequence[OfficeCard], limit: int | None = None) -> list[Ranked]:
    """The offices that may attend, nearest first; in the order of their slugs when there is no origin."""
    return _by_distance(origin, [office for office in offices if _attends(office)], limit)


def ranking(
    origin: Position | None,
    offices: Sequence[OfficeCard],
    first_free: Mapping[int, datetime],
    *,
    sort: Sort = "distance",
    limit: int | None = None,
) -> Ranking:
    """The offices that may attend, each with its first free start, and the announced ones apart.

    Args:
        first_free: the first start with room by office id; an office that is absent has none.
        sort: "soonest" puts the earliest start first (the nearer one on a tie) and those with none last.
        limit: how many answers, at most.
    """
    attending = [office for office in offices if _attends(office)]
    announced = [o for o in offices if o.status == OfficeStatus.ANNOUNCED and o.offers != Offering.NO]
    if sort == "soonest":
        answers = _soonest(origin, attending, first_free, limit)
    else:
        answers = _with_first_free(_by_distance(origin, attending, limit), first_free)
    return Ranking(answers, _by_distance(origin, announced, limit))


def _attends(office: OfficeCard) -> bool:
    return office.status == OfficeStatus.OPEN and office.offers != Offering.NO


def _soonest(
    origin: Position | None,
    offices: Sequence[OfficeCard],
    first_free: Mapping[int, datetime],
    limit: int | None,
) -> list[Ranked]:
    if origin is not None:
        offices = [office for _, office in _roughly_nearest(origin, offices, WITHIN_REACH)]
    ranked = _with_first_free(_by_distance(origin, offices, None), first_free)
    with_room = [(each.next_free_at, place, each) for place, each in enumerate(ranked) if each.next_free_at]
    without = [each for each in ranked if each.next_free_at is None]
    return ([each for _, _, each in sorted(with_room, key=lambda key: key[:2])] + without)[:limit]


def _with_first_free(ranked: Iterable[Ranked], first_free: Mapping[int, datetime]) -> list[Ranked]:
    return [Ranked(r.office, r.distance_km, first_free.get(r.office.id)) for r in ranked]


def _by_distance(origin: Position | None, offices: Sequence[OfficeCard], limit: int | None) -> list[Ranked]:
    if origin is None:
        return [Ranked(office, None) for office in sorted(offices, key=lambda o: o.slug)[:limit]]
    wanted = len(offices) if limit is None else max(0, min(limit, len(offices)))
    if not wanted:
        return []
    rough = _roughly_nearest(origin, offices, max(wanted, REFINED))
    # The sphere may have put two close ones in the wrong order, so whoever may belong among them is measured too.
    reach = SPHERE_ERROR * rough[min(wanted, REFINED) - 1][0]
    measured = sum(km <= reach for km, _ in rough[:REFINED])
    exact = [(_exact_km(origin, office.position), office) for _, office in rough[:measured]]
    exact.sort(key=lambda pair: (pair[0], pair[1].slug))
    # Beyond the measured ones the spherical distance may be slightly short of the last exact one.
    beyond = [(max(km, exact[-1][0]), office) for km, office in rough[measured:]]
    return [Ranked(office, km) for km, office in (exact + beyond)[:wanted]]


def _roughly_nearest(
    origin: Position, offices: Sequence[OfficeCard], count: int
) -> list[tuple[float, OfficeCard]]:
    distances = haversine_km(origin, [office.position for office in offices])
    measured = zip(distances, offices, strict=True)
    return heapq.nsmallest(count, measured, key=lambda pair: (pair[0], pair[1].slug))


# People ask from the same few thousand places of the gazetteer, about offices that do not move.
@lru_cache(maxsize=20_000)
def _exact_km(origin: Position, place: Position) -> float:
    return geodesic_km(origin, place)
