"""Carries the answer of the guided path in the addresses, from the search to the appointment.

A public code and nothing personal (`?guidance=birth-municipality.es`). Every link and form of the way gets it
by itself, so that no page on it needs to know.
"""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, g, has_request_context, request

from consular.foundation import clock
from consular.offices.country_names import country_name
from consular.offices.guidance import Answer, Chain, Country, GuidanceCode, answer
from consular.offices.guidance_queries import guidance_for
from consular.web.languages import current_language

PARAMETER = "guidance"
COUNTRY_ZONE = "America/Lima"
# The way from the search to the confirmation: choosing an office, a time, and saying who comes.
_WAY = frozenset(
    f"site.{endpoint}"
    for endpoint in (
        "offices",
        "office",
        "choose_time",
        "hold_time",
        "leave_time",
        "details",
        "check",
        "confirm",
    )
)


@dataclass(frozen=True)
class Guidance:
    """A finished path as pages show it: what the paper is, where it goes, and what it needs.

    `country_name` is in the page's language; None when no country was said or none matters.
    """

    code: GuidanceCode
    chain: Chain
    country: Country | None
    country_name: str | None
    answer: Answer


def install(door: Blueprint) -> None:
    """Let the door's addresses carry the code, and its templates read it."""
    door.url_defaults(_carry)
    door.add_app_template_global(guidance_shown, "guidance_shown")
    door.add_app_template_global(asked_code, "guidance_code")


def asked_code() -> GuidanceCode | None:
    """The code that this page's address carries; one that is no code counts as none."""
    return GuidanceCode.read(request.args.get(PARAMETER)) if has_request_context() else None


def guidance_shown(service: str | None, written: str | None = None) -> Guidance | None:
    """What a code stands for on a page about that service. Two statements, and none without a code.

    written: the code that a booking keeps; else the one of this page's address.
    """
    code = GuidanceCode.read(written) if written else asked_code()
    if code is None or service is None:
        return None
    kept: dict[tuple[str, str, str], Guidance | None] = g.setdefault("guidance", {})
    asked = (str(code), service, current_language().code)
    if asked not in kept:
        kept[asked] = _read(code, service)
    return kept[asked]


def guidance_of(code: GuidanceCode, chain: Chain, country: Country | None, *, digital: bool) -> Guidance:
    """The path's end for these answers, today, in the page's language."""
    today = clock.day_in(COUNTRY_ZONE, clock.now())
    named = country_name(country.code, current_language().formats) if country else None
    return Guidance(code, chain, country, named, answer(chain, country, digital=digital, on=today))


def _read(code: GuidanceCode, service: str) -> Guidance | None:
    found = guidance_for(code, service)
    return guidance_of(code, *found, digital=False) if found else None


def _carry(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint in _WAY and PARAMETER not in values and (code := asked_code()):
        values[PARAMETER] = str(code)
