"""What the message says to somebody who reported a mistake, once the staff have looked at it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from consular.web.fact_words import fact_words, outcome_words
from consular.web.formats import day_words, local

_OFFICE = "site.office"


def correction_answered(values: Mapping[str, Any], language: str) -> tuple[dict[str, Any], None]:
    """The words of `correction-answered`; nothing is attached.

    What was reported is not repeated: anybody may type anybody's address in the form, and the message must
    not carry a stranger's text under the ministry's name.
    """
    public_url = current_app.extensions["consular"].public_url
    return {
        "language": language,
        "office": values["office"],
        "fact": fact_words(values["fact"]),
        "outcome": outcome_words(values["outcome"]),
        "note": values["note"],
        "day": day_words(_day(values), language, year=True),
        "link": _address(public_url, values["slug"], language),
        "home": f"{public_url}/{language}",
    }, None


def _day(values: Mapping[str, Any]) -> date:
    return local(datetime.fromisoformat(values["received_at"]), values["timezone"]).date()


def _address(public_url: str, slug: str, language: str) -> str:
    """The office's page, built from the site's own routes; a worker serves no request."""
    public = urlsplit(public_url)
    routes = current_app.url_map.bind(public.netloc, script_name=public.path or "/", url_scheme=public.scheme)
    return routes.build(_OFFICE, {"language": language, "slug": slug}, force_external=True)
