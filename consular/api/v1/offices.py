"""Offices and services: the list near a place, one office, the map's list, what is done there."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, url_for

from consular.api.answering import GEOJSON, Facts, facts_of, shared_answer, shared_facts
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
from consular.schedule.versions import Version, version_of_country
from consular.web.guards import api_open
from consular.web.kept_answers import kept_answer
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
class _Moment:
    """When something is asked, and the version of then when it was read already."""

    now: datetime
    version: Version | None


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
    instant = now()
    origin = _origin(asked)
    facts, total = kept_answer(
        ("offices", asked.model_dump_json(), origin),
        version := version_of_country(instant),
        lambda: _listed(asked, _Moment(instant, version), origin),
        size=lambda answer: len(answer[0].text),
    )
    max_age = None if _looks_up(asked) else FACTS_MAX_AGE
    response = shared_facts(facts, as_of=instant, max_age=max_age)
    following = asked.offset + asked.limit
    if following < total:
        again = asked.model_dump(mode="json", by_alias=True, exclude_none=True) | {"offset": following}
        response.headers["Link"] = f'<{url_for("api_v1.list_offices", **again)}>; rel="next"'
    return response


def _listed(asked: OfficePage, moment: "_Moment", origin: Found | None) -> tuple[Facts, int]:
    """The page's facts, and how many offices there are over all pages."""
    found, shown = _ranked(asked, moment, origin, asked.limit, asked.offset), _looks_up(asked)
    content = {
        "origin": origin_shape(origin),
        "total": found.total,
        "offices": [ranked_office(each, with_next_free=shown) for each in found.answers],
        "announced": [ranked_office(each, with_next_free=shown) for each in found.announced],
    }
    return facts_of(content), found.total


@v1.get("/offices.geojson")
@api_open
@v1.input(OfficeFilter, location="query", arg_name="asked")
@v1.output(answers.FeatureCollection, content_type=GEOJSON, headers=answers.SharedHeaders)
@v1.doc(tags=["Offices"], responses=shared(*MAY_ANSWER))
def map_offices(asked: OfficeFilter) -> Response:
    """The same offices as points of a map (GeoJSON)

    All of them on one page, the announced ones last.
    """
    looked_up = _looks_up(asked)
    found = _ranked(asked, _Moment(now(), None), _origin(asked))
    features = [map_feature(each, with_next_free=looked_up) for each in [*found.answers, *found.announced]]
    content = {"type": "FeatureCollection", "features": features}
    return shared_answer(content, max_age=None if looked_up else FACTS_MAX_AGE, media_type=GEOJSON)


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


def _origin(asked: OfficeFilter) -> Found | None:
    return locate(asked.near) if asked.near is not None else None


def _looks_up(asked: OfficeFilter) -> bool:
    """Whether next free places belong to the answer."""
    ordered = asked.sort in ("soonest", "within-reach")
    return bool(asked.near or asked.service or asked.first_day or asked.last_day or ordered)


def _ranked(
    asked: OfficeFilter, moment: _Moment, origin: Found | None, limit: int | None = None, offset: int = 0
) -> Nearby:
    """Which offices, and what is free there when the question needs it."""
    days = _days(asked)
    kinds = (asked.kind,) if asked.kind else ()
    question = Question(
        asked.service, Wishes(asked.language, asked.step_free == "yes", kinds), days, asked.sort or "distance"
    )
    return nearby(
        catalogue(moment.version.facts if moment.version else None),
        origin.place.position if origin is not None else None,
        question,
        moment.now,
        policy().lead,
        version=moment.version,
        limit=limit,
        offset=offset,
        look_up=_looks_up(asked),
    )


def _days(asked: OfficeFilter) -> Days | None:
    given = [day for day in (asked.first_day, asked.last_day) if day is not None]
    if any(not FIRST_YEAR <= day.year <= LAST_YEAR for day in given):
        raise DaysOutOfRange(reason="years")
    if given != sorted(given):
        raise DaysOutOfRange(reason="order")
    return Days(asked.first_day, asked.last_day) if given else None
