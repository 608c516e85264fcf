"""The same form twice at once. On SQLite a writer waits for the other before it reads; PostgreSQL lets both read."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from consular.appointments import booking
from tests.appointments.acting import NINE, book, seats_at
from tests.databases import on_postgresql
from tests.factories import World

pytestmark = on_postgresql


def test_two_sendings_at_once_are_one_appointment(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second reads before the first has written: the unique key, not the read, must decide."""
    first = book(submission="form-1")
    read, reads = booking.facts, []

    def read_too_early(*asked: object, **named: object) -> booking.Facts:
        known = read(*asked, **named)
        reads.append(known)
        return replace(known, replayed=None, active=None) if len(reads) == 1 else known

    monkeypatch.setattr(booking, "facts", read_too_early)
    assert book(submission="form-1") == first
    assert len(reads) == 2
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 1)
