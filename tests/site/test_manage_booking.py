"""My appointment: who may see it, and what they may do with it in each of its states."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select, update

from consular.appointments.attending import set_status
from consular.appointments.models import Appointment, Booking
from consular.appointments.view import secret_of
from consular.foundation import clock
from consular.foundation.database import FAR_FUTURE, db, transaction
from consular.foundation.vault import vault
from consular.schedule.models import Seat
from tests.factories import World
from tests.page_client import PageClient
from tests.page_tree import Page
from tests.site.booking_steps import HALF_PAST_NINE, NINE, PERSON, book, cookie, hour, main_form, take_seats

FIND = "/es/mi-cita"
AT_NINE = datetime(2026, 12, 1, 14, tzinfo=UTC)


@pytest.fixture
def reference(app: Flask, world: World) -> str:
    """An appointment of rosa's, made from another browser, Tuesday at nine in Cusco."""
    return book(PageClient(app))


@pytest.fixture
def rosa(app: Flask, reference: str) -> PageClient:
    """A browser that has opened the appointment by its link."""
    client = PageClient(app)
    client.get(f"{FIND}/{reference}/{_secret(app, reference)}", status=303)
    return client


def _secret(app: Flask, reference: str) -> str:
    with app.app_context():
        return secret_of(reference)


def _row(app: Flask, reference: str) -> Any:
    with app.app_context():
        return db.session.execute(
            select(Appointment.status, Appointment.starts_at)
            .join(Booking, Booking.id == Appointment.booking_id)
            .where(Booking.reference == reference)
            .order_by(Appointment.id.desc())
            .limit(1)
        ).one()


def _find(client: PageClient, reference: str, number: str, *, status: int) -> Page:
    page = client.get(FIND)
    typed = {"reference": reference, "document_type": "dni", "document_number": number}
    return client.submit(main_form(page), typed, status=status)


def _without_what_was_typed(page: Page, *typed: str) -> str:
    token = page.one("input", name="csrf_token")["value"]
    text = page.html.replace(token, "")
    for each in typed:
        text = text.replace(each, "")
    return text


# --- Who may see it -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "way_of_typing", [str, str.lower, lambda code: code.replace("-", " "), "  {} ".format]
)
def test_code_and_document_open_it(client: PageClient, reference: str, way_of_typing: Any) -> None:
    answer = _find(client, way_of_typing(reference), "10117410", status=303)
    assert answer.location == f"{FIND}/{reference}"
    assert client.follow(answer).one(class_="pass__reference").text == reference


def test_a_wrong_code_and_a_wrong_document_answer_alike(client: PageClient, reference: str) -> None:
    wrong_code = _find(client, "AAAA-AAAA", "10117410", status=404)
    wrong_document = _find(client, reference, "99999999", status=404)
    malformed = _find(client, "nothing", "x", status=404)
    pages = {
        _without_what_was_typed(wrong_code, "AAAA-AAAA", "10117410"),
        _without_what_was_typed(wrong_document, reference, "99999999"),
        _without_what_was_typed(malformed, 'value="nothing"', 'value="x"').replace('value=""', ""),
    }
    assert len(pages) <= 2  # the malformed one differs only in its empty values
    assert (
        list(wrong_code.errors.values())
        == list(wrong_document.errors.values())
        == list(malformed.errors.values())
    )


def test_nothing_typed_asks_for_both(client: PageClient, world: World) -> None:
    page = client.submit(main_form(client.get(FIND)), status=422)
    assert set(page.errors) == {"reference", "document_number"}


@pytest.mark.parametrize("typed", ["9" * 10_000, "<script>alert(1)</script>", "' OR 1=1 --", "\ufffd\u202e"])
def test_strange_codes_are_only_wrong(client: PageClient, world: World, typed: str) -> None:
    page = _find(client, typed, typed, status=404)
    assert page.one("input", name="reference")["value"] == typed
    assert not page.all("script", src="")


def test_guessing_documents_for_one_code_is_slowed(app: Flask, reference: str) -> None:
    for guess in range(10):
        _find(PageClient(app), reference, f"{guess:08d}", status=404)
    page = _find(PageClient(app), reference.lower(), "10117410", status=429)
    assert "Espere 60 minutos" in page.one(role="alert").text
    assert page.one("input", name="document_number")["value"] == "10117410"
    assert page.response.headers["Retry-After"] == "3600"
    _find(PageClient(app), "AAAA-AAAA", "10117410", status=404)


