"""The filters of a search that are on, in words, each with the address of the same search without it."""

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext

from consular.site.forms import SearchForm, kind_words, language_words
from consular.web.formats import day_words
from consular.web.languages import current_language


@dataclass(frozen=True)
class ActiveFilter:
    """One filter: `wish` is the name by which the ranking says that it leaves nobody."""

    wish: str
    text: str
    without: str


def active_filters(form: SearchForm) -> list[ActiveFilter]:
    """Those that are on, in the order of the form."""
    found = []
    if form.days:
        found.append(_filter(form, "days", _days_in_words(form), "from", "to"))
    if form.language.data:
        language = language_words()[form.language.data]
        found.append(_filter(form, "language", gettext("In %(language)s", language=language), "spoken"))
    if form.kind.data:
        found.append(_filter(form, "kinds", kind_words()[form.kind.data], "kind"))
    if form.step_free.data:
        found.append(_filter(form, "step_free", gettext("Without steps"), "step_free"))
    return found


def _filter(form: SearchForm, wish: str, text: str, *names: str) -> ActiveFilter:
    return ActiveFilter(wish, text, url_for("site.offices", **form.asked(*names)))


def _days_in_words(form: SearchForm) -> str:
    days, language = form.days, current_language().code
    first = day_words(days.first, language) if days and days.first else None
    last = day_words(days.last, language) if days and days.last else None
    if first and last:
        return gettext("From %(first)s to %(last)s", first=first, last=last)
    if first:
        return gettext("From %(first)s on", first=first)
    return gettext("Until %(last)s", last=last)
