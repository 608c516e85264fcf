"""Booking, page by page: it works, it refuses clearly, nothing typed is lost, nothing is booked twice."""

import csv
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from consular.appointments.models import Booking
from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.notifications.models import OutboxMessage
from consular.schedule.models import Seat
from tests.databases import SEEDS
from tests.factories import MORNING, World
from tests.page_client import PageClient
from tests.page_tree import Page
from tests.site.booking_steps import (
    AT_NINE,
    CHECK,
    CONFIRM,
    DETAILS,
    HALF_PAST_NINE,
    NINE,
    PERSON,
    appointments_made,
    book,
    check_page,
    choose,
    cookie,
    fill_details,
    hour,
    main_form,
    take_seats,
)

Counting = Callable[[], AbstractContextManager[Any]]


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
    assert appointments_made(app) == 1


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


def test_every_country_that_issues_passports_can_be_chosen_and_no_other(
    client: PageClient, world: World
) -> None:
    """The 249 codes of ISO 3166-1, and Kosovo's; every country of the ministry's own list is among them."""
    page = client.follow(choose(client))
    offered = {option["value"] for option in page.one("select", name="document_country").all("option")}
    assert len(offered - {""}) == 250
    with (SEEDS / "countries.csv").open(encoding="utf-8", newline="") as file:
        assert {row["code"] for row in csv.DictReader(file)} <= offered
    passport = {**PERSON, "document_type": "passport", "document_number": "P1", "document_country": "ZZ"}
    forged = client.submit(main_form(page), passport, status=422)
    assert list(forged.errors) == ["document_country"]


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
        take_seats(app, Seat.starts_at == AT_NINE)
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
    assert appointments_made(app) == 1


def test_a_time_lost_before_confirming_leads_back_to_the_day(
    app: Flask, client: PageClient, world: World
) -> None:
    check = check_page(client)
    with clock.stopped(MORNING + timedelta(minutes=13)):
        take_seats(app, Seat.starts_at == AT_NINE)
        again = client.submit(main_form(check), status=410)
        assert again.all("button", name="start", value=HALF_PAST_NINE)
        book_again = client.follow(choose(client, HALF_PAST_NINE))
    assert book_again.one("input", name="email")["value"] == PERSON["email"]
    assert appointments_made(app) == 0


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
    assert appointments_made(app) == 0


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
    assert appointments_made(app) == 1


@pytest.mark.parametrize("address", [DETAILS, CHECK])
def test_back_after_done_leads_to_the_appointment(client: PageClient, world: World, address: str) -> None:
    reference = book(client)
    assert client.get(address, status=303).location == f"/es/mi-cita/{reference}"


def test_confirming_again_after_done_books_nothing(app: Flask, client: PageClient, world: World) -> None:
    check = check_page(client)
    first = client.submit(main_form(check), status=303)
    assert client.submit(main_form(check), status=303).location == first.location
    assert appointments_made(app) == 1


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
    assert appointments_made(app) == 1


def test_a_second_appointment_for_the_same_person_is_refused_and_tells_nothing(
    app: Flask, client: PageClient, world: World
) -> None:
    reference = book(client)
    stranger = PageClient(app)
    page = _refused(stranger)
    for secret in (reference, "Rosa", "Quispe", "rosa@example.com", "9:00"):
        assert secret not in page.one("main").text
    assert not cookie(stranger, "appointments")
    assert appointments_made(app) == 1
    assert stranger.get(page.link("Buscar mi cita"))
    assert "liberar un documento" in page.text
    assert page.all("a", href="/es/oficinas/cusco")


def test_only_the_contact_of_the_appointment_is_told_once(
    app: Flask, client: PageClient, world: World
) -> None:
    book(client)
    assert _letters(app) == [("appointment-confirmed", "rosa@example.com", "es")]
    first, again = _refused(PageClient(app)), _refused(PageClient(app))
    assert first.one("main").text == again.one("main").text
    assert _letters(app)[1:] == [("appointment-tried-again", "rosa@example.com", "es")]


def test_whether_there_is_a_contact_does_not_show(app: Flask, client: PageClient, world: World) -> None:
    book(client)
    told = _refused(PageClient(app))
    with app.app_context(), transaction():
        db.session.execute(update(Booking).values(email=None, warned_at=None))
    assert _refused(PageClient(app)).one("main").text == told.one("main").text
    assert len(_letters(app)) == 2


def test_who_tries_one_document_after_another_is_stopped(
    app: Flask, client: PageClient, world: World
) -> None:
    book(client)
    check = check_page(client, PERSON, HALF_PAST_NINE)
    for _ in range(20):
        client.submit(main_form(check), status=409)
    client.submit(main_form(check), status=429)


def _letters(app: Flask) -> list[tuple[str, str, str]]:
    with app.app_context():
        rows = db.session.execute(
            select(OutboxMessage.template, OutboxMessage.recipient, OutboxMessage.language).order_by(
                OutboxMessage.id
            )
        ).all()
    return [tuple(row) for row in rows]


def _refused(client: PageClient) -> Page:
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
