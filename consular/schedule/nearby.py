"""The offices near somebody with what is free there: the four steps that every door takes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta

from consular.foundation.clock import day_in
from consular.foundation.geography import Position
from consular.offices import locator
from consular.offices.cards import OfficeCard
from consular.offices.catalogue import Catalogue
from consular.offices.locator import ANY, WITHIN_REACH, Ranked, Sort, Wishes
from consular.offices.vocabulary import Attendance
from consular.schedule.first_free import Days
from consular.schedule.known_free import Closed, closures_of, next_free
from consular.schedule.opening import Today, next_opening, today
from consular.schedule.slots import day_begins
from consular.schedule.versions import Version

# Where nobody is turned away for want of an appointment.
_WALK_IN = (Attendance.WALK_IN.value, Attendance.BOTH.value)


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks: a service, what the office must be like, on which days, and in which order."""

    service: str | None = None
    wishes: Wishes = ANY
    days: Days | None = None
    sort: Sort = "distance"


@dataclass(frozen=True, slots=True)
class Nearby:
    """One page of the answer.

    `total` is how many answers there are over all pages; with `near` and an order by date, or with days, only
    the 30 nearest offices are looked at. `in_the_way` names what to loosen when there is no answer: wishes,
    or `days`. `openings` is how each office of the page stands today by its id, when asked.
    """

    answers: list[Ranked]
    announced: list[Ranked]
    total: int
    in_the_way: tuple[str, ...] = ()
    openings: Mapping[int, Today] = field(default_factory=dict)


def nearby(
    known: Catalogue,
    origin: Position | None,
    question: Question,
    now: datetime,
    lead: timedelta,
    *,
    version: Version | None = None,
    documents: int = 1,
    limit: int | None = None,
    offset: int = 0,
    look_up: bool = True,
    with_openings: bool = False,
    without: Collection[str] = (),
) -> Nearby:
    """Rank the offices that may attend. At most two statements.

    Args:
        known: what is published (`catalogue()`), which is one statement more.
        version: of what is free in the country, when it was read before; then what others asked of the same
            offices under it is not read again.
        documents: how many the citizen brings to one visit.
        look_up: whether to look at what is free; without, no office has a date.
        with_openings: also say how each office of the page stands today.
        without: slugs of offices to leave out.

    Raises:
        ServiceUnknown: there is no such service.
    """
    candidates = known.candidates(question.service)
    attending = _chosen(candidates.attending, question.wishes, without)
    coming = locator.by_distance(origin, _chosen(candidates.coming, question.wishes, without), limit)
    by_date = look_up and (question.sort != "distance" or question.days is not None)
    last = None if limit is None else offset + limit
    among = (WITHIN_REACH if origin else None) if by_date else last
    near = locator.by_distance(origin, attending, among)
    near = near if by_date else near[offset:]
    zones = {each.office.id: each.office.timezone for each in near}
    asks_hours = with_openings or any(_walks_in(each.office) for each in near)
    closures = closures_of(version, list(zones), now) if asks_hours else {}
    if look_up:
        free = next_free(version, question.service, now, lead, documents, zones, question.days)
        openings = _openings(known, near, closures, question.days, now)
        answers = locator.arranged(near, free, openings, sort=question.sort)
        answers = [each for each in answers if each.attends_at or question.days is None]
    else:
        answers = locator.arranged(near, {}, {})
    total = len(answers) if by_date else len(attending)
    page = answers[offset:last] if by_date else answers
    states = _states(known, page, closures, now) if with_openings else {}
    if total:
        return Nearby(page, coming, total, (), states)
    by_days = ("days",) if attending and question.days else ()
    return Nearby(page, coming, 0, by_days or _in_the_way(candidates.attending, question.wishes), states)


def _in_the_way(offices: tuple[OfficeCard, ...], wishes: Wishes) -> tuple[str, ...]:
    """The wishes without which somebody would be left, each taken alone; all of them when none is enough."""
    made = [f.name for f in fields(wishes) if getattr(wishes, f.name) != getattr(ANY, f.name)]
    loosened = {name: replace(wishes, **{name: getattr(ANY, name)}) for name in made}
    return tuple(name for name in made if any(map(loosened[name].fits, offices))) or tuple(made)


def _chosen(offices: locator.Offices, wishes: Wishes, without: Collection[str]) -> Sequence[OfficeCard]:
    if wishes == ANY and not without:
        return offices
    return [office for office in offices if wishes.fits(office) and office.slug not in without]


def _walks_in(office: OfficeCard) -> bool:
    return office.attendance in _WALK_IN


def _openings(
    known: Catalogue,
    near: Sequence[Ranked],
    closures: Mapping[int, Sequence[Closed]],
    days: Days | None,
    now: datetime,
) -> dict[int, datetime]:
    """When each office next attends without appointment, within the days that were asked for."""
    found = {}
    for office in (each.office for each in near if _walks_in(each.office)):
        since = now
        for day in (office.opens_on, days.first if days else None):
            since = max(since, day_begins(day, office.timezone)) if day else since
        at = next_opening(known.hours.get(office.id, ()), closures[office.id], office.timezone, since)
        if at is None or (days and days.last and day_in(office.timezone, at) > days.last):
            continue
        found[office.id] = at
    return found


def _states(
    known: Catalogue, page: Sequence[Ranked], closures: Mapping[int, Sequence[Closed]], now: datetime
) -> dict[int, Today]:
    return {
        o.id: today(known.hours.get(o.id, ()), closures[o.id], o.timezone, now)
        for o in (each.office for each in page)
    }
