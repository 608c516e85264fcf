"""Ranks offices for a person: by distance, by who attends soonest, or by both. Pure: no database, no clock."""

import heapq
import math
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from consular.foundation.geography import Point, Position, chord_km, geodesic_km, squared_chords
from consular.offices.cards import OfficeCard
from consular.offices.vocabulary import Offering, OfficeStatus

Sort = Literal["distance", "soonest", "within-reach"]

# Exact distances are dear (0.14 ms each): only so many of the nearest get one.
REFINED = 50
# Twice the 0.5 % by which the sphere may be wrong, and some more.
SPHERE_ERROR = 1.02
ROUNDING = 1e-9  # of a radius: 6 mm
# "Soonest" and "within reach" look at these nearest ones, more than Peru has: nobody crosses a continent for an earlier
# hour. They weigh distances against days, so each is measured exactly.
WITHIN_REACH = 30

# From so many places the nearest of some offices are remembered: people ask from the same towns. With 30 offices each
# it is 1 MB for every service.
PLACES_KEPT = 300

# Who asks for Quechua is served by any office that named its own one (ISO 639-3, members of a macrolanguage).
MEMBERS = {"qu": ("quz", "quy", "qwh", "qxp"), "ay": ("ayr", "ayc")}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an office must be like. Nobody's silence is a no: what is unknown stays in, and is said.

    `language` is an ISO 639 code in which it must attend; `step_free` leaves out those known to have steps;
    `kinds` are the kinds of office that will do, any of them when empty.
    """

    language: str | None = None
    step_free: bool = False
    kinds: Collection[str] = ()

    def fits(self, office: OfficeCard) -> bool:
        return (
            (self.language is None or office.languages is None or self._spoken_by(office.languages))
            and (not self.step_free or office.step_free != Offering.NO)
            and (not self.kinds or office.kind in self.kinds)
        )

    def _spoken_by(self, languages: Collection[str]) -> bool:
        return self.language in languages or any(
            one in languages for one in MEMBERS.get(self.language or "", ())
        )


ANY = Wishes()


@dataclass(frozen=True, slots=True)
class Ranked:
    """An office in its place of the ranking.

    `distance_km` is in a straight line (geodesic for the nearest 50, spherical beyond: within 0.5 %),
    None when nobody said from where. `next_free_at` is the first start with room, None when there is none.
    `attends_at` is when somebody who decides now can first be attended: the next free place, or the next
    opening where no appointment is needed, whichever comes first; None when nobody knows of any.
    `best` marks those that no other beats on both distance and day.
    """

    office: OfficeCard
    distance_km: float | None
    next_free_at: datetime | None = None
    attends_at: datetime | None = None
    best: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """`answers` may attend the person; `announced` will some day and are shown beside, never as the answer."""

    answers: list[Ranked]
    announced: list[Ranked]


class Offices(tuple[OfficeCard, ...]):
    """Offices that many ask about: which of them lie near a place is found without looking at all, and remembered.

    Nothing that is remembered grows old: it hangs on these cards, and whoever publishes anything about an office makes
    new ones (`catalogue`).
    """

    def nearest(self, origin: Position, count: int) -> list[Ranked]:
        """The `count` nearest ones, nearest first; up to 50 are remembered."""
        if count > REFINED:
            return _measured(origin, self, count)
        known = self._remembered.get((origin, count))
        if known is None:
            known = _measured(origin, self, count)
            if len(self._remembered) >= PLACES_KEPT:
                self._remembered.clear()
            self._remembered[origin, count] = known
        return known.copy()

    @cached_property
    def _remembered(self) -> dict[tuple[Position, int], list[Ranked]]:
        return {}

    @cached_property
    def _by_height(self) -> tuple[list[float], list[Point], list[OfficeCard]]:
        """Their heights over the equator's plane on a sphere of radius 1, ascending, their points, and they."""
        ordered = sorted(self, key=lambda office: office.position.on_unit_sphere[2])
        points = [office.position.on_unit_sphere for office in ordered]
        return [height for _, _, height in points], points, ordered

    def around(self, origin: Position, count: int) -> list[tuple[float, OfficeCard]]:
        """A few that surely hold the `count` nearest ones, each with its squared chord, and any who may be as near.

        That is, by how much the sphere may be wrong.
        """
        heights, points, ordered = self._by_height
        height = origin.on_unit_sphere[2]
        middle = bisect_left(heights, height)
        some = points[max(0, middle - 2 * count) : middle + 2 * count]
        first, last = 0, len(ordered)
        if len(some) >= count:
            # So many are as near as this. Whoever is nearer lies no higher and no lower than that, either.
            farthest = heapq.nsmallest(count, squared_chords(origin, some))[-1]
            reach = SPHERE_ERROR * math.sqrt(farthest) + ROUNDING
            first, last = bisect_left(heights, height - reach), bisect_right(heights, height + reach)
        return list(zip(squared_chords(origin, points[first:last]), ordered[first:last], strict=True))


