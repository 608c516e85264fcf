"""Booking, page by page: it works, it refuses clearly, nothing typed is lost, nothing is booked twice."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from consular.appointments.models import Appointment
from consular.foundation import clock
from consular.foundation.database import FAR_FUTURE, db, transaction
from consular.schedule.models import Closure, Seat
from tests.factories import MORNING, World
from tests.page_client import PageClient
from tests.page_tree import Page
from tests.site.booking_steps import (
    CALENDAR,
    CHECK,
    CONFIRM,
    DETAILS,
    HALF_PAST_NINE,
    HOLD,
    NINE,
    PERSON,
    book,
    check_page,
    choose,
    cookie,
    day_page,
    fill_details,
    hour,
    main_form,
)

Counting = Callable[[], AbstractContextManager[Any]]
AT_NINE = datetime(2026, 12, 1, 14, tzinfo=UTC)


def _appointments(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Appointment)) or 0


def _free_at_nine(app: Flask) -> int:
    with app.app_context():
        free = select(func.count()).select_from(Seat).where(Seat.free_from <= clock.now())
        return db.session.scalar(free.where(Seat.office_id == 1, Seat.starts_at == AT_NINE)) or 0


def _take_seats(app: Flask, *where: Any) -> None:
    """Somebody else holds every seat of Cusco that fits."""
    with app.app_context(), transaction():
        mine = update(Seat).where(Seat.office_id == 1, Seat.appointment_id.is_(None), *where)
        db.session.execute(mine.values(hold="somebody-else", free_from=FAR_FUTURE - timedelta(days=400)))


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


# --- The journey ----------------------------------------------------------------------------------


def test_four_pages_lead_to_an_appointment(app: Flask, client: PageClient, world: World) -> None:
    check = check_page(client)
    assert "martes 1 de diciembre de 2026, 9:00 a. m." in check.text
    for fact in ("Rosa María Quispe Ñahui", "10117410", "rosa@example.com", "+51984000001"):
        assert fact in check.text
    answer = client.submit(main_form(check), status=303)
    page = client.follow(answer)
    assert page.one(class_="pass__reference").text == answer.location.rsplit("/", 1)[1]
    assert page.one(class_="pass__hour").text == "9:00 a. m."
    assert page.all("svg", class_="qr__code")
    assert _appointments(app) == 1


def test_the_same_journey_in_english(client: PageClient, world: World) -> None:
    page = client.get("/en/offices/cusco/appointment?service=apostille&day=2026-12-01")
    assert page.one("html").get("lang") == "en"
    held = client.submit(
        page.form(action="/en/offices/cusco/appointment/hold"), status=303, button=hour(page, NINE)
    )
    answer = client.submit(main_form(client.follow(held)), PERSON, status=303)
    check = client.follow(answer)
    assert "Tuesday 1 December 2026, 9:00 am" in check.text
    done = client.follow(client.submit(main_form(check), status=303))
    assert done.heading == "Your appointment is confirmed"


def test_no_address_carries_what_a_person_typed(client: PageClient, world: World) -> None:
    details = fill_details(client)
    done = client.submit(main_form(client.follow(details)), status=303)
    for address in (details.location, done.location):
        assert not any(typed.split()[0] in address for typed in PERSON.values() if typed != "dni")


def test_the_draft_is_sealed_and_out_of_scripts_reach(client: PageClient, world: World) -> None:
    answer = fill_details(client)
    header = next(h for h in answer.response.headers.getlist("Set-Cookie") if h.startswith("draft="))
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert "Max-Age=1800" in header
    assert "Rosa" not in header
    assert "10117410" not in header


def test_once_booked_the_person_leaves_the_draft(client: PageClient, world: World) -> None:
    book(client)
    other = client.follow(choose(client, HALF_PAST_NINE))
    assert other.one("input", name="given_names").get("value") == ""


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
    _take_seats(app, Seat.starts_at >= late, Seat.starts_at < AT_NINE + timedelta(days=1))
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
    _take_seats(app)
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


def test_a_month_costs_two_statements_and_a_day_three(
    client: PageClient, world: World, count_statements: Counting
) -> None:
    client.get(CALENDAR)
    with count_statements() as month:
        client.get(CALENDAR)
    assert len(month) == 2, month
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
    assert _free_at_nine(app) == 1
    assert "7:12 a. m." in page.one(class_="kept__until").text  # twelve minutes from the stopped clock


def test_choosing_another_time_gives_the_first_one_back(app: Flask, client: PageClient, world: World) -> None:
    choose(client)
    choose(client, HALF_PAST_NINE)
    assert _free_at_nine(app) == 2


def test_leaving_gives_the_time_back_and_forgets_the_person(
    app: Flask, client: PageClient, world: World
) -> None:
    check_page(client)
    page = client.get(DETAILS)
    client.follow(client.submit(page.form(action="/es/oficinas/cusco/cita/dejar"), status=303))
    assert _free_at_nine(app) == 2
    assert client.get(DETAILS).one("input", name="given_names").get("value") == ""


def test_a_time_that_somebody_took_leads_back_to_the_day(
    app: Flask, client: PageClient, world: World
) -> None:
    page = day_page(client)
    _take_seats(app, Seat.starts_at == AT_NINE)
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


# --- Details --------------------------------------------------------------------------------------


def test_every_field_says_what_it_lacks(client: PageClient, world: World) -> None:
    page = client.follow(choose(client))
    again = client.submit(main_form(page), status=422)
    assert set(again.errors) == {"document_number", "given_names", "family_names", "email"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"document_type": "dni", "document_number": "1234567"}, "document_number"),
        ({"document_type": "dni", "document_number": "１０１１７４１０"}, "document_number"),
        ({"document_type": "ce", "document_number": "12345"}, "document_number"),
        (
            {"document_type": "passport", "document_number": "AB123", "document_country": ""},
            "document_country",
        ),
        (
            {"document_type": "passport", "document_number": "A" * 13, "document_country": "CL"},
            "document_number",
        ),
        ({"document_type": "visa"}, "document_type"),
        ({"given_names": "R" * 10_000}, "given_names"),
        ({"family_names": "12345"}, "family_names"),
        ({"given_names": "Rosa\u202emaR"}, "given_names"),
        ({"email": "rosa@"}, "email"),
        ({"email": "a@b@c.pe"}, "email"),
        ({"phone": "12"}, "phone"),
        ({"phone": "9" * 300}, "phone"),
        ({"email": "", "phone": ""}, "email"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_typed_is_lost(
    client: PageClient, world: World, typed: dict[str, str], field: str
) -> None:
    page = client.follow(choose(client))
    sent = {**PERSON, "document_country": "", **typed}
    again = client.submit(main_form(page), sent, status=422)
    assert list(again.errors) == [field]
    for name in ("document_number", "given_names", "family_names", "email", "phone"):
        assert again.one("input", name=name).get("value") == sent[name]


def test_markup_in_a_name_is_shown_as_text(client: PageClient, world: World) -> None:
    name = "<b onclick=x>Rosa</b> O'Neil\"; DROP TABLE--"
    page = check_page(client, {**PERSON, "given_names": name})
    assert name in page.text
    assert not page.all("b")


def test_a_wrong_check_character_is_a_reason_to_reread_only(client: PageClient, world: World) -> None:
    wrong = check_page(client, {**PERSON, "document_number": "10117410-9"})
    assert wrong.all(class_="reread")
    client.submit(main_form(wrong), status=303)
    assert not check_page(client, {**PERSON, "document_number": "10117410-2"}).all(class_="reread")


def test_the_details_are_there_again_from_the_check_page(client: PageClient, world: World) -> None:
    check_page(
        client, {**PERSON, "document_type": "passport", "document_country": "CL", "document_number": "P1"}
    )
    page = client.get(DETAILS)
    assert page.one("input", name="given_names")["value"] == PERSON["given_names"]
    assert "selected" in page.one("option", value="CL").attributes
    assert "checked" in page.one("input", name="document_type", value="passport").attributes


def test_a_body_that_is_too_large_is_refused(client: PageClient, world: World) -> None:
    page = client.follow(choose(client))
    client.submit(main_form(page), {**PERSON, "given_names": "R" * 70_000}, status=413)


def test_a_null_character_is_refused(client: PageClient, world: World) -> None:
    page = client.follow(choose(client))
    client.submit(main_form(page), {**PERSON, "given_names": "Ro\x00sa"}, status=400)


# --- Time passes ----------------------------------------------------------------------------------


def test_a_time_lost_while_typing_keeps_what_was_typed(app: Flask, client: PageClient, world: World) -> None:
    page = client.follow(choose(client))
    with clock.stopped(MORNING + timedelta(minutes=13)):
        _take_seats(app, Seat.starts_at == AT_NINE)
        client.submit(main_form(page), PERSON, status=409)
        other = client.follow(choose(client, HALF_PAST_NINE))
    assert other.one("input", name="given_names")["value"] == PERSON["given_names"]


def test_a_hold_that_ended_is_taken_again_when_it_can_be(
    app: Flask, client: PageClient, world: World
) -> None:
    page = client.follow(choose(client))
    with clock.stopped(MORNING + timedelta(minutes=13)):
        check = client.follow(client.submit(main_form(page), PERSON, status=303))
        assert "7:25 a. m." in check.one(class_="kept__until").text
        client.submit(main_form(check), status=303)
    assert _appointments(app) == 1


def test_a_time_lost_before_confirming_leads_back_to_the_day(
    app: Flask, client: PageClient, world: World
) -> None:
    check = check_page(client)
    with clock.stopped(MORNING + timedelta(minutes=13)):
        _take_seats(app, Seat.starts_at == AT_NINE)
        again = client.submit(main_form(check), status=410)
        assert again.all("button", name="start", value=HALF_PAST_NINE)
        book_again = client.follow(choose(client, HALF_PAST_NINE))
    assert book_again.one("input", name="email")["value"] == PERSON["email"]
    assert _appointments(app) == 0


def test_after_the_draft_has_ended_the_form_still_works(app: Flask, client: PageClient, world: World) -> None:
    page = client.follow(choose(client))
    client.http.delete_cookie("draft")
    client.follow(client.submit(main_form(page), PERSON, status=303))
    assert client.get(CHECK).text.count("Rosa María")


def test_confirming_without_a_draft_asks_for_the_details(
    app: Flask, client: PageClient, world: World
) -> None:
    check = check_page(client)
    client.http.delete_cookie("draft")
    page = client.follow(client.submit(main_form(check), status=303))
    assert page.form(action=DETAILS)
    assert _appointments(app) == 0


def test_a_forged_draft_is_no_draft(client: PageClient, world: World) -> None:
    client.http.set_cookie("draft", "gAAAAABforged")
    assert client.get(DETAILS).one("input", name="given_names").get("value") == ""


# --- Twice ----------------------------------------------------------------------------------------


def test_a_double_click_finds_the_same_appointment(app: Flask, client: PageClient, world: World) -> None:
    check = check_page(client)
    draft = cookie(client, "draft")
    first = client.submit(main_form(check), status=303)
    assert draft is not None
    client.http.set_cookie("draft", draft)  # the second click left before the first answer came
    second = client.submit(main_form(check), status=303)
    assert first.location == second.location
    assert _appointments(app) == 1


@pytest.mark.parametrize("address", [DETAILS, CHECK])
def test_back_after_done_leads_to_the_appointment(client: PageClient, world: World, address: str) -> None:
    reference = book(client)
    assert client.get(address, status=303).location == f"/es/mi-cita/{reference}"


def test_confirming_again_after_done_books_nothing(app: Flask, client: PageClient, world: World) -> None:
    check = check_page(client)
    first = client.submit(main_form(check), status=303)
    assert client.submit(main_form(check), status=303).location == first.location
    assert _appointments(app) == 1


def test_two_tabs_keep_one_time_and_book_what_each_shows(
    app: Flask, client: PageClient, world: World
) -> None:
    first = client.follow(choose(client))
    client.follow(choose(client, HALF_PAST_NINE))
    # The first tab's time was given back; sending its form asks for it again.
    check = client.follow(client.submit(main_form(first), PERSON, status=303))
    assert "9:00 a. m." in check.text
    done = client.follow(client.submit(main_form(check), status=303))
    assert done.one(class_="pass__hour").text == "9:00 a. m."
    assert _appointments(app) == 1


def test_a_second_appointment_for_the_same_person_is_refused_and_tells_nothing(
    app: Flask, client: PageClient, world: World
) -> None:
    reference = book(client)
    stranger = PageClient(app)
    page = client_refused(stranger)
    for secret in (reference, "Rosa", "Quispe", "rosa@example.com", "9:00"):
        assert secret not in page.one("main").text
    assert _appointments(app) == 1
    assert stranger.get(page.link("Buscar mi cita"))


def client_refused(client: PageClient) -> Page:
    """Try to book with rosa's document under another name."""
    person = {**PERSON, "given_names": "Ana", "family_names": "Rojas", "email": "ana@example.com"}
    return client.submit(main_form(check_page(client, person, HALF_PAST_NINE)), status=409)


def test_booking_costs_six_statements(client: PageClient, world: World, count_statements: Counting) -> None:
    check = check_page(client)
    with count_statements() as statements:
        answer = client.submit(main_form(check), status=303)
    assert answer.location.startswith("/es/mi-cita/")
    assert len(statements) == 6, statements
    assert cookie(client, "appointments")


def test_a_post_to_confirm_needs_a_whole_address(client: PageClient, world: World) -> None:
    check = check_page(client)
    token = main_form(check).one("input", name="csrf_token")["value"]
    client.post(CONFIRM, {"csrf_token": token}, status=400)
