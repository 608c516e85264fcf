"""More and fewer seats: what is taken or held stays, and a plan made from old numbers is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consular.appointments.auditing import audit_capacity
from consular.audit.models import JournalEntry
from consular.foundation import clock
from consular.foundation.database import transaction
from consular.foundation.errors import Refusal
from consular.schedule.claiming import SlotTaken
from consular.schedule.models import Seat, Slot
from consular.schedule.resizing import (
    MOST_SEATS,
    SeatsChanged,
    SeatsInUse,
    SeatsOutOfRange,
    SlotBegun,
    SlotNotFound,
    set_seats,
)
from tests.appointments.acting import NINE, POLICY, book, cancel, hold, person, rows_of, seats_at
from tests.databases import on_both_databases
from tests.factories import MORNING, World

pytestmark = on_both_databases


def _slot(world: World, session: Session, starts_at: datetime = NINE) -> int:
    found = session.scalars(
        select(Slot.id).where(Slot.office_id == world.offices["cusco"], Slot.starts_at == starts_at)
    ).one()
    session.rollback()
    return found


def _resize(world: World, session: Session, seats: int, seen: int, **changes: object) -> None:
    asked = {
        "office_id": world.offices["cusco"],
        "slot_id": _slot(world, session),
        "now": clock.now(),
        "actor": "staff:mirta@example.pe",
        **changes,
    }
    with transaction():
        set_seats(seats=seats, seen=seen, **asked)


@pytest.mark.parametrize("seats", [0, 1, 2, 5, MOST_SEATS])
def test_a_slot_gets_exactly_the_seats_asked_for(world: World, session: Session, seats: int) -> None:
    _resize(world, session, seats, 2)
    assert seats_at(NINE, world.offices["cusco"]) == (0, 0, seats)
    entry = session.scalars(select(JournalEntry)).one()
    assert (entry.action, entry.details) == ("set_seats", {"before": 2, "after": seats})
    assert audit_capacity().findings == ()


def test_a_new_seat_can_be_booked(world: World, session: Session) -> None:
    book(person(1))
    book(person(2))
    _resize(world, session, 3, 2)
    assert book(person(3)).starts_at == NINE
    with pytest.raises(SlotTaken):
        book(person(4))


def test_seats_taken_away_and_given_back_can_be_booked(world: World, session: Session) -> None:
    book(person(1))
    _resize(world, session, 1, 2)
    with pytest.raises(SlotTaken):
        book(person(2))
    _resize(world, session, 2, 1)
    assert book(person(2)).starts_at == NINE
    assert audit_capacity().findings == ()


def test_a_taken_seat_is_never_removed(world: World, session: Session) -> None:
    book(person(1))
    with pytest.raises(SeatsInUse) as refused:
        _resize(world, session, 0, 2)
    assert refused.value.facts == {"removable": 1}
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 1)
    _resize(world, session, 1, 2)
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 0)


def test_the_seats_that_go_are_the_free_ones_wherever_they_are(world: World, session: Session) -> None:
    first = book(person(1))
    book(person(2))
    cancel(first.reference)  # now seat 1 is free and seat 2 is taken
    _resize(world, session, 1, 2)
    assert session.scalars(select(Seat.no).where(Seat.slot_id == _slot(world, session))).all() == [2]
    assert audit_capacity().findings == ()


def test_a_seat_that_is_held_stays_until_its_hold_is_over(world: World, session: Session) -> None:
    kept = hold(people=2)
    with pytest.raises(SeatsInUse) as refused:
        _resize(world, session, 1, 2)
    assert refused.value.facts == {"removable": 0}
    with clock.stopped(kept.expires_at):
        _resize(world, session, 0, 2)
    assert seats_at(NINE, world.offices["cusco"]) == (0, 0, 0)


@pytest.mark.parametrize("seen", [0, 1, 3])
def test_a_plan_from_other_numbers_is_refused(world: World, session: Session, seen: int) -> None:
    with pytest.raises(SeatsChanged) as refused:
        _resize(world, session, 4, seen)
    assert refused.value.facts == {"present": 2}
    assert seats_at(NINE, world.offices["cusco"]) == (0, 0, 2)


def test_the_same_form_sent_twice_does_not_add_twice(world: World, session: Session) -> None:
    _resize(world, session, 4, 2)
    with pytest.raises(SeatsChanged):
        _resize(world, session, 4, 2)
    assert seats_at(NINE, world.offices["cusco"]) == (0, 0, 4)


WRONG = {
    "another office's": ({"office": "tacna"}, SlotNotFound),
    "no slot": ({"slot_id": 999_999_999}, SlotNotFound),
    "fewer than none": ({"seats": -1}, SeatsOutOfRange),
    "too many": ({"seats": MOST_SEATS + 1}, SeatsOutOfRange),
    "begun": ({"now": NINE}, SlotBegun),
}


@pytest.mark.parametrize(("asked", "refusal"), WRONG.values(), ids=WRONG.keys())
def test_what_cannot_be_resized_is_refused(
    world: World, session: Session, asked: dict[str, object], refusal: type[Refusal]
) -> None:
    changes = dict(asked)
    if "office" in changes:
        changes["office_id"] = world.offices[str(changes.pop("office"))]
    seats = changes.pop("seats", 3)
    with pytest.raises(refusal):
        _resize(world, session, seats, 2, **changes)
    assert rows_of("journal") == {"journal": 0}
    assert seats_at(NINE, world.offices["cusco"]) == (0, 0, 2)


def test_an_added_seat_opens_with_its_slot(world: World, session: Session) -> None:
    beyond = NINE + timedelta(days=POLICY.horizon_days + 1)
    _resize(world, session, 3, 2, slot_id=_slot(world, session, beyond))
    with pytest.raises(SlotTaken):
        book(starts_at=beyond)
    with clock.stopped(datetime(2026, 12, 1, 5, 0, tzinfo=UTC)):
        for number in range(3):
            book(person(number), starts_at=beyond)
    assert clock.now() == MORNING
