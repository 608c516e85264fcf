"""64 programs, 3 places, one server as it runs in production: gunicorn, its workers, a real database."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time as clock_time
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consular.appointments.auditing import audit_capacity
from consular.appointments.models import Appointment, Booking
from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.schedule.publishing import publish
from consular.staff.api_keys import issue
from tests.api.bodies import citizen
from tests.api.serving import call
from tests.databases import on_both_databases
from tests.factories import make_offer, make_office, make_rule, make_service

RACERS, PLACES = 64, 3


@pytest.fixture
def contest(app: Flask) -> tuple[str, str]:
    """A key, and a start tomorrow with 3 places: the server's clock is the real one."""
    with app.app_context(), transaction():
        office, service = make_office("cusco", "Cusco"), make_service("apostille")
        make_offer(office, service)
        for weekday in range(7):
            make_rule(office, [service], weekday, opens=clock_time(9), closes=clock_time(10), seats=PLACES)
        publish(3, clock.now())
        key = issue("racer", "book")
    tomorrow = (clock.now() - timedelta(hours=5)).date() + timedelta(days=1)
    return key, f"{tomorrow}T14:00:00Z"


def _all_at_once(
    count: int, ask: Callable[[int], tuple[int, dict[str, Any]]]
) -> list[tuple[int, dict[str, Any]]]:
    """Every racer waits for the last one before it calls."""
    line = Barrier(count)

    def race(number: int) -> tuple[int, dict[str, Any]]:
        line.wait()
        return ask(number)

    with ThreadPoolExecutor(count) as racers:
        return list(racers.map(race, range(count)))


@on_both_databases
def test_three_of_sixty_four_get_the_three_places(app: Flask, contest, server):
    key, starts_at = contest

    def book(number: int) -> tuple[int, dict[str, Any]]:
        body = {"office": "cusco", "service": "apostille", "starts_at": starts_at, "citizen": citizen(number)}
        return call(server, "POST", "/api/v1/appointments", body, Authorization=f"Bearer {key}")

    answers = _all_at_once(RACERS, book)

    assert Counter(status for status, _ in answers) == {201: PLACES, 409: RACERS - PLACES}
    assert {body["type"].rpartition("/")[2] for status, body in answers if status == 409} == {"slot-taken"}
    assert len({body["reference"] for status, body in answers if status == 201}) == PLACES
    with app.app_context():
        audited = audit_capacity()
        db.session.remove()
    assert audited.findings == ()
    assert audited.taken == PLACES


@on_both_databases
def test_one_request_sent_by_many_at_once_is_one_appointment(app: Flask, server, contest):
    key, starts_at = contest
    body = {"office": "cusco", "service": "apostille", "starts_at": starts_at, "citizen": citizen(1)}
    headers = {"Authorization": f"Bearer {key}", "Idempotency_Key": "sent-by-many"}

    answers = _all_at_once(16, lambda _: call(server, "POST", "/api/v1/appointments", body, **headers))

    assert {status for status, _ in answers} == {201}
    first = answers[0][1]
    assert [made for _, made in answers] == [first] * 16
    with app.app_context():
        references = db.session.scalars(select(Booking.reference).join(Appointment)).all()
        audited = audit_capacity()
        db.session.remove()
    assert references == [first["reference"]]
    assert (audited.findings, audited.taken) == ((), 1)