def nearest(origin: Position | None, offices: Sequence[OfficeCard], limit: int | None = None) -> list[Ranked]:
    """The offices that may attend, nearest first; in the order of their slugs when there is no origin."""
    return by_distance(origin, [office for office in offices if attends(office)], limit)


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
        sort: see `arranged`.
        limit: how many answers, at most.
    """
    among = limit if sort == "distance" else None if origin is None else WITHIN_REACH
    near = nearest(origin, offices, among)
    answers = arranged(near, first_free, {}, sort=sort)[:limit]
    return Ranking(answers, by_distance(origin, [office for office in offices if is_coming(office)], limit))


def arranged(
    near: Sequence[Ranked],
    first_free: Mapping[int, datetime],
    openings: Mapping[int, datetime],
    *,
    sort: Sort = "distance",
) -> list[Ranked]:
    """The offices of `near` (nearest first) with what is free there, in the order that was asked for.

    - "distance": as they came.
    - "soonest": by the instant at which somebody can be attended; those with none last; the nearer one on a tie.
    - "within-reach": first those that no other beats on both distance and day, nearest first, so that each
      next one is farther and attends on an earlier day; then the others with a date, nearest first; then
      those without, nearest first. Days, not hours: nobody travels farther to be attended at ten instead of
      eleven. Without distances it is "soonest".

    What date an office has: its next free place; where no appointment is needed, its next opening by the
    published hours; both ways, the earlier. An office that has no free place, no schedule, or hours that
    nobody published has none: it is never put before another for a date that nobody knows, and it stays in
    the list.

    Args:
        first_free: the first start with room by office id; an office that is absent has none.
        openings: when the office next attends without appointment, by office id; absent: it does not, or
            nobody knows when.
    """
    dated = [_dated(each, first_free.get(each.office.id), openings.get(each.office.id)) for each in near]
    if sort == "distance":
        return dated
    if sort == "soonest" or any(each.distance_km is None for each in dated):
        return _soonest_first(dated)
    return _best_first(dated)


def attends(office: OfficeCard) -> bool:
    """Whether it can be an answer at all: open, and not known to leave the service to others."""
    return office.status == OfficeStatus.OPEN and office.offers != Offering.NO


def is_coming(office: OfficeCard) -> bool:
    """Whether it is announced, and not known to leave the service to others."""
    return office.status == OfficeStatus.ANNOUNCED and office.offers != Offering.NO


def _dated(ranked: Ranked, free: datetime | None, opening: datetime | None) -> Ranked:
    known = [at for at in (free, opening) if at is not None]
    return Ranked(ranked.office, ranked.distance_km, free, min(known, default=None))


def _soonest_first(dated: Sequence[Ranked]) -> list[Ranked]:
    some = [(each.attends_at, place, each) for place, each in enumerate(dated) if each.attends_at]
    none = [each for each in dated if each.attends_at is None]
    return [each for _, _, each in sorted(some, key=lambda key: key[:2])] + none


def _best_first(dated: Sequence[Ranked]) -> list[Ranked]:
    best, others, none = [], [], []
    # From near to far, and from early to late among equally near ones: whoever attends on an earlier day than
    # everybody before is beaten by nobody. Two at one distance on one day are equals, not rivals.
    days = {id(each): _day(each) for each in dated}
    in_turn = sorted(dated, key=lambda each: (each.distance_km or 0.0, days[id(each)] or date.max))
    earliest, at_km = date.max, -1.0
    for each in in_turn:
        day, km = days[id(each)], each.distance_km or 0.0
        if day is None:
            none.append(each)
        elif day < earliest or (day == earliest and km == at_km):
            best.append(replace(each, best=True))
            earliest, at_km = day, km
        else:
            others.append(each)
    return best + others + none


def _day(ranked: Ranked) -> date | None:
    """The day on which it attends, on its own calendar."""
    if ranked.attends_at is None:
        return None
    return ranked.attends_at.astimezone(ZoneInfo(ranked.office.timezone)).date()


def by_distance(
    origin: Position | None, offices: Sequence[OfficeCard], limit: int | None = None
) -> list[Ranked]:
    """Whichever offices these are, nearest first; in the order of their slugs when there is no origin."""
    if origin is None:
        return [Ranked(office, None) for office in sorted(offices, key=lambda o: o.slug)[:limit]]
    wanted = len(offices) if limit is None else max(0, min(limit, len(offices)))
    if not wanted:
        return []
    if isinstance(offices, Offices):
        return offices.nearest(origin, wanted)
    return _measured(origin, offices, wanted)


def _measured(origin: Position, offices: Sequence[OfficeCard], wanted: int) -> list[Ranked]:
    """The `wanted` nearest ones (one or more, and not more than there are), nearest first."""
    rough = _roughly_nearest(origin, offices, wanted)
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
    """By the sphere, with its kilometres: so many, and whoever may be as near as the last of them."""
    if isinstance(offices, Offices):
        around = offices.around(origin, count)
    else:
        points = [office.position.on_unit_sphere for office in offices]
        around = list(zip(squared_chords(origin, points), offices, strict=True))
    if count < len(around):
        # A chord grows more slowly than its arc, so nobody within the error of the arc is left out.
        reach = SPHERE_ERROR**2 * heapq.nsmallest(count, [chord for chord, _ in around])[-1]
        around = [pair for pair in around if pair[0] <= reach]
    pairs = [(chord_km(chord), office) for chord, office in around]
    pairs.sort(key=lambda pair: (pair[0], pair[1].slug))
    return pairs


# People ask from the same few thousand places of the gazetteer, about offices that do not move.
@lru_cache(maxsize=20_000)
def _exact_km(origin: Position, place: Position) -> float:
    return geodesic_km(origin, place)