def test_the_link_of_a_message_opens_it_and_changes_nothing(
    app: Flask, client: PageClient, reference: str
) -> None:
    before = _row(app, reference)
    answer = client.get(f"{FIND}/{reference}/{_secret(app, reference)}", status=303)
    assert answer.location == f"{FIND}/{reference}"
    header = next(h for h in answer.response.headers.getlist("Set-Cookie") if h.startswith("appointments="))
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert reference not in header
    assert client.follow(answer).one(class_="pass__reference").text == reference
    assert _row(app, reference) == before


@pytest.mark.parametrize("secret", ["0" * 32, "x", "é", "9" * 3000])
def test_a_wrong_link_opens_nothing(client: PageClient, reference: str, secret: str) -> None:
    page = client.get(f"{FIND}/{reference}/{secret}", status=404)
    assert page.one(role="alert").text
    client.get(f"{FIND}/{reference}", status=303)


@pytest.mark.parametrize("step", ["", "/cita.ics", "/cancelar", "/cambiar"])
def test_a_stranger_is_asked_who_they_are(app: Flask, client: PageClient, reference: str, step: str) -> None:
    known = client.get(f"{FIND}/{reference}{step}", status=303)
    assert known.location == f"{FIND}?reference={reference}"
    unknown = client.get(f"{FIND}/AAAA-AAAA{step}", status=303)
    assert unknown.location == f"{FIND}?reference=AAAA-AAAA"
    assert client.follow(known).one("input", name="reference")["value"] == reference


@pytest.mark.parametrize("step", ["/cancelar", "/cambiar"])
def test_a_stranger_changes_nothing(app: Flask, client: PageClient, reference: str, step: str) -> None:
    token = client.get(FIND).one("input", name="csrf_token")["value"]
    client.post(f"{FIND}/{reference}{step}", {"csrf_token": token, "start": HALF_PAST_NINE}, status=303)
    assert _row(app, reference).status == "booked"


@pytest.mark.parametrize("code", ["nope", "12345678", "%00", "%ED%A0%80", "A" * 3000])
def test_what_is_no_code_is_no_page(client: PageClient, world: World, code: str) -> None:
    client.get(f"{FIND}/{code}", status=400 if code == "%00" else 404)


def test_a_code_as_people_write_it_leads_to_its_page(rosa: PageClient, reference: str) -> None:
    typed = reference.lower().replace("-", "")
    assert rosa.get(f"{FIND}/{typed}", status=303).location == f"{FIND}/{reference}"


def test_the_door_closes_on_demand(rosa: PageClient, reference: str) -> None:
    page = rosa.get(f"{FIND}/{reference}")
    rosa.submit(page.form(action=f"{FIND}/salir"), status=303)
    rosa.get(f"{FIND}/{reference}", status=303)


def test_the_door_closes_by_itself_after_an_hour(app: Flask, rosa: PageClient, reference: str) -> None:
    seen = cookie(rosa, "appointments")
    assert seen is not None
    with app.app_context():
        key = vault().sealing
        old = key.encrypt_at_time(key.decrypt(seen.encode()), int(time.time()) - 3700)
    rosa.http.set_cookie("appointments", old.decode())
    rosa.get(f"{FIND}/{reference}", status=303)


def test_an_access_cookie_that_was_changed_opens_nothing(rosa: PageClient, reference: str) -> None:
    seen = cookie(rosa, "appointments")
    assert seen is not None
    rosa.http.set_cookie("appointments", seen[:40] + ("A" if seen[40] != "A" else "B") + seen[41:])
    rosa.get(f"{FIND}/{reference}", status=303)


def test_one_appointment_does_not_open_another(app: Flask, rosa: PageClient) -> None:
    other = book(PageClient(app), {**PERSON, "document_number": "20202020"}, HALF_PAST_NINE)
    rosa.get(f"{FIND}/{other}", status=303)


# --- What it shows --------------------------------------------------------------------------------


def test_it_says_when_where_and_what_to_bring(rosa: PageClient, reference: str) -> None:
    page = rosa.get(f"{FIND}/{reference}")
    assert page.heading == "Su cita está confirmada"
    assert page.one(class_="pass__day").text == "martes 1 de diciembre de 2026"
    assert page.one(class_="pass__hour").text == "9:00 a. m."
    assert "Plaza de Armas 100" in page.one(class_="pass__where").text
    assert page.one(class_="checklist").all("li")
    assert "10117410" not in page.html  # the last three digits are enough
    assert PERSON["email"] not in page.html


