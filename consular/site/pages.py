"""Pages about the service itself, and the way in: `/` leads to the reader's language."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from consular.offices.queries import OfficeCard, office_list, sources
from consular.web.guards import public
from consular.web.languages import localised, preferred_language


def add_pages(door: Blueprint) -> None:
    """Give the door its addresses."""
    door.add_url_rule("/", "way_in", way_in)
    localised(door, "about", {"es": "/es/acerca", "en": "/en/about"}, about)
    localised(door, "privacy", {"es": "/es/datos-personales", "en": "/en/privacy"}, privacy)
    localised(door, "accessibility", {"es": "/es/accesibilidad", "en": "/en/accessibility"}, accessibility)


@public
def way_in() -> ResponseReturnValue:
    """Go to the home page in the language that the browser asks for."""
    answer = redirect(url_for("site.home", language=preferred_language().code), 302)
    answer.headers["Vary"] = "Accept-Language"
    return answer


@public
def about() -> ResponseReturnValue:
    """What this is, who runs it, and where each fact comes from."""
    cards = office_list()
    return render_template("site/about.html", sources=sources(), offices=len(cards), gaps=gaps(cards))


def gaps(cards: Sequence[OfficeCard]) -> dict[str, int]:
    """Of how many offices each fact is not known."""
    return {
        "address": sum(card.address is None for card in cards),
        "door": sum(card.location_precision != "address" for card in cards),
        "step_free": sum(card.step_free == "unknown" for card in cards),
        "languages": sum(not card.languages for card in cards),
        "opening": sum(card.status == "announced" and card.opens_on is None for card in cards),
    }


@public
def privacy() -> ResponseReturnValue:
    """What is asked of a citizen, why, and for how long it is kept."""
    return render_template("site/privacy.html")


@public
def accessibility() -> ResponseReturnValue:
    """What works for whom, and how to tell us what does not."""
    return render_template("site/accessibility.html")
