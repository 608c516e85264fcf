"""The page of one office: where, when, what for, what to bring, its next free place, and where each fact is from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consular.foundation import clock
from consular.foundation.errors import Refusal
from consular.foundation.geography import geodesic_km
from consular.offices import locator
from consular.offices.cards import OfficeCard, OfficePage, ServiceInfo, SourceInfo
from consular.offices.likely import likely_office
from consular.offices.locator import Ranked
from consular.offices.queries import OfficeUnknown, gazetteer, office_list, office_page, services, sources
from consular.offices.succession import last_successor
from consular.schedule.first_free import Days
from consular.schedule.queries import ClosureAhead, closures_ahead, first_free
from consular.site.office_hours import opening_today, timetable
from consular.site.structured_data import government_office
from consular.web.guards import public
from consular.web.languages import localised


@dataclass(frozen=True)
class Life:
    """How an office is: `announced`, `coming` (opens on a day ahead), `open`, `suspended`, `closed`.

    `successor` attends in its place; without one, `instead` is the nearest open office, with its next free place.
    """

    state: str
    successor: OfficeCard | None = None
    instead: Ranked | None = None


def add_pages(door: Blueprint) -> None:
    """Give the door its addresses."""
    localised(door, "office", {"es": "/es/oficinas/<slug>", "en": "/en/offices/<slug>"}, office)


@public
def office(slug: str) -> ResponseReturnValue:
    """All about one office."""
    try:
        page = office_page(slug)
    except OfficeUnknown:
        return _unknown(slug)
    listed = {each.code: each for each in services()}
    asked, now = listed.get(request.args.get("service", "")), clock.now()
    free = _first_free(page.card, asked, now)
    closures = closures_ahead(page.card.id, page.card.timezone, now)
    life = _life(page, asked, free, now)
    return render_template(
        "site/office.html",
        page=page,
        card=page.card,
        services=listed,
        asked=asked,
        closures=closures,
        life=life,
        this_day=clock.day_in(page.card.timezone, now),
        today=opening_today(page.hours, closures, page.card.timezone, now),
        timetable=timetable(page.hours),
        next_free_at=free.get(page.card.id) if life.state in ("open", "coming") else None,
        sources=_sources(page, listed),
        structured=_structured(page, listed, closures, life),
    )


def state_of(card: OfficeCard, this_day: date) -> str:
    """The state of `Life`: an open office whose opening day is ahead is only coming."""
    return "coming" if card.status == "open" and card.opens_on and card.opens_on > this_day else card.status


def _first_free(card: OfficeCard, asked: ServiceInfo | None, now: datetime) -> Mapping[int, datetime]:
    """The next free place of this office by its id, none before its opening day; where it does not attend, of each."""
    code, lead = asked.code if asked else None, _lead()
    state = state_of(card, clock.day_in(card.timezone, now))
    free = first_free(code, now, lead, offices={card.id: card.timezone} if state == "open" else None)
    if card.id not in free or state != "coming":
        return free
    from_opening = first_free(code, now, lead, offices={card.id: card.timezone}, days=Days(card.opens_on))
    return {key: at for key, at in free.items() if key != card.id} | from_opening


def _life(page: OfficePage, asked: ServiceInfo | None, free: Mapping[int, datetime], now: datetime) -> Life:
    card = page.card
    this_day = clock.day_in(card.timezone, now)
    state = state_of(card, this_day)
    if state == "open":
        return Life(state)
    if state == "closed" and (successor := last_successor(card.slug)) is not None:
        return Life(state, successor=successor)
    return Life(state, instead=_nearest_open(card, asked, free, this_day))


def _nearest_open(
    card: OfficeCard, asked: ServiceInfo | None, free: Mapping[int, datetime], this_day: date
) -> Ranked | None:
    """The nearest office that attends already. For a service that is done online there is none."""
    others = [
        each
        for each in office_list(asked.code if asked else None)
        if each.id != card.id and state_of(each, this_day) == "open"
    ]
    answers = locator.ranking(card.position, others, free, limit=1).answers
    return answers[0] if answers else None


def _sources(page: OfficePage, listed: Mapping[str, ServiceInfo]) -> list[SourceInfo]:
    """Every source that this page's facts name, the office's own first."""
    named = [page.source.code, *(row.source for row in page.hours), *(each.source for each in page.offers)]
    named += [listed[each.service].source.code for each in page.offers if each.service in listed]
    order = {code: place for place, code in enumerate(dict.fromkeys(named))}
    return sorted((each for each in sources() if each.code in order), key=lambda each: order[each.code])


def _structured(
    page: OfficePage, listed: Mapping[str, ServiceInfo], closures: list[ClosureAhead], life: Life
) -> dict[str, object] | None:
    """What search engines are told; nothing of an office that attends no more, or whose facts are invented."""
    if life.state == "closed" or page.card.demonstration:
        return None
    address = current_app.extensions["consular"].public_url + url_for("site.office", slug=page.card.slug)
    return government_office(page, listed, closures, address, attends=life.state in ("open", "coming"))


def _unknown(slug: str) -> ResponseReturnValue:
    """404 with the office that was probably meant, and all of them."""
    cards = office_list()
    likely = likely_office(slug, cards)
    if likely is None:
        try:
            near = gazetteer().find(slug.replace("-", " ")[:100]).place.position
            likely = min(cards, key=lambda card: geodesic_km(near, card.position), default=None)
        except Refusal:
            pass  # no such place either: the list has to do
    return render_template("site/office_unknown.html", cards=cards, likely=likely), 404


def _lead() -> timedelta:
    lead: timedelta = current_app.extensions["consular"].policy.lead
    return lead
