"""Several documents in one visit, and an appointment that somebody else makes: asked, carried, shown, told."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from consular.appointments.models import Appointment, Booking
from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.notifications.models import OutboxMessage
from consular.offices.models import Service
from consular.schedule.models import Seat
from consular.web.messages import render
from tests.factories import MORNING, World
from tests.page_client import PageClient
from tests.page_tree import Page
from tests.site.booking_steps import (
    AT_NINE,
    CALENDAR,
    DETAILS,
    HOLD,
    NINE,
    PERSON,
    book,
    check_page,
    choose,
    hour,
    main_form,
    take_seats,
)

Counting = Callable[[], AbstractContextManager[Any]]
QUARTER = timedelta(minutes=15)
FOR_A_CHILD = {**PERSON, "on_behalf": "minor", "contact_name": "Elena Quispe"}


@pytest.fixture
def longer(app: Flask, world: World) -> World:
    """The world where each document after the first makes an apostille five minutes longer."""
    with app.app_context(), transaction():
        db.session.execute(update(Service).where(Service.code == "apostille").values(extra_minutes=5))
    return world


def _four_documents(client: PageClient) -> Page:
    """The details page of a visit for four documents on Tuesday at nine, reached as a person would."""
    page = client.submit(client.get(f"{CALENDAR}&day=2026-12-01").form(class_="how-many"), _FOUR, status=200)
    return client.follow(client.submit(page.form(action=HOLD), status=303, button=hour(page, NINE)))


_FOUR = {"documents": "4"}


def _made(app: Flask) -> Any:
    with app.app_context():
        return db.session.execute(
            select(
                *(Appointment.documents, Appointment.slots, Appointment.starts_at),
                *(Booking.on_behalf, Booking.contact_name),
            )
            .join(Booking, Booking.id == Appointment.booking_id)
            .order_by(Appointment.id.desc())
            .limit(1)
        ).one()


def _message(app: Flask) -> str:
    with app.app_context():
        message = db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(1)).one()
        return render(message.template, message.language, json.loads(message.values)).text


# --- Several documents ----------------------------------------------------------------------------


def test_it_is_asked_only_where_it_makes_a_difference(client: PageClient, longer: World) -> None:
    assert client.get(CALENDAR).all(class_="how-many")
    assert not client.get(CALENDAR.replace("apostille", "legalisation")).all(class_="how-many")


def test_more_documents_need_a_longer_time(client: PageClient, longer: World) -> None:
    one, four = (client.get(f"{CALENDAR}&day=2026-12-01{more}") for more in ("", "&documents=4"))
    assert "15 minutos" in one.one(id="visit").text
    assert "30 minutos" in four.one(id="visit").text
    assert len(one.all("button", class_="time")) == 12
    assert len(four.all("button", class_="time")) == 11  # two quarters of an hour each


def test_the_number_stays_in_every_address_of_the_calendar(client: PageClient, longer: World) -> None:
    page = client.get(f"{CALENDAR}&documents=4")
    days = page.all("a", class_="day")
    assert days
    for link in [*days, *page.all("a", rel="next")]:
        assert "documents=4" in link["href"]
    assert "selected" in page.one("option", value="4").attributes


def test_the_number_goes_all_the_way(app: Flask, client: PageClient, longer: World) -> None:
    details = _four_documents(client)
    assert "4 documentos" in details.one(class_="kept").text
    check = client.follow(client.submit(main_form(details), PERSON, status=303))
    assert "4 documentos, más o menos 30 minutos" in check.text
    done = client.follow(client.submit(main_form(check), status=303))
    assert "4; su hora va hasta las 9:30 a. m." in done.text
    made = _made(app)
    assert (made.documents, made.slots) == (4, 2)
    assert "Documentos para el trámite: 4" in _message(app)


def test_moving_needs_as_long_a_time(app: Flask, client: PageClient, longer: World) -> None:
    check = client.follow(client.submit(main_form(_four_documents(client)), PERSON, status=303))
    mine = client.submit(main_form(check), status=303).location
    # At ten one quarter of an hour is free: too short for four documents.
    take_seats(app, Seat.starts_at == AT_NINE + timedelta(hours=1) + QUARTER)
    page = client.get(f"{mine}/cambiar?day=2026-12-01")
    starts = {button["value"] for button in page.all("button", class_="time")}
    assert "2026-12-01T15:00Z" not in starts
    assert "2026-12-01T15:30Z" in starts
    again = client.get(f"{mine}/cambiar?start=2026-12-01T15:30Z")
    client.submit(main_form(again), status=303)
    assert _made(app).slots == 2


def test_when_they_do_not_fit_it_says_that_fewer_may(app: Flask, client: PageClient, longer: World) -> None:
    for odd in range(0, 12, 2):  # every second quarter of an hour is taken: none is followed by another
        take_seats(app, Seat.starts_at == AT_NINE + odd * QUARTER)
    page = client.get(f"{CALENDAR}&day=2026-12-01&documents=4")
    assert "con menos puede haber cupo" in page.one(id="times").text
    assert client.get(f"{CALENDAR}&day=2026-12-01").all("button", class_="time")


def test_a_full_calendar_leads_on_with_the_number(app: Flask, client: PageClient, longer: World) -> None:
    take_seats(app)
    page = client.get(f"{CALENDAR}&documents=4")
    assert page.all(class_="how-many")
    assert "Pregunte a la oficina cuándo ir" in page.one(id="full").text
    assert "documents=4" in page.one(class_="elsewhere").one("a")["href"]


@pytest.mark.parametrize("typed", ["0", "21", "-1", "1.5", "uno", "٣", "9" * 5000, "%00"])
def test_a_number_that_no_visit_has_is_refused(client: PageClient, longer: World, typed: str) -> None:
    page = client.get(f"{CALENDAR}&documents={typed}", status=400)
    if typed != "%00":
        assert "1 a 20 documentos" in page.one(role="alert").text
    client.get(f"{DETAILS}&documents={typed}", status=400)
    form = client.get(f"{CALENDAR}&day=2026-12-01").form(action=HOLD)
    sent = {"csrf_token": form.one("input", name="csrf_token")["value"], "service": "apostille"}
    client.post(HOLD, {**sent, "start": NINE, "documents": typed}, status=400)


def test_a_lost_time_is_asked_for_again_with_the_number(
    app: Flask, client: PageClient, longer: World
) -> None:
    page = _four_documents(client)
    with clock.stopped(MORNING + timedelta(minutes=13)):
        take_seats(app, Seat.starts_at == AT_NINE)
        again = client.submit(main_form(page), PERSON, status=409)
    assert again.form(action=HOLD).one("input", name="documents")["value"] == "4"


def test_the_number_costs_no_statement(client: PageClient, longer: World, count_statements: Counting) -> None:
    client.get(CALENDAR)
    with count_statements() as month:
        client.get(f"{CALENDAR}&documents=4")
    assert len(month) == 3, month
    check = client.follow(client.submit(main_form(_four_documents(client)), PERSON, status=303))
    with count_statements() as confirming:
        client.submit(main_form(check), status=303)
    # Six, and the claim has one more slot only when nothing was held for it.
    assert len(confirming) == 6, confirming


# --- For somebody else ----------------------------------------------------------------------------


def test_for_oneself_nobody_else_is_asked_for(app: Flask, client: PageClient, world: World) -> None:
    page = check_page(client, {**PERSON, "contact_name": "Elena"})
    assert "A quién avisamos" not in page.text
    client.submit(main_form(page), status=303)
    made = _made(app)
    assert (made.on_behalf, made.contact_name) == ("self", None)


@pytest.mark.parametrize("on_behalf", ["other", "minor"])
def test_for_somebody_else_it_asks_who_is_told(
    app: Flask, client: PageClient, world: World, on_behalf: str
) -> None:
    page = client.follow(choose(client))
    again = client.submit(main_form(page), {**PERSON, "on_behalf": on_behalf}, status=422)
    assert list(again.errors) == ["contact_name"]
    assert "checked" in again.one("input", name="on_behalf", value=on_behalf).attributes
    answer = client.submit(main_form(again), {"contact_name": "Elena Quispe"}, status=303)
    check = client.follow(answer)
    assert "Elena Quispe" in check.text
    client.submit(main_form(check), status=303)
    made = _made(app)
    assert (made.on_behalf, made.contact_name) == (on_behalf, "Elena Quispe")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"on_behalf": "everybody"}, "on_behalf"),
        ({"contact_name": "E" * 10_000}, "contact_name"),
        ({"contact_name": "1234"}, "contact_name"),
        ({"contact_name": "Elena\u202e"}, "contact_name"),
    ],
)
def test_a_wrong_answer_is_named(client: PageClient, world: World, typed: dict[str, str], field: str) -> None:
    page = client.follow(choose(client))
    again = client.submit(main_form(page), {**FOR_A_CHILD, **typed}, status=422)
    assert list(again.errors) == [field]
    assert again.one("input", name="contact_name")["value"] == {**FOR_A_CHILD, **typed}["contact_name"]


def test_without_scripts_everything_is_asked_with_its_condition(client: PageClient, world: World) -> None:
    page = client.follow(choose(client))
    assert not [part for part in page.all("div", "p") if "hidden" in part.attributes]
    assert "Solo si saca la cita para otra persona" in page.text
    assert "Si es para un menor de edad: pregunte a la oficina" in page.text


def test_the_appointment_says_for_whom_and_whom_we_tell(client: PageClient, world: World) -> None:
    page = client.get(f"/es/mi-cita/{book(client, FOR_A_CHILD)}")
    assert "Para un menor de edad a mi cargo" in page.text
    assert "Elena Quispe" in page.text
    assert "pregunte a la oficina qué debe llevar la persona responsable" in page.text


def test_the_message_goes_to_who_made_it(app: Flask, client: PageClient, world: World) -> None:
    book(client, FOR_A_CHILD)
    text = _message(app)
    assert "Elena Quispe:\n" in text
    assert "Para quién es la cita: Rosa María" in text


def test_a_message_carries_no_strangers_text(app: Flask, client: PageClient, world: World) -> None:
    book(client, {**FOR_A_CHILD, "given_names": "Visit evil.example", "contact_name": "see evil.example"})
    assert "evil.example" not in _message(app)


# --- Preferential attention and the rules that are shown ------------------------------------------


def test_preferential_attention_may_have_the_places_kept_for_it(
    app: Flask, client: PageClient, world: World
) -> None:
    page = client.follow(choose(client))
    with clock.stopped(MORNING + timedelta(minutes=13)):  # the hold is over, and only a kept place is left
        take_seats(app, Seat.starts_at == AT_NINE, Seat.no == 1)
        with app.app_context(), transaction():
            at_nine = update(Seat).where(Seat.office_id == 1, Seat.starts_at == AT_NINE)
            db.session.execute(at_nine.values(general_from=AT_NINE - timedelta(hours=1)))
        client.submit(main_form(page), PERSON, status=409)
        form = client.get(DETAILS)
        check = client.follow(client.submit(main_form(form), {**PERSON, "preferential": "1"}, status=303))
        client.submit(main_form(check), status=303)
    assert _made(app).starts_at == AT_NINE


def test_until_when_one_can_book_is_said(client: PageClient, world: World) -> None:
    assert "hasta 1 hora antes" in client.get(CALENDAR).text


def test_the_held_time_is_said_plainly(client: PageClient, world: World) -> None:
    said = client.follow(choose(client)).one(class_="kept__until").text
    assert said == "Le guardamos esta hora hasta las 7:12 a. m.; después, otra persona puede tomarla."
