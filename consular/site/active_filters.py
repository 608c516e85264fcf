"""The filters of a search that are on, in words, each with the address of the same search without it."""

from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext

from consular.schedule.first_free import Days
from consular.site.forms import SearchForm, kind_words, language_words
from consular.web.formats import day_words, days_words
from consular.web.languages import current_language


@dataclass(frozen=True)
class ActiveFilter:
    """One filter: `wish` is the name by which the ranking says that it leaves nobody.

    `loosen` offers the search without it, as one would say it.
    """

    wish: str
    text: str
    loosen: str
    without: str


def active_filters(form: SearchForm, today: date) -> list[ActiveFilter]:
    """Those that are on, in the order of the form. Days of another year than today's are said with theirs."""
    found = []
    if form.days:
        without = url_for("site.offices", **form.asked("from", "to"))
        words = _days_in_words(form.days, today)
        found.append(ActiveFilter("days", words, gettext("Search on any day"), without))
    if form.language.data:
        language = language_words()[form.language.data]
        found.append(_filter(form, "language", gettext("In %(language)s", language=language), "spoken"))
    if form.kind.data:
        found.append(_filter(form, "kinds", kind_words()[form.kind.data], "kind"))
    if form.step_free.data:
        found.append(_filter(form, "step_free", gettext("Without steps"), "step_free"))
    return found


def _filter(form: SearchForm, wish: str, text: str, name: str) -> ActiveFilter:
    loosen = gettext("Search without “%(filter)s”", filter=text)
    return ActiveFilter(wish, text, loosen, url_for("site.offices", **form.asked(name)))


def _days_in_words(days: Days, today: date) -> str:
    language = current_language().code

    def said(day: date) -> str:
        return day_words(day, language, year=day.year != today.year)

    if days.first and days.first == days.last:
        return gettext("On %(day)s", day=said(days.first))
    if days.first and days.last:
        first, last = days_words(days.first, days.last, language, year=days.last.year != today.year)
        return gettext("From %(first)s to %(last)s", first=first, last=last)
    if days.first:
        return gettext("From %(first)s on", first=said(days.first))
    return gettext("Until %(last)s", last=said(days.last or today))
