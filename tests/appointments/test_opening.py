"""Opening an appointment: what its owner has opens it, and no more guesses than the limit are looked at."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from consular.appointments import opening
from consular.appointments.opening import (
    TRIES_PER_CODE,
    TRIES_PER_SENDER,
    WINDOW,
    open_with_document,
    open_with_secret,
)
from consular.appointments.queries import AppointmentUnknown
from consular.foundation import clock
from consular.foundation.database import db
from consular.foundation.references import new_reference
from consular.foundation.tries import CountedTry, TooManyTries
from tests.appointments.acting import book
from tests.databases import on_both_databases
from tests.factories import MORNING, ROSA, World

HERE, THERE = "192.0.2.7/32", "192.0.2.8/32"


def _outcome(reference: str, number: str, sender: str = HERE) -> str:
    try:
        open_with_document(reference, "dni", number, None, sender=sender)
    except (AppointmentUnknown, TooManyTries) as refusal:
        return refusal.name
    return "open"


def _by_secret(reference: str, secret: str, sender: str = HERE) -> str:
    try:
        open_with_secret(reference, secret, sender=sender)
    except (AppointmentUnknown, TooManyTries) as refusal:
        return refusal.name
    return "open"


def _counted() -> int:
    counted = db.session.scalar(select(func.count()).select_from(CountedTry))
    db.session.rollback()
    assert counted is not None
    return counted


@on_both_databases
def test_a_code_has_so_many_tries_from_wherever(world: World, session) -> None:
    reference = book().reference
    for n in range(TRIES_PER_CODE):
        assert _outcome(reference, f"{n:08d}", f"198.51.100.{n}/32") == "appointment-unknown"
    # The right document too, or the answer would still say which guess was right.
    assert _outcome(reference, ROSA.document_number, THERE) == "too-many-tries"
    with clock.stopped(MORNING + WINDOW):
        assert _outcome(reference, ROSA.document_number, THERE) == "open"


@on_both_databases
def test_a_sender_has_so_many_tries_at_codes_and_secrets_together(world: World, session) -> None:
    first = book()
    for n in range(TRIES_PER_SENDER // 2):
        assert _by_secret(first.reference, f"{n:032x}") == "appointment-unknown"
        assert _outcome(new_reference(), ROSA.document_number) == "appointment-unknown"
    assert _by_secret(first.reference, first.secret) == "too-many-tries"
    assert _outcome(first.reference, ROSA.document_number) == "too-many-tries"
    assert _by_secret(first.reference, first.secret, THERE) == "open"


def test_right_ones_are_never_too_many(world: World, session) -> None:
    first = book()
    for _ in range(TRIES_PER_SENDER + 1):
        assert _outcome(first.reference, ROSA.document_number) == "open"
        assert _by_secret(first.reference, first.secret) == "open"
    assert _counted() == 0


def test_guessing_secrets_of_a_reference_does_not_keep_its_owner_out(world: World, session) -> None:
    first = book()
    for n in range(TRIES_PER_SENDER + 1):
        _by_secret(first.reference, f"{n:032x}")
    assert _by_secret(first.reference, first.secret, THERE) == "open"
    assert _outcome(first.reference, ROSA.document_number, THERE) == "open"


def test_the_try_is_counted_before_the_document_is_looked_at(world: World, session, monkeypatch) -> None:
    def broken(*given):
        raise RuntimeError("the machine stopped here")

    monkeypatch.setattr(opening, "appointment_by_document", broken)
    with pytest.raises(RuntimeError):
        _outcome("3333-3333", ROSA.document_number)
    db.session.rollback()
    assert _counted() == 2


def test_the_refusal_says_how_long_to_wait_and_insisting_does_not_lengthen_it(world: World, session) -> None:
    for n in range(TRIES_PER_CODE):
        _outcome("3333-3333", f"{n:08d}")
    for minute in (10, 20, 30):
        with clock.stopped(MORNING + timedelta(minutes=minute)), pytest.raises(TooManyTries) as refused:
            open_with_document("3333-3333", "dni", "1", None, sender=THERE)
        assert refused.value.facts == {"wait_minutes": 60 - minute}


def test_old_tries_are_swept(world: World, session) -> None:
    for n in range(5):
        _outcome("3333-3333", f"{n:08d}")
    with clock.stopped(MORNING + WINDOW):
        _outcome("3333-3333", "10000001")
    assert _counted() == 2


@on_both_databases
def test_of_many_tries_at_once_no_more_than_the_limit_are_looked_at(world: World, app: Flask) -> None:
    def one_try(n: int) -> str:
        with app.app_context():
            return _outcome("3333-3333", f"{n:08d}", f"198.51.100.{n}/32")

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(one_try, range(24)))
    assert answers.count("appointment-unknown") <= TRIES_PER_CODE
    assert answers.count("appointment-unknown") + answers.count("too-many-tries") == 24
