"""Whom long past appointments were for is erased; that they were stays."""

import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from consular import cli_work
from consular.appointments import erasing
from consular.appointments.auditing import audit_capacity
from consular.appointments.erasing import erase_persons
from consular.appointments.models import Appointment, Booking
from consular.appointments.queries import AppointmentUnknown, appointment_by_reference
from consular.audit.models import JournalEntry
from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.notifications.models import OutboxMessage
from tests.appointments.acting import (
    NINE,
    STEP,
    TOMORROW,
    book,
    cancel,
    hold,
    move,
    person,
    seats_at,
    set_status,
)
from tests.databases import on_both_databases
from tests.factories import ROSA, World

pytestmark = on_both_databases

YEAR = timedelta(days=365)
ENDS = NINE + STEP


@pytest.fixture
def handlers() -> Iterator[None]:
    """The worker's handlers of signals end with the test."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def _erase(at: datetime = ENDS + YEAR + timedelta(seconds=1)) -> int:
    with transaction():
        return erase_persons(YEAR, at).appointments


def _rows() -> list[Any]:
    """Of each appointment, in order: what it says of its person, its status and the contact of its booking."""
    found = db.session.execute(
        select(
            *(Appointment.person_key, Appointment.document_number, Appointment.document_country),
            *(Appointment.given_names, Appointment.family_names, Appointment.status),
            *(Booking.email, Booking.phone, Booking.contact_name, Booking.submission_digest),
        )
        .join(Booking, Booking.id == Appointment.booking_id)
        .order_by(Appointment.id)
    ).all()
    db.session.rollback()
    return list(found)


def _nobody(status: str) -> tuple[object, ...]:
    return "", "", None, "", "", status, None, None, None, None


def test_who_was_attended_long_ago_is_nobody(world: World, session: Session) -> None:
    view = book(submission="form-1")
    for status in ("arrived", "serving", "served"):
        with clock.stopped(NINE):
            set_status(view.reference, status, world.offices["cusco"])
    assert _erase() == 1
    assert [tuple(row) for row in _rows()] == [_nobody("served")]
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 1)
    assert audit_capacity().findings == ()
    with pytest.raises(AppointmentUnknown):
        appointment_by_reference(view.reference)
    last = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc()).limit(1)).one()
    assert (last.actor, last.action, last.details) == ("system", "erase-persons", {"count": 1})


def test_it_goes_after_the_whole_time_and_not_before(world: World, session: Session) -> None:
    book()
    assert _erase(ENDS + YEAR) == 0
    assert _rows()[0].given_names == ROSA.given_names
    assert _erase(ENDS + YEAR + timedelta(microseconds=1)) == 1
    assert _erase() == 0


def test_what_nobody_ended_is_ended_first(world: World, session: Session) -> None:
    views = [book(person(number), NINE + number * STEP) for number in (1, 2, 3)]
    with clock.stopped(NINE):
        for view, steps in zip(views[1:], (("arrived",), ("arrived", "serving")), strict=True):
            for status in steps:
                set_status(view.reference, status, world.offices["cusco"])
    assert _erase(ENDS + 2 * YEAR) == 3
    assert [row.status for row in _rows()] == ["no_show", "served", "served"]
    assert audit_capacity().findings == ()


def test_a_booking_keeps_its_contact_while_one_of_its_appointments_is_not_old(
    world: World, session: Session
) -> None:
    view = book()
    move(view.reference, TOMORROW)
    assert _erase() == 1
    first, second = _rows()
    assert (first.given_names, first.status) == ("", "moved")
    assert (second.given_names, second.email) == (ROSA.given_names, ROSA.email)
    assert appointment_by_reference(view.reference).starts_at == TOMORROW
    assert _erase(ENDS + 2 * YEAR) == 1
    assert [tuple(row) for row in _rows()] == [_nobody("moved"), _nobody("no_show")]


def test_the_same_person_and_the_same_form_may_come_again(world: World, session: Session) -> None:
    first = book(submission="form-1")
    cancel(first.reference)
    other = book(person(2), submission="form-2")
    _erase()
    again = book(submission="form-3", starts_at=TOMORROW)
    assert again.reference not in (first.reference, other.reference)
    assert [row.given_names for row in _rows()] == ["", "", ROSA.given_names]


def test_so_many_at_once(world: World, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "AT_ONCE", 2)
    for number in range(3):
        book(person(number), NINE + number * STEP)
    assert [_erase(ENDS + 2 * YEAR) for _ in range(3)] == [2, 1, 0]
    assert {row.person_key for row in _rows()} == {""}


def test_the_next_ones_begin_after_the_last(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "AT_ONCE", 1)
    for number in range(3):
        book(person(number), NINE + number * STEP)
    first, second, third = session.scalars(select(Appointment.id).order_by(Appointment.id)).all()
    session.rollback()
    with transaction():
        assert erase_persons(YEAR, ENDS + 2 * YEAR, after=first) == (1, second)
    with transaction():
        assert erase_persons(YEAR, ENDS + 2 * YEAR, after=third) == (0, None)
    assert [row.given_names for row in _rows()] == [ROSA.given_names, "", ROSA.given_names]


def test_the_command_goes_on_to_the_end(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "AT_ONCE", 2)
    with app.app_context():
        for number in range(5):
            book(person(number), NINE + number * STEP)
    with clock.stopped(ENDS + 2 * YEAR):
        said = app.test_cli_runner().invoke(args=["erase-persons"]).output
    assert said == "5 appointments name nobody any more\n"


def test_the_worker_sends_messages_between_two_parts(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, handlers: None
) -> None:
    named: list[int] = []

    def send() -> None:
        query = select(func.count()).select_from(Appointment).where(Appointment.person_key != "")
        named.append(db.session.scalar(query) or 0)
        if len(named) == 4:
            signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(erasing, "AT_ONCE", 1)
    monkeypatch.setattr(cli_work, "_send_due", send)
    with app.app_context():
        for number in range(3):
            book(person(number), NINE + number * STEP)
    with clock.stopped(ENDS + 2 * YEAR):
        ended = app.test_cli_runner().invoke(args=["work", "--pause", "0.01"])
    assert (ended.exit_code, named) == (0, [3, 2, 1, 0])


def test_a_message_that_was_given_up_goes_too(world: World, session: Session) -> None:
    book()
    with transaction():
        session.execute(update(OutboxMessage).values(failed_at=ENDS))
    _erase(ENDS + YEAR)
    assert session.scalar(text("SELECT count(*) FROM outbox")) == 1
    _erase()
    assert session.scalar(text("SELECT count(*) FROM outbox")) == 0


def test_a_hold_has_no_person_and_stays(world: World, session: Session) -> None:
    kept = hold()
    assert _erase() == 0
    assert kept.token


def test_the_command_says_how_many(app: Flask, world: World) -> None:
    with app.app_context():
        book()
    runner = app.test_cli_runner()
    assert runner.invoke(args=["erase-persons"]).output == "0 appointments name nobody any more\n"
    with clock.stopped(ENDS + YEAR + STEP):
        assert runner.invoke(args=["erase-persons"]).output == "1 appointments name nobody any more\n"
        assert runner.invoke(args=["erase-persons"]).output == "0 appointments name nobody any more\n"
