"""Who may see an appointment, and how many statements each action takes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from consular.appointments.queries import (
    AppointmentUnknown,
    appointment_by_document,
    appointment_by_reference,
    appointment_with_secret,
    today,
)
from consular.foundation import clock
from tests.appointments.acting import NINE, STEP, TOMORROW, book, cancel, hold, move, person, set_status
from tests.conftest import Statements
from tests.databases import on_both_databases
from tests.factories import JULIO, MORNING, ROSA, ZONE, World

pytestmark = on_both_databases
Count = Callable[[], AbstractContextManager[Statements]]


def test_the_secret_opens_the_appointment(world: World, session: Session) -> None:
    view = book()
    assert len(view.secret) == 32
    assert appointment_with_secret(view.reference, view.secret) == view
    assert appointment_with_secret(view.reference.lower().replace("-", ""), view.secret) == view


def test_a_wrong_secret_and_a_wrong_reference_are_refused_alike(world: World, session: Session) -> None:
    view, other = book(), book(JULIO)
    refusals = []
    for reference, secret in (
        (view.reference, other.secret),
        (view.reference, ""),
        (view.reference, view.secret[:-1]),
        (view.reference, view.secret.upper() + "x"),
        (view.reference, "ñ\ud800"),
        ("K7QM-4T3X", view.secret),
        ("nonsense", view.secret),
        ("", ""),
    ):
        with pytest.raises(AppointmentUnknown) as refused:
            appointment_with_secret(reference, secret)
        refusals.append((refused.value.name, refused.value.status, refused.value.facts))
    assert set(map(str, refusals)) == {"('appointment-unknown', 404, {})"}


def test_the_document_opens_the_appointment_however_it_is_typed(world: World, session: Session) -> None:
    view = book()
    for typed in ("10117410", "10.117.410", "10117410-2", " 10117410 "):
        assert appointment_by_document(view.reference, "dni", typed) == view


def test_a_passport_is_its_number_and_its_country(world: World, session: Session) -> None:
    view = book(person(1, document_type="passport", document_country="VE"))
    assert appointment_by_document(view.reference, "passport", "00000001", "ve") == view
    with pytest.raises(AppointmentUnknown):
        appointment_by_document(view.reference, "passport", "00000001", "CO")


def test_a_wrong_document_and_a_wrong_reference_are_refused_alike(world: World, session: Session) -> None:
    view, other = book(), book(JULIO)
    refusals = []
    for reference, type_, number in (
        (view.reference, "dni", "10117411"),
        (view.reference, "ce", "001234567"),
        (view.reference, "other", "10117410"),
        (view.reference, "dni", "1"),
        (view.reference, "dni", "10117410\x00\ud800"),
        (view.reference, "nonsense", "10117410"),
        (view.reference, "passport", "10117410"),
        (other.reference, "dni", "10117410"),
        ("K7QM-4T3X", "dni", "10117410"),
        ("", "", ""),
    ):
        with pytest.raises(AppointmentUnknown) as refused:
            appointment_by_document(reference, type_, number)
        refusals.append((refused.value.name, refused.value.status, refused.value.facts))
    assert set(map(str, refusals)) == {"('appointment-unknown', 404, {})"}


def test_an_ended_appointment_is_still_shown_to_its_citizen(world: World, session: Session) -> None:
    view = book()
    cancel(view.reference)
    assert appointment_with_secret(view.reference, view.secret).status == "cancelled"
    assert appointment_by_document(view.reference, "dni", ROSA.document_number).status == "cancelled"


# --- Statements: counts are free of noise, so each has a budget ------------------------------------


def test_booking_takes_two_statements_or_six(
    world: World, session: Session, dialect: str, count_statements: Count
) -> None:
    """What it decides on, and all that it writes; SQLite takes the claim and each of four rows alone."""
    book(person(1))
    with count_statements() as statements:
        book()
    assert len(statements) == (2 if dialect == "postgresql" else 6), statements


def test_booking_more_slots_takes_one_more_claim_each(
    world: World, session: Session, dialect: str, count_statements: Count
) -> None:
    book(person(1), TOMORROW, service="legalisation")
    with count_statements() as statements:
        book(service="legalisation")
    assert len(statements) == (4 if dialect == "postgresql" else 7), statements


def test_booking_with_a_hold_takes_no_more_than_a_claim(
    world: World, session: Session, dialect: str, count_statements: Count
) -> None:
    token = hold().token
    with count_statements() as statements:
        book(hold=token, submission="form-1")
    assert len(statements) == (3 if dialect == "postgresql" else 6), statements


def test_a_replay_reads_twice_and_writes_nothing(
    world: World, session: Session, count_statements: Count
) -> None:
    book(submission="form-1")
    with count_statements() as statements:
        book(submission="form-1")
    assert len(statements) == 2, statements
    assert all(sent.startswith("SELECT") for sent in statements.sent), statements


def test_holding_takes_two_statements(world: World, session: Session, count_statements: Count) -> None:
    hold()
    with count_statements() as statements:
        hold()
    assert len(statements) == 2, statements


def test_one_appointment_is_read_in_one_statement(
    world: World, session: Session, count_statements: Count
) -> None:
    view = book()
    move(view.reference, TOMORROW)
    with count_statements() as statements:
        appointment_by_reference(view.reference)
    assert len(statements) == 1, statements
    with count_statements() as statements:
        appointment_by_document(view.reference, "dni", ROSA.document_number)
    assert len(statements) == 1, statements


def test_the_days_list_takes_one_statement_however_long(
    world: World, session: Session, count_statements: Count
) -> None:
    for number in range(12):
        book(person(number), starts_at=NINE + (number // 2) * STEP)
    with count_statements() as statements:
        rows = today(world.offices["cusco"], ZONE, NINE.date())
    assert len(rows) == 12
    assert len(statements) == 1, statements


def test_changing_has_a_budget_too(world: World, session: Session, count_statements: Count) -> None:
    reference = book().reference
    with count_statements() as moving:
        move(reference, TOMORROW)
    with count_statements() as cancelling:
        cancel(reference)
    assert len(moving) <= 8, moving
    assert len(cancelling) <= 5, cancelling
    attended = book(JULIO).reference
    with clock.stopped(MORNING + timedelta(hours=2)), count_statements() as attending:
        set_status(attended, "arrived", world.offices["cusco"])
    assert len(attending) <= 3, attending
