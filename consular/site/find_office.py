"""Finding an office: the search and the ranked list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from consular.appointments.rules import Policy
from consular.foundation import clock
from consular.foundation.geography import PositionOutsideEarth
from consular.offices import locator
from consular.offices.cards import ServiceInfo
from consular.offices.catalogue import Catalogue, catalogue
from consular.offices.gazetteer import Found, PlaceUnknown, PositionSwapped
from consular.schedule.nearby import Question, nearby
from consular.schedule.versions import Version, version_of_country
from consular.site.active_filters import active_filters
from consular.site.forms import SearchForm
from consular.site.kept_pages import kept_page
from consular.site.paused import paused_near
from consular.site.unconfirmed import unconfirmed
from consular.web.guards import public
from consular.web.languages import localised
from consular.web.places import geocoding_service, locate

NEAREST_SHOWN = 10
NO_ARGUMENTS: frozenset[str] = frozenset()
SEARCHED = frozenset(("near", "service", "sort", "spoken", "step_free", "kind", "from", "to", "all"))
COUNTRY_ZONE = "America/Lima"
# Nobody in the country is so far from every office: who is, lives abroad or mistook a sign.
FAR_KM = 900
# A place so much earlier than the nearest office's is worth saying before the list.
WORTH_SAYING = timedelta(days=7)
# A day or two more are better than another night on a bus.
AS_SOON = timedelta(days=2)


@dataclass(frozen=True)
class Search:
    """A search as its page shows it. `service` and `found` are None when they were not asked for."""

    form: SearchForm
    services: Sequence[ServiceInfo]
    service: ServiceInfo | None = None
    found: Found | None = None


def add_pages(door: Blueprint) -> None:
    """Give the door its addresses."""
    localised(door, "home", {"es": "/es", "en": "/en"}, home)
    localised(door, "offices", {"es": "/es/oficinas", "en": "/en/offices"}, offices)


@public
def home() -> ResponseReturnValue:
    """The search form, and every office on a map and in a list."""
    return kept_page(lambda: version_of_country(clock.now()), NO_ARGUMENTS, _home)


def _home(version: Version | None) -> str:
    known = catalogue(version.facts if version else None)
    form = SearchForm()
    form.offer(known.services)
    cards = [card for card in known.offices if card.status in ("open", "announced")]
    return render_template("site/home.html", form=form, cards=cards, this_day=_this_day())


@public
def offices() -> ResponseReturnValue:
    """The offices for a place and a service, by distance, by who attends soonest, or by both."""
    return kept_page(lambda: version_of_country(clock.now()), SEARCHED, _offices)


def _offices(version: Version | None) -> ResponseReturnValue:
    known = catalogue(version.facts if version else None)
    listed = known.services
    form = SearchForm(request.args)
    form.offer(listed)
    if not form.validate():
        return _search_again(Search(form, listed), 422)
    try:
        found = locate(form.near.data) if form.near.data else None
    except PlaceUnknown as refusal:
        form.near.errors = [_not_found_words(refusal)]
        return _search_again(Search(form, listed), refusal.status, refusal.facts.get("suggestions"))
    except PositionOutsideEarth as refusal:
        form.near.errors = [gettext("There is no such position: latitude goes to 90 and longitude to 180")]
        return _search_again(Search(form, listed), refusal.status)
    service = next((each for each in listed if each.code == form.service.data), None)
    page = _results(known, version, Search(form, listed, service, found))
    # A service of addresses may know tomorrow what it does not know today.
    return page if found is None or found.exact or geocoding_service() is None else (page, 200)


def _not_found_words(refusal: PlaceUnknown) -> str:
    if isinstance(refusal, PositionSwapped):
        return gettext("That position is far from the country: write the latitude first, then the longitude")
    return gettext("We do not know that place. Check how it is written, or try a larger town")


def _results(known: Catalogue, version: Version | None, search: Search) -> str:
    form, origin = search.form, search.found.place.position if search.found else None
    found = nearby(
        known,
        origin,
        Question(search.service.code if search.service else None, form.wishes, form.days, form.order),
        clock.now(),
        _policy().lead,
        version=version,
        limit=None if origin is None or request.args.get("all") else NEAREST_SHOWN,
        with_openings=True,
    )
    nearest_km = min((each.distance_km or 0 for each in found.answers), default=0)
    return render_template(
        "site/results.html",
        search=search,
        form=form,
        ranking=found,
        unconfirmed=unconfirmed(found),
        filters=active_filters(form, _this_day()),
        far_km=nearest_km if nearest_km > FAR_KM else None,
        sooner=much_sooner(found.answers) if origin and form.order == "distance" else None,
        paused=paused_near(known.offices, known.offered.get(form.service.data, {}), origin, found.answers),
        this_day=_this_day(),
        open_until=_this_day() + timedelta(days=_policy().horizon_days),
    )


def much_sooner(answers: Sequence[locator.Ranked]) -> locator.Ranked | None:
    """Of the offices nearest first, the one to name before them because the nearest makes people wait.

    It is the nearest of those with a place within two days of the earliest one. None when the nearest office
    has a place less than a week after it, attends without appointment, or when nobody has any place.
    """
    free = [(each.next_free_at, each) for each in answers if each.next_free_at]
    if not free or answers[0].office.attendance == "walk-in":
        return None
    earliest = min(at for at, _ in free)
    at, sooner = next((at, each) for at, each in free if at <= earliest + AS_SOON)
    nearest = answers[0].next_free_at
    return sooner if nearest is None or nearest - at >= WORTH_SAYING else None


def _search_again(search: Search, status: int, suggestions: object = ()) -> ResponseReturnValue:
    page = render_template(
        "site/search_again.html", search=search, form=search.form, suggestions=suggestions or ()
    )
    return page, status


def _this_day() -> date:
    """Today in the country whose offices these are, for lists that cross offices."""
    return clock.day_in(COUNTRY_ZONE, clock.now())


def _policy() -> Policy:
    policy: Policy = current_app.extensions["consular"].policy
    return policy
