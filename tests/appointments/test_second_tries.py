"""Somebody books with a document that has an appointment: its contact is told, seldom, and nobody else."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consular.appointments.models import Booking
from consular.appointments.people import Citizen
from consular.appointments.rules import AlreadyBooked
from consular.appointments.second_tries import WARNED_EVERY, warn_holder
from consular.audit.models import JournalEntry
from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.notifications.models import OutboxMessage
from consular.schedule.claiming import SlotTaken
from tests.appointments.acting import NINE, STEP, book, cancel, person, rows_of
from tests.databases import on_both_databases
from tests.factories import MORNING, ROSA, World

pytestmark = on_both_databases


def _tried(citizen: Citizen = ROSA) -> None:
    with transaction():
        warn_holder(citizen, "apostille", actor="citizen")


def _letters() -> list[Any]:
    letters = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.template == "appointment-tried-again")
    ).all()
    db.session.rollback()
    return list(letters)


def test_the_letter_goes_to_the_contact_of_the_first_booking_in_its_language(world: World, session) -> None:
    first = book(replace(ROSA, language="en"))
    _tried(replace(ROSA, email="stranger@example.pe", given_names="Ana", language="es"))
    (letter,) = _letters()
    assert (letter.recipient, letter.language) == (ROSA.email, "en")
    values = json.loads(letter.values)
    assert values["reference"] == first.reference
    assert values["starts_at"] == NINE.isoformat()
    assert values["given_names"] == ROSA.given_names
    assert "stranger@example.pe" not in letter.values
    entry = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "try-again")).one()
    assert (entry.subject, entry.details) == (first.reference, {"service": "apostille"})


def test_insisting_sends_one_letter_in_a_time(world: World, session) -> None:
    book()
    for minutes in (0, 1, 60, WARNED_EVERY // timedelta(minutes=1) - 1):
        with clock.stopped(MORNING + timedelta(minutes=minutes)):
            _tried()
    assert len(_letters()) == 1
    with clock.stopped(MORNING + WARNED_EVERY):
        _tried()
    assert len(_letters()) == 2


def test_of_many_tries_at_once_one_writes(world: World, app: Flask) -> None:
    def one_try(_number: int) -> None:
        with app.app_context():
            _tried()

    with app.app_context():
        book()
    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(one_try, range(16)))
    with app.app_context():
        assert len(_letters()) == 1


def test_without_a_contact_nothing_leaves_and_the_desk_can_read_of_it(world: World, session) -> None:
    alone = person(7)
    first = book(alone)
    _tried(alone)
    assert _letters() == []
    assert db.session.scalars(
        select(JournalEntry.subject).where(JournalEntry.action == "try-again")
    ).all() == [first.reference]


def test_a_document_without_an_appointment_writes_nothing(world: World, session) -> None:
    cancel(book().reference)
    before = rows_of("outbox", "journal")
    _tried()
    _tried(person(8))
    assert rows_of("outbox", "journal") == before
    assert db.session.scalars(select(Booking.warned_at)).all() == [None]


def test_the_seats_are_asked_before_the_person(world: World, session) -> None:
    """Else who asks for a full slot learns, at no cost, whether a document has an appointment."""
    book()
    book(person(1))
    for citizen in (ROSA, person(2)):
        with pytest.raises(SlotTaken):
            book(citizen)
    with pytest.raises(AlreadyBooked):
        book(ROSA, NINE + STEP)
