"""Offices and services as the API writes them."""

from collections.abc import Iterable
from datetime import date, time
from typing import Any

from consular.api.answering import written
from consular.offices.cards import HoursRow, OfferRow, OfficeCard, OfficePage, ServiceInfo, SourceInfo
from consular.offices.gazetteer import Found, Place
from consular.offices.locator import Ranked
from consular.schedule.queries import ClosureAhead

CURRENCY = "PEN"


def origin_shape(found: Found | None) -> dict[str, Any] | None:
    """The place that was understood, with the others of that name."""
    if found is None:
        return None
    return {
        **place_shape(found.place),
        "precision": found.place.precision,
        "exact": found.exact,
        "alternatives": [place_shape(place) for place in found.alternatives],
    }


def place_shape(place: Place) -> dict[str, Any]:
    """A place and where it is."""
    return {
        "label": place.label,
        "kind": place.kind,
        "province": place.province,
        "region": place.region,
        "latitude": place.position.latitude,
        "longitude": place.position.longitude,
    }


def ranked_office(ranked: Ranked, *, with_next_free: bool) -> dict[str, Any]:
    """An office of a list; the next free place only when it was looked up: null means that there is none."""
    shape = {
        **office_shape(ranked.office),
        "offers": ranked.office.offers,
        "attendance": ranked.office.attendance,
        "distance_km": None if ranked.distance_km is None else round(ranked.distance_km, 1),
    }
    if with_next_free:
        shape["next_free_at"] = ranked.next_free_at and written(ranked.next_free_at)
        shape["attends_at"] = ranked.attends_at and written(ranked.attends_at)
    return shape


def office_shape(card: OfficeCard) -> dict[str, Any]:
    """What every answer says of an office."""
    return {
        "slug": card.slug,
        "name": card.name,
        "kind": card.kind,
        "status": card.status,
        "opens_on": _day(card.opens_on),
        "region": card.region,
        "city": card.city,
        "address": card.address,
        "latitude": card.position.latitude,
        "longitude": card.position.longitude,
        "location_precision": card.location_precision,
        "timezone": card.timezone,
        "languages": None if card.languages is None else list(card.languages),
        "step_free": card.step_free,
        "demonstration": card.demonstration,
        "services": list(card.services),
    }


def office_detail(
    page: OfficePage, closures: list[ClosureAhead], sources: Iterable[SourceInfo]
) -> dict[str, Any]:
    """All that is published about one office; of `sources` those that its hours and offers name."""
    named = {row.source for row in page.hours} | {row.source for row in page.offers}
    return {
        **office_shape(page.card),
        "phone": page.phone,
        "email": page.email,
        "ubigeo_inei": page.ubigeo_inei,
        "status_since": page.status_since,
        "successor": page.successor,
        "hours": [_hours(row) for row in page.hours],
        "closures": [_closure(each) for each in closures],
        "offers": [_offer(row) for row in page.offers],
        "source": _source(page.source),
        "sources": [_source(source) for source in sources if source.code in named],
        "confirmed_on": page.confirmed_on,
    }


def map_feature(ranked: Ranked, *, with_next_free: bool) -> dict[str, Any]:
    """An office as a point of GeoJSON, longitude first."""
    position = ranked.office.position
    return {
        "type": "Feature",
        "id": ranked.office.slug,
        "geometry": {"type": "Point", "coordinates": [position.longitude, position.latitude]},
        "properties": ranked_office(ranked, with_next_free=with_next_free),
    }


def service_shape(service: ServiceInfo, language: str) -> dict[str, Any]:
    """A service; `name` and `documents` in one language, everything in all of them under `texts`."""
    words = text_in(service.texts, language)
    return {
        "code": service.code,
        "name": words.get("name", service.code),
        "duration_minutes": service.duration_minutes,
        "extra_minutes": service.extra_minutes,
        "fee": None if service.fee is None else f"{service.fee:.2f}",
        "currency": CURRENCY,
        "bookable": service.bookable,
        "documents": list(words.get("documents", [])),
        "texts": service.texts,
        "source": _source(service.source),
        "confirmed_on": service.confirmed_on,
        "demonstration": service.demonstration,
    }


def text_in(texts: dict[str, dict[str, Any]], language: str) -> dict[str, Any]:
    """A service's words in a language, or in whichever it has."""
    return texts.get(language) or next(iter(texts.values()), {})


def _hours(row: HoursRow) -> dict[str, Any]:
    return {
        "service": row.service,
        "weekday": row.weekday + 1,  # ours begins at 0, ISO 8601 at 1
        "opens": _clock(row.opens),
        "closes": _clock(row.closes),
        "source": row.source,
        "confirmed_on": row.confirmed_on,
    }


def _offer(row: OfferRow) -> dict[str, Any]:
    return {
        "service": row.service,
        "offers": row.offers,
        "attendance": row.attendance,
        "source": row.source,
        "confirmed_on": row.confirmed_on,
        "demonstration": row.demonstration,
    }


def _closure(closure: ClosureAhead) -> dict[str, Any]:
    return {
        "day": closure.day.isoformat(),
        "from_time": None if closure.from_time is None else _clock(closure.from_time),
        "to_time": None if closure.to_time is None else _clock(closure.to_time),
        "kind": closure.kind,
        "reason": closure.reason,
    }


def _source(source: SourceInfo) -> dict[str, Any]:
    return {
        "code": source.code,
        "title": source.title,
        "url": source.url,
        "consulted_on": source.consulted_on,
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _clock(hour: time) -> str:
    return hour.strftime("%H:%M")
