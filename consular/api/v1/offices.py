"""Offices and services: the list near a place, one office, the map's list, what is done there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Response, url_for

from consular.api.answering import GEOJSON, shared_answer
from consular.api.v1 import answers
from consular.api.v1.blueprint import v1
from consular.api.v1.described import shared
from consular.api.v1.inputs import OfficeFilter, OfficePage
from consular.api.v1.office_shapes import (
    map_feature,
    office_detail,
    origin_shape,
    ranked_office,
    service_shape,
)
from consular.api.v1.policy import policy
from consular.foundation.clock import now
from consular.offices import locator
from consular.offices import queries as offices
from consular.offices.cards import OfficeCard
from consular.offices.gazetteer import Found
from consular.offices.locator import Ranking
from consular.schedule.queries import closures_ahead, first_free
from consular.web.guards import api_open
from consular.web.languages import preferred_language
from consular.web.places import locate

FACTS_MAX_AGE = 300  # seconds that published facts may be kept; what is free may not be kept at all


@dataclass(frozen=True)
class _Answered:
    """What both forms of the list are written from. `looked_up`: whether next free places are in it."""

    as_of: datetime
    origin: Found | None
    ranking: Ranking
    looked_up: bool

    @property
    def max_age(self) -> int | None:
        return None if self.looked_up else FACTS_MAX_AGE


@v1.get("/offices")
@api_open
@v1.input(OfficePage, location="query", arg_name="asked")
@v1.output(answers.OfficeList, headers=answers.SharedHeaders)
@v1.doc(
    tags=["Offices"],
    responses=shared("place-unknown", "position-outside-earth", "service-unknown", "invalid-input"),
)
def list_offices(asked: OfficePage) -> Response:
    """The offices near a place, each with its next free place

    Ranked by distance from `near`, or by the next free place; by slug when neither is given. An office
    that does not offer the `service` is left out; one of which nobody knows stays, with `offers: unknown`.
    """
    found = _ranked(asked)
    page = found.ranking.answers[asked.offset : asked.offset + asked.limit]
    shown = {"with_next_free": found.looked_up}
    content = {
        "origin": origin_shape(found.origin),
        "total": len(found.ranking.answers),
        "offices": [ranked_office(each, **shown) for each in page],
        "announced": [ranked_office(each, **shown) for each in found.ranking.announced],
    }
    response = shared_answer(content, as_of=found.as_of, max_age=found.max_age)
    if asked.offset + asked.limit < len(found.ranking.answers):
        asked_again = asked.model_dump(exclude_none=True) | {"offset": asked.offset + asked.limit}
        response.headers["Link"] = f'<{url_for("api_v1.list_offices", **asked_again)}>; rel="next"'
    return response


@v1.get("/offices.geojson")
@api_open
@v1.input(OfficeFilter, location="query", arg_name="asked")
@v1.output(answers.FeatureCollection, content_type=GEOJSON, headers=answers.SharedHeaders)
@v1.doc(
    tags=["Offices"],
    responses=shared("place-unknown", "position-outside-earth", "service-unknown", "invalid-input"),
)
def map_offices(asked: OfficeFilter) -> Response:
    """The same offices as points of a map (GeoJSON)

    All of them on one page, the announced ones last.
    """
    found = _ranked(asked)
    everything = [*found.ranking.answers, *found.ranking.announced]
    features = [map_feature(each, with_next_free=found.looked_up) for each in everything]
    content = {"type": "FeatureCollection", "features": features}
    return shared_answer(content, max_age=found.max_age, media_type=GEOJSON)


@v1.get("/offices/<string:slug>")
@api_open
@v1.output(answers.OfficeDetail, headers=answers.SharedHeaders)
@v1.doc(tags=["Offices"], responses=shared("office-unknown"))
def show_office(slug: str) -> Response:
    """One office: hours, closures, services, and who says so

    Hours are published facts in local time; what can be booked are its slots.
    """
    page = offices.office_page(slug)
    closures = closures_ahead(page.card.id, page.card.timezone, now())
    return shared_answer(office_detail(page, closures), max_age=FACTS_MAX_AGE)


@v1.get("/services")
@api_open
@v1.output(answers.ServiceList, headers=answers.SharedHeaders)
@v1.doc(tags=["Offices"], responses=shared())
def list_services() -> Response:
    """What is done at the offices: fee, minutes, what to bring

    `name` and `documents` are in the language of Accept-Language, Spanish by default.
    """
    language = preferred_language().code
    content = {"services": [service_shape(each, language) for each in offices.services()]}
    response = shared_answer(content, max_age=FACTS_MAX_AGE)
    response.headers["Content-Language"] = language
    response.vary.add("Accept-Language")
    return response


def _ranked(asked: OfficeFilter) -> _Answered:
    """Steps of the locator: place, offices, next free places (when the question needs them), ranking."""
    instant = now()
    origin = locate(asked.near) if asked.near is not None else None
    cards = _speaking(asked.language, offices.office_list(asked.service))
    position = origin.place.position if origin is not None else None
    looked_up = bool(asked.near or asked.service or asked.sort == "soonest")
    free = first_free(asked.service, instant, policy().lead) if looked_up else {}
    ranking = locator.ranking(position, cards, free, sort=asked.sort or "distance")
    return _Answered(instant, origin, ranking, looked_up)


def _speaking(language: str | None, cards: Iterable[OfficeCard]) -> list[OfficeCard]:
    """Offices that may attend in a language: an office whose languages are unknown may."""
    return [
        card for card in cards if language is None or card.languages is None or language in card.languages
    ]
