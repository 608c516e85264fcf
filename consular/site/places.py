"""Places while somebody types: a short list that the page's script asks for."""

import json

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from consular.offices.places import Place
from consular.site.forms import LONGEST_PLACE, squeezed
from consular.web import limiter
from consular.web.guards import public
from consular.web.languages import localised
from consular.web.places import begun

# Fast typing asks three times a second; whole offices share an address.
ASKED_PER_ADDRESS = "1200 per minute"
KEPT = 3600  # seconds: names of places hardly change, and the next letter is asked for anew


def add_pages(door: Blueprint) -> None:
    """Give the door its addresses."""
    localised(door, "places", {"es": "/es/lugares", "en": "/en/places"}, places)


@public
@limiter.limit(ASKED_PER_ADDRESS)
def places() -> ResponseReturnValue:
    """Up to eight places whose name begins with `q`, as JSON: `{"places": [{"label", "detail"}]}`.

    `label` finds that very place. Empty for fewer than two letters; a text longer than any name is refused.
    """
    typed = squeezed(request.args.get("q"))
    if len(typed) > LONGEST_PLACE:
        return _short_answer({"places": [], "problem": gettext("No place has so long a name")}, 422)
    found = [{"label": place.label, "detail": detail(place)} for place in begun(typed)]
    response = _short_answer({"places": found}, 200)
    response.headers["Cache-Control"] = f"public, max-age={KEPT}"
    response.add_etag(weak=True)
    return response.make_conditional(request)


def _short_answer(content: dict[str, object], status: int) -> Response:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, content_type="application/json")


def detail(place: Place) -> str:
    """What sort of place it is and in which province it lies, as far as that is known and not said yet."""
    if place.kind == "region":
        return gettext("region")
    if place.kind == "province":
        return gettext("province")
    if place.province is None or place.label.startswith((f"{place.province},", f"{place.province} (")):
        return ""
    if place.kind != "district" and f"({place.province})" in place.label:
        return ""
    if place.kind == "district":
        return gettext("district of the province of %(province)s", province=place.province)
    return gettext("province of %(province)s", province=place.province)
