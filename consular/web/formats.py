"""Dates, times, distances and money in words: one renderer for pages, messages and calendar files.

Plain spaces only: a no-break space would double the price of an SMS. Every function takes the language's
code; the page's filters (`install_formats`) give the current one.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask
from flask_babel import gettext, ngettext

from consular.foundation.clock import now
from consular.web.languages import current_language, language_named

# How a day is said. CLDR's own patterns put commas and capitals where nobody says them.
_PATTERNS = {
    "en": {
        "day": "EEEE d MMMM",
        "day_year": "EEEE d MMMM y",
        "short": "EEE d MMM",
        "month": "MMMM y",
        "number": "EEEE d",
    },
    "es": {
        "day": "EEEE d 'de' MMMM",
        "day_year": "EEEE d 'de' MMMM 'de' y",
        "short": "EEE d MMM",
        "month": "MMMM 'de' y",
        "number": "EEEE d",
    },
}


def _pattern(language: str, name: str) -> str:
    return _PATTERNS.get(language, _PATTERNS["es"])[name]


# A list says the same few days and distances again and again, and CLDR's patterns are slow to fill in.
@lru_cache(maxsize=4096)
def _written(day: date, name: str, language: str) -> str:
    chosen = language_named(language)
    return format_date(day, _pattern(chosen.code, name), locale=chosen.formats)


def day_words(day: date, language: str, *, year: bool = False) -> str:
    """`martes 1 de diciembre`, `Tuesday 1 December`; with the year when it is asked for."""
    return _written(day, "day_year" if year else "day", language)


def days_words(first: date, last: date, language: str, *, year: bool = False) -> tuple[str, str]:
    """The two ends of a span, for a sentence to join: what they share is said once, at the end.

    `miércoles 1`, `domingo 5 de diciembre`; with the year when it is asked for, or when there are two.
    """
    end = day_words(last, language, year=year or first.year != last.year)
    if (first.year, first.month) == (last.year, last.month):
        return _written(first, "number", language), end
    return day_words(first, language, year=first.year != last.year), end


def day_short(day: date, language: str) -> str:
    """`mar 1 dic`, for a row of a list."""
    return _written(day, "short", language).replace(".", "")


def month_words(day: date, language: str) -> str:
    """`diciembre de 2026`, `December 2026`."""
    return _written(day, "month", language)


def confirmed_words(day_or_month: str, language: str) -> str:
    """What `confirmed_on` means to a reader: `junio de 2026`, or the day when it is known."""
    parts = [int(part) for part in day_or_month.split("-")]
    if len(parts) == 2:
        return month_words(date(parts[0], parts[1], 1), language)
    return _written(date(*parts[:3]), "day_year", language).split(" ", 1)[1].lstrip("0")


def time_words(moment: time | datetime, language: str, *, short: bool = False) -> str:
    """`9:30 a. m.`, `9:30 am`; `short` leaves out `:00` (`6 p. m.`)."""
    hour, minute = moment.hour, moment.minute
    half = ("am", "pm") if language_named(language).code == "en" else ("a. m.", "p. m.")
    digits = f"{hour % 12 or 12}" if short and minute == 0 else f"{hour % 12 or 12}:{minute:02d}"
    return f"{digits} {half[hour >= 12]}"


def local(instant: datetime, timezone: str) -> datetime:
    """An instant on the office's clock."""
    return instant.astimezone(ZoneInfo(timezone))


def moment_words(
    instant: datetime, timezone: str, language: str, *, year: bool = False, near: bool = False
) -> str:
    """`martes 1 de diciembre, 9:30 a. m.`, in the office's zone; `near`: with `hoy` before it on that day, on pages."""
    here = local(instant, timezone)
    return _moment(day_words(here.date(), language, year=year), here, language, near)


def moment_short(instant: datetime, timezone: str, language: str, *, near: bool = False) -> str:
    """`mar 1 dic, 9:30 a. m.`, for a row of a list; `near` as for `moment_words`."""
    here = local(instant, timezone)
    return _moment(day_short(here.date(), language), here, language, near)


def _moment(day: str, here: datetime, language: str, near: bool) -> str:
    """Of today with its date all the same: a page may be printed, or looked at again tomorrow."""
    said = f"{day}, {time_words(here, language)}"
    if near and here.date() == now().astimezone(here.tzinfo).date():
        return str(gettext("today, %(moment)s", moment=said))
    return said


@lru_cache(maxsize=4096)
def number(value: float | Decimal, language: str, digits: int = 0) -> str:
    """A number with at most `digits` decimals."""
    pattern = "#,##0" + ("." + "#" * digits if digits else "")
    return format_decimal(value, format=pattern, locale=language_named(language).formats).replace("\xa0", " ")


def distance(kilometres: float, language: str) -> str:
    """`61 km`, `3.4 km` under ten, and never a false precision under one."""
    if kilometres < 1:
        return str(gettext("less than 1 km"))
    shown = number(kilometres, language, 1 if kilometres < 9.95 else 0)
    return f"{shown} km"


def money(amount: Decimal | int | float, language: str) -> str:
    """Soles: `S/ 31`, `S/ 31.50`; nothing to pay is said in words."""
    if amount == 0:
        return str(gettext("free of charge"))
    exact = Decimal(str(amount))
    pattern = "#,##0" if exact == exact.to_integral_value() else "#,##0.00"
    return f"S/ {format_decimal(exact, format=pattern, locale=language_named(language).formats)}"


def minutes_words(minutes: int) -> str:
    """`15 minutos`, `1 hora`, `1 h 30 min`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return str(ngettext("%(num)d minute", "%(num)d minutes", rest))
    if not rest:
        return str(ngettext("%(num)d hour", "%(num)d hours", hours))
    return f"{hours} h {rest} min"


def in_document_language(render: Callable[..., str]) -> Callable[..., str]:
    """The same renderer without its language: the current one is given."""

    def filtered(*values: Any, **options: Any) -> str:
        return render(*values, current_language().code, **options)

    return filtered


def install_formats(app: Flask) -> None:
    """Offer the renderers to the templates as filters of the same names."""
    for render in (
        day_words,
        day_short,
        month_words,
        confirmed_words,
        time_words,
        moment_words,
        moment_short,
        distance,
        money,
    ):
        app.jinja_env.filters[render.__name__] = in_document_language(render)
    app.jinja_env.filters["minutes_words"] = minutes_words
    app.jinja_env.filters["local_time"] = local
