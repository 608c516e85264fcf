"""Choosing a procedure, a day and a time, and keeping it: what is free is said whole, what is not is said why."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from consular.foundation import clock
from consular.foundation.database import FAR_FUTURE, db, transaction
from consular.schedule.models import Closure, Seat
from consular.web.kept_answers import install_kept_answers
from tests.factories import World
from tests.page_client import PageClient
from tests.page_tree import Page
from tests.site.booking_steps import (
    AT_NINE,
    CALENDAR,
    DETAILS,
    HALF_PAST_NINE,
    HOLD,
    NINE,
    check_page,
    choose,
    day_page,
    free_at_nine,
    hour,
    take_seats,
)

Counting = Callable[[], AbstractContextManager[Any]]


def _said(page: Page, day: int) -> str:
    """What a screen reader says of a day of the calendar."""
    named = [
        element.one(class_="hidden-words").text
        for element in page.all(class_="day")
        if element.text.startswith(str(day))
        and element.one("span", **{"aria-hidden": "true"}).text == str(day)
    ]
    assert len(named) == 1
    return named[0]


# --- Choosing -------------------------------------------------------------------------------------


def test_without_a_procedure_the_page_asks_which(client: PageClient, world: World) -> None:
    page = client.get("/es/oficinas/cusco/cita")
    links = [link["href"] for link in page.all("a", class_="choices__link")]
    assert links == [
        "/es/oficinas/cusco/cita?service=apostille",
        "/es/oficinas/cusco/cita?service=legalisation",
    ]


def test_an_office_without_procedures_says_so(client: PageClient, world: World) -> None:
    page = client.get("/es/oficinas/ancash/cita")
    assert "todavía no da citas" in page.heading


def test_a_day_is_said_whole(app: Flask, client: PageClient, world: World) -> None:
    with app.app_context(), transaction():
        db.session.add(
            Closure(office_id=None, day=date(2026, 12, 8), kind="holiday", reason="Inmaculada Concepción")
        )
        db.session.execute(
            update(Seat)
            .where(Seat.starts_at >= datetime(2026, 12, 8, tzinfo=UTC))
            .where(Seat.starts_at < datetime(2026, 12, 9, tzinfo=UTC))
            .values(hold="withdrawn", free_from=FAR_FUTURE - timedelta(days=400))
        )
    late = AT_NINE + timedelta(minutes=15)
    take_seats(app, Seat.starts_at >= late, Seat.starts_at < AT_NINE + timedelta(days=1))
    page = client.get(f"{CALENDAR}&month=2026-12")
    assert _said(page, 1) == "martes 1 de diciembre: 2 cupos libres"
    assert _said(page, 2) == "miércoles 2 de diciembre: 24 cupos libres"
    assert _said(page, 5) == "sábado 5 de diciembre: sin cupos"
    assert _said(page, 8) == "martes 8 de diciembre: sin atención, Inmaculada Concepción"
    assert "day--few" in page.one("a", href=f"{CALENDAR}&day=2026-12-01#times").get("class")


def test_the_month_turns_only_where_the_calendar_is_open(client: PageClient, world: World) -> None:
    first = client.get(f"{CALENDAR}&month=2026-11")
    assert not first.all("a", rel="prev")
    months = 0
    page = first
    while following := page.all("a", rel="next"):
        page = client.get(following[0]["href"])
        months += 1
    assert months == 2  # 60 days after 30 November is in January
    assert client.get(f"{CALENDAR}&month=2031-01").one(id="month").text == page.one(id="month").text


def test_a_longer_procedure_needs_two_slots(client: PageClient, world: World) -> None:
    page = client.get("/es/oficinas/cusco/cita?service=legalisation&day=2026-12-01")
    assert len(page.all("button", class_="time")) == 11  # twelve quarters of an hour, two at a time


def test_a_full_office_says_until_when_and_where_else(app: Flask, client: PageClient, world: World) -> None:
    take_seats(app)
    page = client.get(CALENDAR)
    assert "29 de enero" in page.one(id="full").text
    other = page.one(class_="elsewhere")
    assert "Tacna" in other.text
    assert "km" in other.text
    assert "30 nov" in other.text
    client.get(other.one("a")["href"].split("#")[0])


def test_an_announced_office_says_so_and_shows_others(client: PageClient, world: World) -> None:
    page = client.get("/es/oficinas/ancash/cita?service=apostille")
    assert "todavía no abre" in page.heading
    assert len(page.one(class_="elsewhere").all("a")) == 2


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("day=2026-02-30", 400),
        ("day=hoy", 400),
        ("day=2026-12-1", 400),
        ("day=٢٠٢٦-١٢-٠١", 400),
        ("month=2026-13", 400),
        ("month=0000-00", 400),
        ("month=-1", 400),
        ("day=" + "9" * 400, 400),
        ("day=%3Cscript%3Ealert(1)%3C/script%3E", 400),
        ("day=%ED%A0%80", 400),
        ("day=2026-11-29", 404),
        ("day=0001-01-01", 404),
        ("day=9999-12-31", 404),
        ("day=2026-12-01%00", 400),
        ("month=0001-01", 200),
        ("month=9999-12", 200),
    ],
)
def test_a_wrong_date_is_answered_with_the_calendar(
    client: PageClient, world: World, asked: str, status: int
) -> None:
    page = client.get(f"{CALENDAR}&{asked}", status=status)
    if "%00" not in asked:
        assert page.all(class_="day")


@pytest.mark.parametrize(
    "address",
    [
        "/es/oficinas/atlantida/cita",
        "/es/oficinas/atlantida/cita?service=apostille",
        "/es/oficinas/cusco/cita?service=nada",
        "/es/oficinas/cusco/cita?service=99999999999999999999999",
        "/es/oficinas/cusco/cita?service=%27%20OR%201=1--",
        "/es/oficinas/%ED%A0%80/cita?service=apostille",
        f"/es/oficinas/atlantida/cita/datos?service=apostille&start={NINE}",
    ],
)
def test_an_unknown_office_or_procedure_is_not_found(client: PageClient, world: World, address: str) -> None:
    client.get(address, status=404)


def test_a_month_costs_three_statements_or_one_and_a_day_three(
    app: Flask, client: PageClient, world: World, count_statements: Counting
) -> None:
    client.get(CALENDAR)
    with count_statements() as kept:
        client.get(CALENDAR)
    assert len(kept) == 1, kept
    install_kept_answers(app)
    with count_statements() as month:
        client.get(CALENDAR)
    assert len(month) == 3, month
    with count_statements() as day:
        day_page(client)
    assert len(day) == 3, day


# --- Holding --------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["reservar", "dejar", "confirmar"])
def test_what_changes_something_is_not_reached_by_a_link(client: PageClient, world: World, step: str) -> None:
    page = client.get(f"/es/oficinas/cusco/cita/{step}", status=405)
    assert "POST" in page.response.headers["Allow"]


@pytest.mark.parametrize("step", ["reservar", "dejar", "confirmar", "datos"])
def test_a_stranger_cannot_post_through_a_visitor(client: PageClient, world: World, step: str) -> None:
    client.post(f"/es/oficinas/cusco/cita/{step}", {"service": "apostille", "start": NINE}, status=400)


def test_a_time_is_kept_while_the_form_is_filled(app: Flask, client: PageClient, world: World) -> None:
    page = client.follow(choose(client))
    assert free_at_nine(app) == 1
    assert "7:12 a. m." in page.one(class_="kept__until").text  # twelve minutes from the stopped clock


def test_a_double_click_on_the_last_place_finds_what_the_first_click_held(
    app: Flask, client: PageClient, world: World
) -> None:
    take_seats(app, Seat.starts_at == AT_NINE, Seat.no == 1)
    page = day_page(client)
    client.submit(page.form(action=HOLD), status=303, button=hour(page, NINE))
    client.http.delete_cookie("draft")  # the second click left before the first answer came
    second = client.submit(page.form(action=HOLD), status=303, button=hour(page, NINE))
    assert "7:12 a. m." in client.follow(second).one(class_="kept__until").text
    assert free_at_nine(app) == 0
    # Another page is another attempt, and for somebody else the time is taken.
    stranger = PageClient(app)
    assert not day_page(stranger).all("button", name="start", value=NINE)
    token = day_page(stranger).form(action=HOLD).one("input", name="csrf_token")["value"]
    sent = {"csrf_token": token, "service": "apostille", "start": NINE}
    stranger.post(HOLD, {**sent, "attempt": "another-attempt"}, status=409)
    stranger.post(HOLD, {**sent, "attempt": "'; DROP TABLE seat; --" * 99}, status=409)


def test_two_clicks_on_different_times_of_one_page_keep_the_second(
    app: Flask, client: PageClient, world: World
) -> None:
    page = day_page(client)
    client.submit(page.form(action=HOLD), status=303, button=hour(page, NINE))
    client.http.delete_cookie("draft")
    client.submit(page.form(action=HOLD), status=303, button=hour(page, HALF_PAST_NINE))
    assert free_at_nine(app) == 2


def test_choosing_another_time_gives_the_first_one_back(app: Flask, client: PageClient, world: World) -> None:
    choose(client)
    choose(client, HALF_PAST_NINE)
    assert free_at_nine(app) == 2


def test_leaving_gives_the_time_back_and_forgets_the_person(
    app: Flask, client: PageClient, world: World
) -> None:
    check_page(client)
    page = client.get(DETAILS)
    client.follow(client.submit(page.form(action="/es/oficinas/cusco/cita/dejar"), status=303))
    assert free_at_nine(app) == 2
    assert client.get(DETAILS).one("input", name="given_names").get("value") == ""


def test_a_time_that_somebody_took_leads_back_to_the_day(
    app: Flask, client: PageClient, world: World
) -> None:
    page = day_page(client)
    take_seats(app, Seat.starts_at == AT_NINE)
    again = client.submit(page.form(action=HOLD), status=409, button=hour(page, NINE))
    assert again.one(role="alert").text
    assert again.all("button", name="start", value=HALF_PAST_NINE)
    assert not again.all("button", name="start", value=NINE)


@pytest.mark.parametrize(
    ("start", "status"),
    [
        ("2026-11-29T14:00Z", 404),  # no slot that day
        ("2026-12-01T14:01Z", 404),
        ("2099-01-01T14:00Z", 404),
        ("2026-12-01 14:00", 400),
        ("2026-12-01T25:00Z", 400),
        ("9999-12-31T23:59Z", 400),
        ("0001-01-01T00:00Z", 400),
        ("", 400),
        ("1" * 5000, 400),
        ("'; DROP TABLE seat; --", 400),
    ],
)
def test_a_start_that_is_none_is_refused(client: PageClient, world: World, start: str, status: int) -> None:
    form = day_page(client).form(action=HOLD)
    token = form.one("input", name="csrf_token")["value"]
    client.post(HOLD, {"csrf_token": token, "service": "apostille", "start": start}, status=status)


def test_a_start_that_passed_is_refused_with_the_calendar(client: PageClient, world: World) -> None:
    page = day_page(client)
    with clock.stopped(AT_NINE - timedelta(minutes=30)):
        again = client.submit(page.form(action=HOLD), status=409, button=hour(page, NINE))
    assert again.all("button", name="start", value="2026-12-01T15:00Z")
