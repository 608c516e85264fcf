"""One office in the words of schema.org, for search engines: only what is known, nothing of what is guessed."""

from collections.abc import Iterable, Mapping
from typing import Any

from consular.offices.cards import OfficePage, ServiceInfo
from consular.schedule.queries import ClosureAhead
from consular.web.languages import in_current_language

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_COUNTRY, _CURRENCY = "PE", "PEN"


def government_office(
    page: OfficePage,
    services: Mapping[str, ServiceInfo],
    closures: Iterable[ClosureAhead],
    address: str,
    *,
    attends: bool,
) -> dict[str, Any]:
    """A GovernmentOffice (https://schema.org/GovernmentOffice) as JSON-LD. `address` is the page's own.

    Hours and services are told only of an office that attends. Coordinates are told only when they are the
    door's: a town's middle would send people to a wrong door.
    """
    card = page.card
    told: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "GovernmentOffice",
        "@id": address,
        "url": address,
        "name": card.name,
        "address": _address(page),
        "telephone": page.phone,
        "email": page.email,
        "knowsLanguage": list(card.languages) if card.languages else None,
    }
    if card.location_precision == "address":
        told["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": card.position.latitude,
            "longitude": card.position.longitude,
        }
    if card.step_free != "unknown":
        told["amenityFeature"] = {
            "@type": "LocationFeatureSpecification",
            "name": "step-free entrance",
            "value": card.step_free == "yes",
        }
    if attends:
        told["openingHoursSpecification"] = _hours(page)
        told["specialOpeningHoursSpecification"] = [_closed(each) for each in closures if not each.from_time]
        told["makesOffer"] = _offers(page, services)
    return {name: value for name, value in told.items() if value}


def _address(page: OfficePage) -> dict[str, str]:
    card = page.card
    known = {
        "@type": "PostalAddress",
        "streetAddress": card.address,
        "addressLocality": card.city,
        "addressRegion": card.region,
        "addressCountry": _COUNTRY,
    }
    return {name: value for name, value in known.items() if value}


def _hours(page: OfficePage) -> list[dict[str, str]]:
    from_day = {"validFrom": page.card.opens_on.isoformat()} if page.card.opens_on else {}
    return [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{_DAYS[row.weekday]}",
            "opens": row.opens.strftime("%H:%M"),
            "closes": row.closes.strftime("%H:%M"),
            **from_day,
        }
        for row in page.hours
        if row.service is None
    ]


def _closed(closure: ClosureAhead) -> dict[str, str]:
    """A whole day without attention: schema.org writes it as opening and closing at midnight."""
    day = closure.day.isoformat()
    return {
        "@type": "OpeningHoursSpecification",
        "validFrom": day,
        "validThrough": day,
        "opens": "00:00",
        "closes": "00:00",
    }


def _offers(page: OfficePage, services: Mapping[str, ServiceInfo]) -> list[dict[str, Any]]:
    """What a source says is done here; what a demonstration invented is nobody's source."""
    done = [
        services[offer.service]
        for offer in page.offers
        if offer.offers == "yes" and not offer.invented and offer.service in services
    ]
    return [
        {
            "@type": "Offer",
            "itemOffered": {"@type": "GovernmentService", "name": in_current_language(each.texts)["name"]},
            **({} if each.fee is None else {"price": f"{each.fee:.2f}", "priceCurrency": _CURRENCY}),
        }
        for each in done
    ]
