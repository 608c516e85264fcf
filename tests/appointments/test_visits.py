"""One visit for several documents, and an appointment that somebody else makes."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from consular.appointments.auditing import audit_capacity
from consular.appointments.people import InvalidCitizen
from consular.appointments.queries import appointment_by_reference
from consular.appointments.rules import (
    MOST_DOCUMENTS,
    HoldExpired,
    SlotUnknown,
    SubmissionReused,
    TooManyDocuments,
)
from consular.foundation import clock
from consular.foundation.database import transaction
from consular.schedule.claiming import SlotTaken
from consular.schedule.first_free import first_free
from consular.schedule.publishing import publish
from consular.schedule.queries import free_starts, office_service
from tests.appointments.acting import (
    NINE,
    POLICY,
    STEP,
    TOMORROW,
    book,
    change,
    hold,
    move,
    person,
    rows_of,
    seats_at,
)
from tests.databases import on_both_databases
from tests.factories import ROSA, World, make_offer, make_office, make_rule, make_service

pytestmark = on_both_databases


@pytest.fixture
def longer(world: World, session: Session) -> int:
    """Cusco, where each document after the first makes the visit five minutes longer."""
    change("UPDATE service SET extra_minutes = 5 WHERE code = 'apostille'")
    return world.offices["cusco"]


@pytest.mark.parametrize(("documents", "slots"), [(1, 1), (2, 2), (4, 2), (5, 3), (10, 4)])
def test_more_documents_take_more_slots(longer: int, session: Session, documents: int, slots: int) -> None:
    view = book(documents=documents)
    assert (view.documents, view.ends_at) == (documents, NINE + slots * STEP)
    assert view == appointment_by_reference(view.reference)
    assert [seats_at(NINE + i * STEP, longer)[0] for i in range(5)] == [1] * slots + [0] * (5 - slots)
    assert audit_capacity().findings == ()


def test_a_service_that_says_nothing_of_documents_takes_no_longer(world: World, session: Session) -> None:
    assert book(documents=MOST_DOCUMENTS).ends_at == NINE + STEP


def test_documents_that_do_not_fit_before_closing_are_refused(longer: int, session: Session) -> None:
    with pytest.raises(SlotUnknown):
        book(documents=2, starts_at=NINE + 11 * STEP)
    assert book(starts_at=NINE + 11 * STEP).documents == 1


@pytest.mark.parametrize(("documents", "fits"), [(16, True), (17, False), (MOST_DOCUMENTS, False)])
def test_a_visit_of_more_slots_than_an_appointment_may_have_is_refused(
    world: World, session: Session, documents: int, fits: bool
) -> None:
    """15 minutes and 30 for each further document, in slots of five: 96 are 16 documents."""
    with transaction():
        service = make_service("translation", extra_minutes=30)
        office = make_office("urubamba", "Urubamba", "08")
        make_offer(office, service)
        make_rule(office, [service], 0, opens=time(8), closes=time(20), slot_minutes=5, seats=1)
        publish(14, clock.now())
    asked = {"office": "urubamba", "service": "translation", "starts_at": NINE, "documents": documents}
    target = office_service("urubamba", "translation", NINE.date(), NINE.date())
    now, lead = clock.now(), POLICY.lead
    offered = free_starts(target, NINE.date(), NINE.date(), now, lead, documents=documents)
    assert (NINE in [start.starts_at for start in offered]) is fits, "what is offered can be booked"
    assert (target.office_id in first_free("translation", now, lead, documents=documents)) is fits
    if fits:
        assert book(**asked).ends_at == NINE + timedelta(minutes=15 + 30 * 15)
    else:
        with pytest.raises(SlotUnknown):
            book(**asked)
    assert audit_capacity().findings == ()


@pytest.mark.parametrize("documents", [0, -1, MOST_DOCUMENTS + 1])
def test_no_visit_is_for_such_a_number(longer: int, session: Session, documents: int) -> None:
    for asking in (book, hold):
        with pytest.raises(TooManyDocuments) as refused:
            asking(documents=documents)
        assert refused.value.facts == {"most": MOST_DOCUMENTS}
    assert rows_of("booking", "appointment") == {"booking": 0, "appointment": 0}


def test_a_hold_for_several_documents_keeps_every_slot(longer: int, session: Session) -> None:
    token = hold(documents=4).token
    assert [seats_at(NINE + i * STEP, longer)[1] for i in range(3)] == [1, 1, 0]
    assert book(documents=4, hold=token).ends_at == NINE + 2 * STEP
    assert audit_capacity().findings == ()


def test_a_hold_for_fewer_documents_is_not_enough(longer: int, session: Session) -> None:
    token = hold().token
    for number in (1, 2):
        book(person(number), starts_at=NINE + STEP)
    with pytest.raises(HoldExpired):
        book(documents=4, hold=token)
    assert seats_at(NINE, longer) == (0, 1, 1)


def test_a_move_takes_all_the_documents_along(longer: int, session: Session) -> None:
    reference = book(documents=4).reference
    moved = move(reference, TOMORROW)
    assert (moved.documents, moved.ends_at) == (4, TOMORROW + 2 * STEP)
    for number in (1, 2):
        book(person(number), starts_at=NINE + STEP)
    with pytest.raises(SlotTaken):
        move(reference, NINE)
    assert appointment_by_reference(reference) == moved


def test_another_number_of_documents_is_another_submission(longer: int, session: Session) -> None:
    first = book(documents=2, submission="form-1")
    assert book(documents=2, submission="form-1") == first
    with pytest.raises(SubmissionReused):
        book(documents=3, submission="form-1")


@pytest.mark.parametrize("on_behalf", ["other", "minor"])
def test_somebody_else_may_book_and_is_told(world: World, session: Session, on_behalf: str) -> None:
    view = book(replace(ROSA, on_behalf=on_behalf, contact_name=" Julio  Condori "))
    assert (view.on_behalf, view.contact_name) == (on_behalf, "Julio Condori")
    assert view == appointment_by_reference(view.reference)
    kept = session.execute(text("SELECT contact_name FROM booking")).scalar_one()
    assert "Julio" not in kept


def test_who_books_for_themselves_is_their_own_contact(world: World, session: Session) -> None:
    view = book(replace(ROSA, contact_name="Somebody"))
    assert (view.on_behalf, view.contact_name) == ("self", None)


@pytest.mark.parametrize(
    ("on_behalf", "contact_name", "errors"),
    [
        ("other", None, {"contact_name": "required"}),
        ("minor", " ", {"contact_name": "required"}),
        ("other", "\u202eJulio", {"contact_name": "characters"}),
        ("other", "J" * 121, {"contact_name": "too-long"}),
        ("friend", "Julio", {"on_behalf": "unknown"}),
    ],
)
def test_who_books_must_have_a_name(
    world: World, session: Session, on_behalf: str, contact_name: str | None, errors: dict[str, str]
) -> None:
    with pytest.raises(InvalidCitizen) as refused:
        book(replace(ROSA, on_behalf=on_behalf, contact_name=contact_name))
    assert refused.value.facts["errors"] == errors