def test_it_speaks_the_language_of_its_address(rosa: PageClient, reference: str) -> None:
    page = rosa.get(f"/en/my-appointment/{reference}")
    assert page.one(class_="pass__day").text == "Tuesday 1 December 2026"


def test_the_calendar_file_says_the_same_time(rosa: PageClient, reference: str) -> None:
    response = rosa.http.get(f"{FIND}/{reference}/cita.ics")
    assert response.mimetype == "text/calendar"
    assert reference in response.headers["Content-Disposition"]
    event = next(iter(Calendar.from_ical(response.text).walk("VEVENT")))
    assert event.decoded("dtstart") == AT_NINE
    assert "10117410" not in response.text
    assert "Quispe" not in response.text


# --- Cancelling -----------------------------------------------------------------------------------


def test_cancelling_asks_first(app: Flask, rosa: PageClient, reference: str) -> None:
    page = rosa.get(f"{FIND}/{reference}/cancelar")
    assert _row(app, reference).status == "booked"
    done = rosa.follow(rosa.submit(main_form(page), status=303))
    assert done.heading == "Su cita está cancelada"
    assert _row(app, reference).status == "cancelled"


def test_cancelling_twice_is_cancelling_once(app: Flask, rosa: PageClient, reference: str) -> None:
    page = rosa.get(f"{FIND}/{reference}/cancelar")
    rosa.submit(main_form(page), status=303)
    rosa.submit(main_form(page), status=303)
    assert _row(app, reference).status == "cancelled"
    assert rosa.get(f"{FIND}/{reference}/cancelar", status=303).location == f"{FIND}/{reference}"


def test_what_has_begun_cannot_be_cancelled(app: Flask, rosa: PageClient, reference: str) -> None:
    page = rosa.get(f"{FIND}/{reference}/cancelar")
    with clock.stopped(AT_NINE):
        _open_again(app, rosa, reference)
        shown = rosa.submit(main_form(page), status=409)
    assert shown.one(role="alert").text
    assert _row(app, reference).status == "booked"


def _open_again(app: Flask, client: PageClient, reference: str) -> None:
    """The access of the stopped clock's yesterday has ended by now."""
    client.get(f"{FIND}/{reference}/{_secret(app, reference)}", status=303)


# --- Moving ---------------------------------------------------------------------------------------


def _wanted(client: PageClient, reference: str, start: str = HALF_PAST_NINE) -> Page:
    page = client.get(f"{FIND}/{reference}/cambiar?day={start[:10]}")
    form = page.form(action=f"{FIND}/{reference}/cambiar")
    return client.submit(form, status=200, button=hour(page, start))


def test_moving_shows_both_times_and_then_changes(app: Flask, rosa: PageClient, reference: str) -> None:
    page = _wanted(rosa, reference)
    assert "9:00 a. m." in page.one(class_="swap__old").text
    assert "9:30 a. m." in page.one(class_="swap__new").text
    assert _row(app, reference).starts_at == AT_NINE
    done = rosa.follow(rosa.submit(main_form(page), status=303))
    assert done.one(class_="pass__hour").text == "9:30 a. m."
    assert done.one(class_="pass__reference").text == reference
    assert _row(app, reference).status == "booked"


def test_the_calendar_of_a_move_opens_at_the_first_free_day(
    app: Flask, rosa: PageClient, reference: str
) -> None:
    page = rosa.get(f"/es/mi-cita/{reference}/cambiar")
    assert page.heading == "Elija la nueva hora"
    assert page.one("section", id="times").one("h2").text == "lunes 30 de noviembre"
    january = rosa.get(f"/es/mi-cita/{reference}/cambiar?month=2027-01")
    assert january.heading == "Elija el nuevo día", "who turns the month chooses the day"


def test_when_the_new_time_is_gone_the_old_one_stays(app: Flask, rosa: PageClient, reference: str) -> None:
    page = _wanted(rosa, reference)
    with app.app_context(), transaction():
        taken = update(Seat).where(Seat.starts_at == AT_NINE + timedelta(minutes=30))
        db.session.execute(taken.values(hold="other", free_from=FAR_FUTURE - timedelta(days=400)))
    again = rosa.submit(main_form(page), status=409)
    assert again.one(role="alert").text
    assert _row(app, reference) == ("booked", AT_NINE)


