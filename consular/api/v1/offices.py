"""Offices and services: the list near a place, one office, the map's list, what is done there."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, url_for

from consular.api.answering import GEOJSON, shared_answer
from consular.api.v1 import answers
from consular.api.v1.blueprint import v1
from consular.api.v1.described import shared
from consular.api.v1.office_shapes import (
    map_feature,
    office_detail,
    origin_shape,
    ranked_office,
    service_shape,
)
from consular.api.v1.parameters import OfficeFilter, OfficePage
from consular.api.v1.policy import policy
from consular.api.v1.slots import FIRST_YEAR, LAST_YEAR, DaysOutOfRange
from consular.foundation.clock import now
from consular.offices import queries as offices
from consular.offices.catalogue import catalogue
from consular.offices.gazetteer import Found
from consular.offices.locator import Wishes
from consular.schedule.first_free import Days
from consular.schedule.nearby import Nearby, Question, nearby
from consular.schedule.queries import closures_ahead
from consular.web.guards import api_open
from consular.web.languages import preferred_language
from consular.web.places import locate

FACTS_MAX_AGE = 300  # seconds that published facts may be kept; what is free may not be kept at all

MAY_ANSWER = (
    "place-unknown",
    "position-swapped",
    "position-outside-earth",
    "service-unknown",
    "days-out-of-range",
)


@dataclass(frozen=True)
class _Answered:
    """What both forms of the list are written from. `looked_up`: whether next free places are in it."""

    as_of: datetime
    origin: Found | None
    found: Nearby
    looked_up: bool

    @property
    def max_age(self) -> int | None:
        return None if self.looked_up else FACTS_MAX_AGE


@v1.get("/offices")
@api_open
@v1.input(OfficePage, location="query", arg_name="asked")
@v1.output(answers.OfficeList, headers=answers.SharedHeaders)
@v1.doc(tags=["Offices"], responses=shared(*MAY_ANSWER))
def list_offices(asked: OfficePage) -> Response:
    """The offices near a place, each with its next free place

    Ranked by distance from `near`, by the next free place, or by both; by slug when neither is given. An office
    that does not offer the `service` is left out; one of which nobody knows stays, with `offers: unknown`.
    """
    answered = _ranked(asked, asked.limit, asked.offset)
    found, shown = answered.found, {"with_next_free": answered.looked_up}
    content = {
        "origin": origin_shape(answered.origin),
        "total": found.total,
        "offices": [ranked_office(each, **shown) for each in found.answers],
        "announced": [ranked_office(each, **shown) for each in found.announced],
    }
    response = shared_answer(content, as_of=answered.as_of, max_age=answered.max_age)
    following = asked.offset + asked.limit
    if following < found.total:
        again = asked.model_dump(mode="json", by_alias=True, exclude_none=True) | {"offset": following}
        response.headers["Link"] = f'<{url_for("api_v1.list_offices", **again)}>; rel="next"'
    return response


@v1.get("/offices.geojson")
@api_open
@v1.input(OfficeFilter, location="query", arg_name="asked")
@v1.output(answers.FeatureCollection, content_type=GEOJSON, headers=answers.SharedHeaders)
@v1.doc(tags=["Offices"], responses=shared(*MAY_ANSWER))
def map_offices(asked: OfficeFilter) -> Response:
    """The same offices as points of a map (GeoJSON)

    All of them on one page, the announced ones last.
    """
    answered = _ranked(asked)
    everything = [*answered.found.answers, *answered.found.announced]
    features = [map_feature(each, with_next_free=answered.looked_up) for each in everything]
    content = {"type": "FeatureCollection", "features": features}
    return shared_answer(content, max_age=answered.max_age, media_type=GEOJSON)


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
    return shared_answer(office_detail(page, closures, offices.sources()), max_age=FACTS_MAX_AGE)


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


def _ranked(asked: OfficeFilter, limit: int | None = None, offset: int = 0) -> _Answered:
    """Where, then which offices and what is free there (when the question needs it)."""
    instant = now()
    origin = locate(asked.near) if asked.near is not None else None
    days = _days(asked)
    looked_up = bool(asked.near or asked.service or days or asked.sort in ("soonest", "within-reach"))
    kinds = (asked.kind,) if asked.kind else ()
    question = Question(
        asked.service, Wishes(asked.language, asked.step_free == "yes", kinds), days, asked.sort or "distance"
    )
    found = nearby(
        catalogue(),
        origin.place.position if origin is not None else None,
        question,
        instant,
        policy().lead,
        limit=limit,
        offset=offset,
        look_up=looked_up,
    )
    return _Answered(instant, origin, found, looked_up)


def _days(asked: OfficeFilter) -> Days | None:
    given = [day for day in (asked.first_day, asked.last_day) if day is not None]
    if any(not FIRST_YEAR <= day.year <= LAST_YEAR for day in given):
        raise DaysOutOfRange(reason="years")
    if given != sorted(given):
        raise DaysOutOfRange(reason="order")
    return Days(asked.first_day, asked.last_day) if given else None
