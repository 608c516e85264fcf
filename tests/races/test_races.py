"""Many people want the same few places at the same moment, from several processes."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from consular.appointments.auditing import audit_capacity
from consular.appointments.holding import hold_places
from consular.appointments.models import Appointment
from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.schedule.models import Seat, Slot
from tests.databases import on_both_databases
from tests.factories import MORNING
from tests.races.conftest import Race
from tests.races.racing import RACERS, ROUNDS, Task, bookings
from tests.races.stage import POLICY, SEATS, at, citizen, reserve

pytestmark = on_both_databases

# Starts of other days, all of whose seats are free when a race begins.
FREE_STARTS = [at(9, 15 * quarter, days=1 + day) for day in (0, 1, 2, 3) for quarter in range(4)]


def _outcomes(answers: list[str]) -> Counter[str]:
    return Counter("ok" if answer.startswith("ok ") else answer for answer in answers)


def _audit(app: Flask) -> None:
    with app.app_context():
        assert audit_capacity().findings == ()


def _booked_at(app: Flask, starts_at: datetime) -> int:
    with app.app_context():
        counted = select(func.count()).where(
            Appointment.starts_at == starts_at, Appointment.status == "booked"
        )
        return db.session.scalar(counted) or 0


def _hold(app: Flask, starts_at: datetime, when: datetime) -> list[str]:
    """Hold every seat of a start, one by one, at an instant."""
    tokens = []
    with app.app_context(), clock.stopped(when):
        for _ in range(SEATS):
            with transaction():
                hold = hold_places(office="cusco", service="apostille", starts_at=starts_at, policy=POLICY)
            tokens.append(hold.token)
    return tokens


def test_64_people_for_3_seats(app: Flask, run_race: Race) -> None:
    for number in range(ROUNDS):
        starts_at = FREE_STARTS[number % len(FREE_STARTS)]
        if number >= len(FREE_STARTS):
            _empty(app, starts_at)
        people = range(1000 + number * RACERS, 1000 + (number + 1) * RACERS)
        answers = run_race(bookings(starts_at, people))
        assert _outcomes(answers) == {"ok": SEATS, "slot-taken": RACERS - SEATS}
        assert _booked_at(app, starts_at) == SEATS
    _audit(app)


def _empty(app: Flask, starts_at: datetime) -> None:
    """Cancel everybody at a start, for a proof that has more rounds than the stage has starts."""
    with app.app_context(), transaction() as session:
        for appointment in session.scalars(
            select(Appointment).where(Appointment.starts_at == starts_at, Appointment.status == "booked")
        ):
            appointment.status = "cancelled"


def test_64_people_over_holds_that_have_ended(app: Flask, run_race: Race) -> None:
    """Nobody has cleaned up: whoever claims first takes the seat of an ended hold, its holder included."""
    starts_at = FREE_STARTS[0]
    tokens = _hold(app, starts_at, MORNING - timedelta(hours=1))
    tasks = [
        Task("book", {"person": 2000 + number, "starts_at": starts_at, "hold": token})
        for number, token in enumerate(tokens)
    ]
    answers = run_race([*bookings(starts_at, range(2100, 2100 + RACERS - SEATS)), *tasks])
    outcomes = _outcomes(answers)
    assert outcomes.pop("ok") == SEATS
    assert set(outcomes) <= {"slot-taken", "hold-expired"}
    assert _booked_at(app, starts_at) == SEATS
    _audit(app)


def test_a_hold_that_lasts_is_respected(app: Flask, run_race: Race) -> None:
    starts_at = FREE_STARTS[0]
    tokens = _hold(app, starts_at, MORNING)
    tasks = [
        Task("book", {"person": 3000 + number, "starts_at": starts_at, "hold": token})
        for number, token in enumerate(tokens)
    ]
    answers = run_race([*tasks, *bookings(starts_at, range(3100, 3116))])
    assert _outcomes(answers[:SEATS]) == {"ok": SEATS}
    assert _outcomes(answers[SEATS:]) == {"slot-taken": 16}
    _audit(app)


def test_holding_is_a_race_too(app: Flask, run_race: Race) -> None:
    answers = run_race([Task("hold", {"starts_at": FREE_STARTS[0], "people": 1}) for _ in range(16)])
    assert _outcomes(answers) == {"ok": SEATS, "slot-taken": 16 - SEATS}


def test_a_family_gets_all_its_places_or_none(app: Flask, run_race: Race) -> None:
    """Two places at a time out of three: one family has them, and one place is left for somebody else."""
    starts_at = FREE_STARTS[0]
    answers = run_race([Task("hold", {"starts_at": starts_at, "people": 2}) for _ in range(16)])
    assert _outcomes(answers) == {"ok": 1, "slot-taken": 15}
    with app.app_context():
        held = select(func.count()).where(Seat.hold.is_not(None), Seat.starts_at == starts_at)
        assert db.session.scalar(held) == 2


def test_visits_of_two_slots(app: Flask, run_race: Race) -> None:
    answers = run_race(bookings(FREE_STARTS[0], range(4000, 4000 + RACERS), service="legalisation"))
    assert _outcomes(answers) == {"ok": SEATS, "slot-taken": RACERS - SEATS}
    _audit(app)


def test_visits_of_two_slots_that_overlap(app: Flask, run_race: Race) -> None:
    """9:00, 9:15 and 9:30 share slots in pairs; nobody waits for ever, and no slot has four people."""
    tasks = [
        Task("book", {"person": 5000 + n, "starts_at": FREE_STARTS[n % 3], "service": "legalisation"})
        for n in range(RACERS)
    ]
    outcomes = _outcomes(run_race(tasks))
    assert set(outcomes) == {"ok", "slot-taken"}
    assert SEATS <= outcomes["ok"] <= 2 * SEATS
    _audit(app)


def test_moving_to_the_same_places(app: Flask, run_race: Race) -> None:
    """Everybody keeps the old seat until the new one is sure; three move, the others stay where they were."""
    wanted = at(11, 0, days=1)
    references = []
    with app.app_context(), clock.stopped(MORNING):
        for number in range(24):
            references.append(reserve(citizen(6000 + number), FREE_STARTS[number // SEATS]).reference)
    answers = run_race([Task("move", {"reference": r, "starts_at": wanted}) for r in references])
    assert _outcomes(answers) == {"ok": SEATS, "slot-taken": 24 - SEATS}
    assert _booked_at(app, wanted) == SEATS
    with app.app_context():
        states = select(Appointment.status, func.count()).where(Appointment.starts_at.in_(FREE_STARTS))
        counted = {
            status: number for status, number in db.session.execute(states.group_by(Appointment.status))
        }
    assert counted == {"booked": 24 - SEATS, "moved": SEATS}
    _audit(app)


def test_moving_into_each_others_full_slots(app: Flask, run_race: Race) -> None:
    """Nobody waits for somebody who waits for them."""
    here, there = FREE_STARTS[0], FREE_STARTS[1]
    tasks = []
    with app.app_context(), clock.stopped(MORNING):
        for number in range(2 * SEATS):
            start, other = (here, there) if number % 2 else (there, here)
            reference = reserve(citizen(7000 + number), start).reference
            tasks.append(Task("move", {"reference": reference, "starts_at": other}))
    assert set(_outcomes(run_race(tasks))) <= {"ok", "slot-taken"}
    assert _booked_at(app, here) + _booked_at(app, there) == 2 * SEATS
    _audit(app)


def test_cancelling_against_booking(app: Flask, run_race: Race) -> None:
    """A seat that is given back is had by one person or by none yet, never by two."""
    for number in range(ROUNDS):
        starts_at = FREE_STARTS[number % len(FREE_STARTS)]
        if number >= len(FREE_STARTS):
            _empty(app, starts_at)
        with app.app_context(), clock.stopped(MORNING):
            taken = [reserve(citizen(8000 + number * 100 + n), starts_at).reference for n in range(SEATS)]
        people = range(8050 + number * 100, 8066 + number * 100)
        answers = run_race([Task("cancel", {"reference": taken[0]})] * 2 + bookings(starts_at, people))
        assert _outcomes(answers[:2]) == {"ok": 2}, "cancelling twice is cancelling once"
        outcomes = _outcomes(answers[2:])
        assert set(outcomes) <= {"ok", "slot-taken"}
        assert outcomes["ok"] <= 1
        assert _booked_at(app, starts_at) == SEATS - 1 + outcomes["ok"]
    _audit(app)


def test_one_form_sent_16_times_at_once(app: Flask, run_race: Race) -> None:
    task = Task("book", {"person": 9000, "starts_at": FREE_STARTS[0], "submission": "one form"})
    answers = run_race([task] * 16)
    assert len(set(answers)) == 1, answers
    assert answers[0].startswith("ok ")
    assert _booked_at(app, FREE_STARTS[0]) == 1


def test_one_person_16_times_at_once(app: Flask, run_race: Race) -> None:
    answers = run_race([Task("book", {"person": 9100, "starts_at": start}) for start in FREE_STARTS])
    assert _outcomes(answers) == {"ok": 1, "already-booked": len(FREE_STARTS) - 1}
    _audit(app)


def test_the_whole_morning_is_given_out_exactly(app: Flask, run_race: Race) -> None:
    """More people than seats, spread over every start of a morning: none is left over, none given twice."""
    morning = [at(9, 15 * quarter, days=2) for quarter in range(4)]
    answers = run_race(
        [Task("book", {"person": 9200 + n, "starts_at": morning[n % 4]}) for n in range(RACERS)]
    )
    assert _outcomes(answers) == {"ok": 4 * SEATS, "slot-taken": RACERS - 4 * SEATS}
    with app.app_context():
        owners = db.session.scalars(
            select(Seat.appointment_id)
            .join(Slot)
            .where(Seat.appointment_id.is_not(None), Slot.starts_at.in_(morning))
        ).all()
    assert len(owners) == len(set(owners)) == 4 * SEATS
    _audit(app)


@pytest.fixture(autouse=True)
def _all_stay_in_their_places(app: Flask) -> None:
    """The stage itself is sound before every race."""
    _audit(app)