def test_moving_twice_by_a_double_click_moves_once(app: Flask, rosa: PageClient, reference: str) -> None:
    page = _wanted(rosa, reference)
    rosa.submit(main_form(page), status=303)
    rosa.submit(main_form(page), status=303)
    with app.app_context():
        statuses = db.session.scalars(select(Appointment.status).order_by(Appointment.id)).all()
    assert list(statuses) == ["moved", "booked"]


@pytest.mark.parametrize("start", ["", "soon", "2026-12-01T14:30", "9" * 500])
def test_moving_to_what_is_no_time_is_refused(rosa: PageClient, reference: str, start: str) -> None:
    token = rosa.get(FIND).one("input", name="csrf_token")["value"]
    address = f"{FIND}/{reference}/cambiar"
    rosa.post(address, {"csrf_token": token, "start": start}, status=400)
    rosa.get(f"{address}?start={start}", status=400)


def test_moving_to_a_time_that_does_not_exist_shows_the_calendar(
    app: Flask, rosa: PageClient, reference: str
) -> None:
    token = rosa.get(FIND).one("input", name="csrf_token")["value"]
    page = rosa.post(
        f"{FIND}/{reference}/cambiar", {"csrf_token": token, "start": "2026-12-01T14:07Z"}, status=404
    )
    assert page.all("a", class_="day")
    assert _row(app, reference).starts_at == AT_NINE


@pytest.mark.parametrize(
    ("asked", "status"), [("day=2026-02-30", 400), ("day=2020-01-01", 404), ("month=x", 400)]
)
def test_a_wrong_date_while_moving_shows_the_calendar(
    rosa: PageClient, reference: str, asked: str, status: int
) -> None:
    assert rosa.get(f"{FIND}/{reference}/cambiar?{asked}", status=status).all("a", class_="day")


def test_when_nothing_else_is_free_the_time_stays_and_other_offices_are_shown(
    app: Flask, rosa: PageClient, reference: str
) -> None:
    take_seats(app)
    page = rosa.get(f"{FIND}/{reference}/cambiar")
    assert "Tacna" in page.one(class_="elsewhere").text
    assert not page.all("a", class_="day")
    assert _row(app, reference) == ("booked", AT_NINE)


# --- Its states -----------------------------------------------------------------------------------


def _set(app: Flask, reference: str, *statuses: str) -> None:
    for status in statuses:
        with app.app_context(), transaction():
            set_status(reference, status, office_id=1, actor="mirta")


@pytest.mark.parametrize(
    ("statuses", "heading"),
    [
        (["arrived"], "Ya llegó: espere a que le llamen"),
        (["arrived", "serving"], "Ya llegó: espere a que le llamen"),
        (["arrived", "serving", "served"], "Usted fue atendido"),
        (["no_show"], "La hora de esta cita ya pasó"),
    ],
)
def test_the_day_at_the_desk_shows(
    app: Flask, rosa: PageClient, reference: str, statuses: list[str], heading: str
) -> None:
    with clock.stopped(AT_NINE - timedelta(minutes=5)):
        _set(app, reference, *statuses)
        _open_again(app, rosa, reference)
        page = rosa.get(f"{FIND}/{reference}")
        assert page.heading == heading
        for step in ("cancelar", "cambiar"):
            assert rosa.get(f"{FIND}/{reference}/{step}", status=303).location == f"{FIND}/{reference}"


def test_a_displaced_appointment_is_owed_a_new_time(app: Flask, rosa: PageClient, reference: str) -> None:
    with app.app_context(), transaction():
        db.session.execute(update(Appointment).values(status="displaced"))
    page = rosa.get(f"{FIND}/{reference}")
    assert page.heading == "Elija otra hora para su cita"
    assert "pass--ended" in page.one(class_="pass").get("class")
    done = rosa.follow(rosa.submit(main_form(_wanted(rosa, reference)), status=303))
    assert done.heading == "Su cita está confirmada"


def test_after_its_time_it_says_so_and_offers_another(app: Flask, rosa: PageClient, reference: str) -> None:
    with clock.stopped(AT_NINE + timedelta(days=1)):
        _open_again(app, rosa, reference)
        page = rosa.get(f"{FIND}/{reference}")
    assert page.heading == "La hora de esta cita ya pasó"
    assert page.link("Sacar otra cita") == "/es/oficinas/cusco/cita?service=apostille"


def test_the_appointment_is_that_of_the_time_that_was_chosen(app: Flask, reference: str) -> None:
    assert _row(app, reference) == ("booked", datetime.strptime(NINE, "%Y-%m-%dT%H:%M%z"))
