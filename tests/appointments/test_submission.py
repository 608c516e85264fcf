"""A form sent twice is one appointment."""

from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from sqlalchemy.orm import Session

from consular.appointments import booking
from consular.appointments.rules import AlreadyBooked, SubmissionReused
from consular.foundation import clock
from consular.foundation.database import transaction
from tests.appointments.acting import NINE, POLICY, STEP, book, cancel, move, person, rows_of, seats_at
from tests.databases import on_both_databases
from tests.factories import MORNING, ROSA, World

pytestmark = on_both_databases
WRITTEN = ("booking", "appointment", "journal", "outbox")


def test_a_form_sent_twice_gives_the_same_appointment(world: World, session: Session) -> None:
    first = book(submission="form-1")
    before = rows_of(*WRITTEN)
    again = book(submission="form-1")
    assert again == first
    assert again.secret == first.secret
    assert rows_of(*WRITTEN) == before
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 1)


def test_the_same_person_typed_otherwise_is_the_same_submission(world: World, session: Session) -> None:
    first = book(submission="form-1")
    typed = replace(ROSA, document_number="10.117.410-2", given_names=" Rosa  María", phone="984 000 001")
    assert book(typed, submission="form-1") == first


def test_the_same_instant_in_another_zone_is_the_same_submission(world: World, session: Session) -> None:
    first = book(submission="form-1")
    assert book(starts_at=NINE.astimezone(timezone(timedelta(hours=-5))), submission="form-1") == first


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_at": NINE + STEP},
        {"service": "legalisation"},
        {"office": "tacna"},
        {"preferential": True},
        {"citizen": person(2)},
        {"citizen": replace(ROSA, email="other@example.pe")},
    ],
)
def test_a_submission_with_other_contents_is_refused(
    world: World, session: Session, changes: dict[str, object]
) -> None:
    book(submission="form-1")
    before = rows_of(*WRITTEN)
    with pytest.raises(SubmissionReused):
        book(**{"submission": "form-1", **changes})
    assert rows_of(*WRITTEN) == before


def test_two_submissions_are_two_requests(world: World, session: Session) -> None:
    first = book(submission="form-1")
    with pytest.raises(AlreadyBooked):
        book(submission="form-2")
    assert book(person(2), submission="form-2").reference != first.reference


def test_without_a_submission_every_request_is_its_own(world: World, session: Session) -> None:
    assert book(person(1)).reference != book(person(2)).reference


def test_a_replay_tells_what_has_become_of_it(world: World, session: Session) -> None:
    first = book(submission="form-1")
    move(first.reference, NINE + STEP)
    replayed = book(submission="form-1")
    assert (replayed.reference, replayed.starts_at) == (first.reference, NINE + STEP)
    cancel(first.reference)
    assert book(submission="form-1").status == "cancelled"
    assert seats_at(NINE, world.offices["cusco"]) == (0, 0, 2)


def test_a_replay_needs_no_free_place_and_no_lead_time(world: World, session: Session) -> None:
    first = book(submission="form-1")
    book(person(2))
    with clock.stopped(MORNING + timedelta(days=2)):
        assert book(submission="form-1").reference == first.reference


def test_a_refused_submission_may_be_sent_again(world: World, session: Session) -> None:
    book()
    with pytest.raises(AlreadyBooked):
        book(submission="form-1", starts_at=NINE + STEP)
    assert book(person(2), submission="form-1").status == "booked"


def test_a_submission_is_kept_only_as_a_hash(world: World, session: Session) -> None:
    book(submission="form-1")
    (kept,) = session.connection().exec_driver_sql("SELECT submission FROM booking").one()
    assert len(kept) == 64
    assert "form-1" not in kept


def test_a_replay_writes_nothing_even_when_it_reads(world: World, session: Session) -> None:
    first = book(submission="form-1")
    with transaction():
        again = booking.book(
            office="cusco",
            service="apostille",
            starts_at=NINE,
            citizen=ROSA,
            policy=POLICY,
            actor="api:portal",
            channel="api",
            submission="form-1",
        )
    assert again == first
    assert rows_of("journal") == {"journal": 1}
