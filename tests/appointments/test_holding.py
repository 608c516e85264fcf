"""Holds: seats are kept while a form is filled, and come back by the clock alone."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from consular.appointments.auditing import audit_capacity
from consular.appointments.holding import MOST_PEOPLE, HoldUnknown
from consular.appointments.rules import HoldExpired, OfficeClosed, Policy, SlotPast, SlotUnknown
from consular.foundation import clock
from consular.schedule.claiming import SlotTaken
from tests.appointments.acting import (
    NINE,
    POLICY,
    STEP,
    book,
    change,
    hold,
    person,
    release,
    rows_of,
    seats_at,
)
from tests.databases import on_both_databases
from tests.factories import JULIO, MORNING, World

pytestmark = on_both_databases
OVER = MORNING + POLICY.hold  # the instant at which a hold of the morning ends


def test_a_hold_keeps_a_seat_for_some_minutes(world: World, session: Session) -> None:
    kept = hold()
    assert (kept.starts_at, kept.ends_at, kept.expires_at) == (NINE, NINE + STEP, OVER)
    assert seats_at(NINE, world.offices["cusco"]) == (0, 1, 1)
    assert rows_of("booking", "appointment", "outbox", "journal") == {
        "booking": 0,
        "appointment": 0,
        "outbox": 0,
        "journal": 0,
    }


def test_held_seats_are_nobody_elses(world: World, session: Session) -> None:
    hold(people=2)
    with pytest.raises(SlotTaken):
        book(person(1))
    with pytest.raises(SlotTaken):
        hold()


def test_a_hold_becomes_the_appointment(world: World, session: Session) -> None:
    token = hold().token
    book(person(1))  # the other seat
    view = book(hold=token)
    assert view.starts_at == NINE
    assert seats_at(NINE, world.offices["cusco"]) == (2, 0, 0)
    assert audit_capacity().findings == ()


def test_a_hold_of_a_longer_service_keeps_each_of_its_slots(world: World, session: Session) -> None:
    token = hold(service="legalisation").token
    cusco = world.offices["cusco"]
    assert [seats_at(NINE + i * STEP, cusco)[1] for i in range(3)] == [1, 1, 0]
    assert book(service="legalisation", hold=token).ends_at == NINE + 2 * STEP
    assert [seats_at(NINE + i * STEP, cusco)[0] for i in range(3)] == [1, 1, 0]


def test_a_familys_hold_serves_its_people_one_by_one(world: World, session: Session) -> None:
    token = hold(people=2).token
    assert book(person(1), hold=token).status == "booked"
    assert seats_at(NINE, world.offices["cusco"]) == (1, 1, 0)
    assert book(person(2), hold=token).status == "booked"
    assert seats_at(NINE, world.offices["cusco"]) == (2, 0, 0)
    assert audit_capacity().findings == ()


def test_a_hold_is_over_by_the_clock(world: World, session: Session) -> None:
    hold(people=2)
    with clock.stopped(OVER - timedelta(microseconds=1)), pytest.raises(SlotTaken):
        book(person(1))
    with clock.stopped(OVER):
        assert book(person(1)).status == "booked"
        assert hold().starts_at == NINE
    assert audit_capacity().findings == ()


def test_a_hold_that_is_over_but_untouched_still_serves(world: World, session: Session) -> None:
    token = hold().token
    with clock.stopped(OVER + timedelta(minutes=30)):
        assert book(hold=token).status == "booked"


def test_a_hold_that_is_over_and_taken_is_expired(world: World, session: Session) -> None:
    token = hold(people=2).token
    with clock.stopped(OVER):
        book(person(1))
        book(person(2))
        with pytest.raises(HoldExpired) as refused:
            book(hold=token)
    assert refused.value.status == 410


def test_a_lost_hold_takes_another_free_seat(world: World, session: Session) -> None:
    token = hold().token
    release(token)
    assert book(hold=token).starts_at == NINE
    assert book(person(1), hold="never-given").starts_at == NINE


def test_somebody_elses_hold_of_another_time_gives_nothing_there(world: World, session: Session) -> None:
    token = hold(NINE + STEP).token
    book(person(1))
    book(person(2))
    with pytest.raises(HoldExpired):
        book(hold=token)
    assert seats_at(NINE + STEP, world.offices["cusco"]) == (0, 1, 1)


def test_a_released_hold_is_free_at_once_and_only_once(world: World, session: Session) -> None:
    token = hold(people=2).token
    release(token)
    assert seats_at(NINE, world.offices["cusco"]) == (0, 0, 2)
    book(person(1))
    book(person(2))
    with pytest.raises(HoldUnknown):
        release(token)


def test_releasing_what_became_an_appointment_takes_nothing_away(world: World, session: Session) -> None:
    token = hold().token
    book(hold=token)
    with pytest.raises(HoldUnknown):
        release(token)
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 1)


def test_more_people_than_seats_hold_nothing(world: World, session: Session) -> None:
    with pytest.raises(SlotTaken):
        hold(people=3)
    assert seats_at(NINE, world.offices["cusco"]) == (0, 0, 2)


@pytest.mark.parametrize("people", [0, -1, MOST_PEOPLE + 1])
def test_an_absurd_number_of_people_is_refused(world: World, session: Session, people: int) -> None:
    with pytest.raises(ValueError, match="people"):
        hold(people=people)


def test_a_hold_obeys_the_rules_of_a_booking(world: World, session: Session) -> None:
    with pytest.raises(SlotUnknown):
        hold(NINE + timedelta(minutes=1))
    with pytest.raises(SlotPast):
        hold(policy=Policy(lead=timedelta(days=1)))
    change("UPDATE office SET status = 'suspended'")
    with pytest.raises(OfficeClosed):
        hold()


def test_a_hold_obeys_a_preferential_seat(world: World, session: Session, dialect: str) -> None:
    zone = "" if dialect == "sqlite" else "+00"
    change("UPDATE seat SET general_from = :at", at=f"2026-11-30 13:00:00.000000{zone}")
    with pytest.raises(SlotTaken):
        hold()
    token = hold(preferential=True).token
    assert book(JULIO, hold=token, preferential=True).preferential


def test_the_seat_of_an_expired_hold_changes_hands_once(world: World, session: Session) -> None:
    first = hold(people=2)
    with clock.stopped(first.expires_at):
        second = hold(people=2)
        _refused_for(first.token)
        assert book(person(1), hold=second.token).status == "booked"


def _refused_for(token: str) -> datetime:
    with pytest.raises(HoldExpired):
        book(person(9), hold=token)
    return clock.now()
