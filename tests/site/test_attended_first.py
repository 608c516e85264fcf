"""Preferential attention: offered before the day and the time, remembered, taken back, and never asked why."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import select, update

from consular.appointments.models import Appointment
from consular.foundation.database import FAR_FUTURE, db, transaction
from consular.schedule.models import Seat
from tests.factories import World
from tests.page_client import PageClient
from tests.site.booking_steps import (
    AT_NINE,
    CALENDAR,
    CHECK,
    HALF_PAST_NINE,
    HOLD,
    NINE,
    PERSON,
    book,
    day_page,
    hour,
    main_form,
    take_seats,
)

ASK_FIRST = "Ver también los cupos de atención preferente"


def _keep_for_preferential(app: Flask) -> None:
    """Of nine o'clock only one place is left, and the public may not have it."""
    take_seats(app, Seat.starts_at == AT_NINE, Seat.no == 1)
    with app.app_context(), transaction():
        at_nine = update(Seat).where(Seat.office_id == 1, Seat.starts_at == AT_NINE)
        db.session.execute(at_nine.values(general_from=AT_NINE - timedelta(hours=1)))


def test_preferential_attention_is_asked_for_before_the_time(
    app: Flask, client: PageClient, world: World
) -> None:
    _keep_for_preferential(app)
    page = day_page(client)
    assert not page.all("button", name="start", value=NINE)
    asked = client.get(page.link(ASK_FIRST))
    assert "preferential=1" in asked.link("Ir a enero de 2027"), "the month turns with it"
    details = client.follow(client.submit(asked.form(action=HOLD), status=303, button=hour(asked, NINE)))
    assert "checked" in details.one("input", name="preferential").attributes, "said once, not asked again"
    client.submit(main_form(client.follow(client.submit(main_form(details), PERSON, status=303))), status=303)
    with app.app_context():
        assert db.session.scalars(select(Appointment.preferential)).all() == [True]


def test_preferential_attention_can_be_taken_back(app: Flask, client: PageClient, world: World) -> None:
    _keep_for_preferential(app)
    asked = client.get(day_page(client).link(ASK_FIRST))
    client.submit(asked.form(action=HOLD), status=303, button=hour(asked, NINE))
    again = day_page(client)
    assert "Con los cupos de atención preferente." in again.text, "the browser remembers what was said"
    without = client.get(again.link("No la necesito"))
    assert not without.all("button", name="start", value=NINE)
    half_past = client.submit(without.form(action=HOLD), status=303, button=hour(without, HALF_PAST_NINE))
    assert "checked" not in client.follow(half_past).one("input", name="preferential").attributes


def test_only_preferential_attention_is_not_yet_who_comes(
    app: Flask, client: PageClient, world: World
) -> None:
    asked = client.get(day_page(client).link(ASK_FIRST))
    client.submit(asked.form(action=HOLD), status=303, button=hour(asked, NINE))
    assert client.get(CHECK, status=303).location.startswith("/es/oficinas/cusco/cita/datos")


def test_a_full_calendar_offers_the_places_kept_for_preferential_attention(
    app: Flask, client: PageClient, world: World
) -> None:
    with app.app_context(), transaction():
        db.session.execute(update(Seat).where(Seat.office_id == 1).values(general_from=FAR_FUTURE))
    full = client.get(CALENDAR)
    assert "No hay cupos" in full.text
    assert "Elija un día" in client.get(full.link(ASK_FIRST)).text


def test_a_move_offers_preferential_places_to_whom_they_are_for(
    app: Flask, client: PageClient, world: World
) -> None:
    reference = book(client, {**PERSON, "preferential": "1"}, HALF_PAST_NINE)
    _keep_for_preferential(app)
    moving = client.get(f"/es/mi-cita/{reference}/cambiar?day=2026-12-01")
    assert moving.one("button", name="start", value=NINE)
