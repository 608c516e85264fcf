"""The same form twice at once: both read before either has written."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from consular.appointments import booking
from tests.appointments.acting import NINE, STEP, book, person, seats_at
from tests.databases import on_both_databases
from tests.factories import World

pytestmark = on_both_databases


def test_two_sendings_at_once_are_one_appointment(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second reads before the first has written: the unique key, not the read, must decide."""
    first = book(submission="form-1")
    reads = _read_too_early(monkeypatch)
    assert book(submission="form-1") == first
    assert len(reads) == 2
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 1)


def test_the_second_keeps_no_seat_of_a_visit_that_it_found_half_free(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It claims the first slot's last seat, finds the second slot full by the first sending, and has its appointment."""
    book(person(1), NINE + STEP)
    first = book(service="legalisation", submission="form-1")
    _read_too_early(monkeypatch)
    assert book(service="legalisation", submission="form-1") == first
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 1)
    assert seats_at(NINE + STEP, world.offices["cusco"]) == (2, 0, 0)


def _read_too_early(monkeypatch: pytest.MonkeyPatch) -> list[booking.Facts]:
    """Let the next booking read before everything that was written; all that is read then."""
    read, reads = booking.facts, []

    def too_early(*asked: object, **named: object) -> booking.Facts:
        known = read(*asked, **named)
        reads.append(known)
        return replace(known, replayed=None, active=None) if len(reads) == 1 else known

    monkeypatch.setattr(booking, "facts", too_early)
    return reads
