"""Dates, times, distances and money read as people say them, in both languages."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from flask import Flask

from consular.foundation import clock
from consular.web import formats
from consular.web.languages import speaking

FIRST = date(2026, 12, 1)
AT = datetime(2026, 12, 1, 14, 30, tzinfo=UTC)  # 9:30 in Lima


def test_a_day_is_said_with_its_weekday() -> None:
    assert formats.day_words(FIRST, "es") == "martes 1 de diciembre"
    assert formats.day_words(FIRST, "en") == "Tuesday 1 December"
    assert formats.day_words(FIRST, "es", year=True) == "martes 1 de diciembre de 2026"


def test_a_span_says_once_what_its_days_share() -> None:
    assert formats.days_words(FIRST, date(2026, 12, 4), "en") == ("Tuesday 1", "Friday 4 December")
    assert formats.days_words(date(2026, 11, 30), FIRST, "en") == ("Monday 30 November", "Tuesday 1 December")
    assert formats.days_words(FIRST, date(2027, 12, 1), "es") == (
        "martes 1 de diciembre de 2026",
        "miércoles 1 de diciembre de 2027",
    )


def test_a_row_has_a_short_day() -> None:
    assert formats.day_short(FIRST, "es") == "mar 1 dic"
    assert formats.day_short(FIRST, "en") == "Tue 1 Dec"


def test_an_instant_is_told_on_the_clock_of_its_office() -> None:
    assert formats.moment_words(AT, "America/Lima", "es") == "martes 1 de diciembre, 9:30 a. m."
    assert formats.moment_words(AT, "Europe/Madrid", "en") == "Tuesday 1 December, 3:30 pm"


@pytest.mark.parametrize(
    ("hour", "words", "short"),
    [
        (4, "martes 1 de diciembre, 9:30 a. m.", "mar 1 dic, 9:30 a. m."),  # still the day before in Lima
        (5, "hoy, martes 1 de diciembre, 9:30 a. m.", "hoy, mar 1 dic, 9:30 a. m."),
    ],
)
def test_a_near_one_of_today_is_said_to_be(app: Flask, hour: int, words: str, short: str) -> None:
    with clock.stopped(AT.replace(hour=hour, minute=0)), app.test_request_context(), speaking("es"):
        assert formats.moment_words(AT, "America/Lima", "es", near=True) == words
        assert formats.moment_short(AT, "America/Lima", "es", near=True) == short
        assert formats.moment_short(AT, "America/Lima", "es") == "mar 1 dic, 9:30 a. m."


def test_the_day_is_that_of_the_office_not_of_the_server() -> None:
    late = datetime(2026, 12, 2, 3, 0, tzinfo=UTC)
    assert formats.moment_short(late, "America/Lima", "es") == "mar 1 dic, 10:00 p. m."


@pytest.mark.parametrize(
    ("moment", "full", "short"),
    [
        (time(0, 0), "12:00 a. m.", "12 a. m."),
        (time(12, 0), "12:00 p. m.", "12 p. m."),
        (time(18, 0), "6:00 p. m.", "6 p. m."),
        (time(9, 5), "9:05 a. m.", "9:05 a. m."),
    ],
)
def test_twelve_hours_and_no_needless_minutes(moment: time, full: str, short: str) -> None:
    assert formats.time_words(moment, "es") == full
    assert formats.time_words(moment, "es", short=True) == short


def test_a_month_of_confirmation_and_a_day_of_it() -> None:
    assert formats.confirmed_words("2026-06", "es") == "junio de 2026"
    assert formats.confirmed_words("2026-06-12", "es") == "12 de junio de 2026"
    assert formats.confirmed_words("2026-06-12", "en") == "12 June 2026"


def test_distances_promise_no_false_precision(app: Flask) -> None:
    with app.app_context(), speaking("es"):
        assert formats.distance(0.4, "es") == "menos de 1 km"
        assert formats.distance(3.44, "es") == "3.4 km"
        assert formats.distance(9.96, "es") == "10 km"
        assert formats.distance(1234.5, "es") == "1,234 km"


def test_money_in_soles(app: Flask) -> None:
    with app.app_context(), speaking("es"):
        assert formats.money(Decimal("31.00"), "es") == "S/ 31"
        assert formats.money(Decimal("31.50"), "es") == "S/ 31.50"
        assert formats.money(0, "es") == "gratis"


def test_minutes_become_hours(app: Flask) -> None:
    with app.app_context(), speaking("es"):
        assert [formats.minutes_words(n) for n in (1, 15, 60, 90)] == [
            "1 minuto",
            "15 minutos",
            "1 hora",
            "1 h 30 min",
        ]


def test_no_message_pays_double_for_a_space() -> None:
    written = [formats.moment_words(AT, "America/Lima", code) for code in ("es", "en")]
    assert all("\u00a0" not in text and "\u202f" not in text for text in written)
