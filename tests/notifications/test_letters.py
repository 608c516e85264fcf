"""From an appointment to a mailbox: the whole way, with the program's own words and a real mail server."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar, Component
from sqlalchemy import text

from consular.appointments.booking import book
from consular.appointments.changing import cancel, move
from consular.appointments.people import Citizen
from consular.appointments.rules import Policy
from consular.foundation.database import db, transaction
from consular.notifications.delivery import Sent, send_due
from consular.notifications.transports import transport_for
from consular.schedule.claiming import SlotTaken
from consular.web.messages import render
from tests.databases import on_both_databases
from tests.factories import JULIO, ROSA, World
from tests.servers import Mailbox

pytestmark = on_both_databases

NINE = datetime(2026, 11, 30, 14, tzinfo=UTC)
POLICY = Policy()


def _book(citizen: Citizen, **options: Any):
    with transaction():
        return book(
            office="cusco",
            service="apostille",
            starts_at=NINE,
            citizen=citizen,
            policy=POLICY,
            actor="test",
            channel="site",
            **options,
        )


def _entry(mail: EmailMessage) -> Component:
    (calendar,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    (entry,) = Calendar.from_ical(calendar.get_content()).walk("VEVENT")
    return entry


def test_booked_moved_and_cancelled(app: Flask, world: World, mailbox: Mailbox) -> None:
    with app.app_context():
        reference = _book(ROSA).reference
        with transaction():
            move(reference, NINE + timedelta(hours=1), policy=POLICY, actor="test")
        with transaction():
            cancel(reference, policy=POLICY, actor="test")
        sent = send_due(transport_for(mailbox.url, "citas@example.gob.pe"), render)
    assert sent == Sent(sent=3)
    mails = [message_from_bytes(raw, policy=default) for _, _, raw in mailbox.messages]
    assert [to for _, (to,), _ in mailbox.messages] == ["rosa@example.pe"] * 3
    booked, moved, cancelled = mails
    assert "9:00 a. m." in booked["Subject"]
    assert "10:00 a. m." in moved["Subject"]
    body = moved.get_body(("plain",)).get_content()
    assert reference in body
    assert "9:00 a. m." in body, "the old time is said"
    assert ROSA.document_number not in str(mails)
    assert ROSA.family_names not in body
    entries = [_entry(mail) for mail in mails]
    assert [int(entry["sequence"]) for entry in entries] == [0, 1, 2]
    assert [str(entry["status"]) for entry in entries] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert entries[1]["dtstart"].dt == NINE + timedelta(hours=1)
    assert cancelled["Content-Language"] == "es"


def test_each_citizen_is_told_in_their_language(app: Flask, world: World, mailbox: Mailbox) -> None:
    with app.app_context():
        _book(JULIO)
        assert send_due(transport_for(mailbox.url, "citas@example.gob.pe"), render) == Sent(sent=1)
    mail = message_from_bytes(mailbox.messages[0][2], policy=default)
    assert mail["Content-Language"] == "en"
    assert "9:00 am" in mail["Subject"]
    assert "/en/my-appointment/" in mail.get_body(("plain",)).get_content()


def test_without_an_address_nothing_is_written(app: Flask, world: World) -> None:
    silent = Citizen("dni", "40404040", "Marta", "Sin Correo")
    with app.app_context():
        _book(silent)
        assert db.session.execute(text("SELECT count(*) FROM outbox")).scalar_one() == 0


def test_a_booking_that_fails_tells_nobody(app: Flask, world: World) -> None:
    """Both seats of nine o'clock are taken; the third person hears nothing, the other two once each."""
    third = Citizen("dni", "40404040", "Marta", "Tercera", email="marta@example.pe")
    with app.app_context():
        _book(ROSA)
        _book(JULIO)
        with pytest.raises(SlotTaken):
            _book(third)
        assert db.session.execute(text("SELECT count(*) FROM outbox")).scalar_one() == 2


def test_a_form_sent_twice_tells_once(app: Flask, world: World) -> None:
    with app.app_context():
        first = _book(ROSA, submission="one form").reference
        assert _book(ROSA, submission="one form").reference == first
        assert db.session.execute(text("SELECT count(*) FROM outbox")).scalar_one() == 1


def test_the_link_of_a_message_opens_the_appointment(app: Flask, world: World) -> None:
    """It sets a cookie and redirects to an address without the secret; a scanner that follows it changes nothing."""
    with app.app_context():
        view = _book(ROSA)
        before = db.session.execute(text("SELECT status FROM appointment")).scalars().all()
    client = app.test_client()
    opened = client.get(f"/es/mi-cita/{view.reference}/{view.secret}")
    assert opened.status_code == 303
    assert view.secret not in opened.headers["Location"]
    assert view.reference in client.get(opened.headers["Location"]).get_data(as_text=True)
    with app.app_context():
        assert db.session.execute(text("SELECT status FROM appointment")).scalars().all() == before
