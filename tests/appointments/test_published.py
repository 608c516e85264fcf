"""What is published of an office and a service is kept for bookings only while it is so."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from consular.appointments import published as module
from consular.appointments.facts import Facts, facts
from consular.appointments.rules import OfficeClosed, ServiceNotOffered
from consular.foundation.database import db, end_reading
from consular.offices.cards import ServiceUnknown
from consular.offices.queries import OfficeUnknown
from tests.appointments.acting import NINE, book
from tests.conftest import Statements
from tests.databases import on_both_databases
from tests.factories import JULIO, World

pytestmark = on_both_databases
Count = Callable[[], AbstractContextManager[Statements]]


def _facts(office: str = "cusco", service: str = "apostille") -> Facts:
    known = facts(office, service, NINE)
    end_reading()
    return known


def _at_a_console(sql: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(sql))


def test_it_is_read_once_for_all_who_book_there(
    world: World, session: Session, count_statements: Count
) -> None:
    with count_statements() as statements:
        first = _facts()
    assert len(statements) == 2, statements
    with count_statements() as statements:
        again = _facts()
    assert len(statements) == 1, statements
    assert again == first
    assert (first.published.office_slug, first.published.service_code) == ("cusco", "apostille")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE office SET address = 'Calle Nueva 1' WHERE slug = 'cusco'", ("address", "Calle Nueva 1")),
        ("UPDATE office SET name = 'Otro nombre' WHERE slug = 'cusco'", ("office_name", "Otro nombre")),
        ("UPDATE region SET name = 'Qosqo' WHERE name = 'Cusco'", ("region", "Qosqo")),
        ("UPDATE offer SET offers = 'unknown'", ("offers", "unknown")),
    ],
)
def test_whoever_changes_a_fact_is_believed_at_once(
    world: World, session: Session, change: str, told: tuple[str, str]
) -> None:
    name, value = told
    assert getattr(_facts().published, name) != value
    _at_a_console(change)
    assert getattr(_facts().published, name) == value


def test_what_is_no_longer_offered_is_no_longer_booked(world: World, session: Session) -> None:
    book()
    _at_a_console("UPDATE offer SET offers = 'no'")
    with pytest.raises(ServiceNotOffered):
        book(JULIO)


def test_an_office_that_was_suspended_gives_nothing(world: World, session: Session) -> None:
    book()
    _at_a_console("UPDATE office SET status = 'suspended' WHERE slug = 'cusco'")
    with pytest.raises(OfficeClosed):
        book(JULIO)


def test_what_was_changed_back_by_a_rollback_was_never_so(world: World, session: Session) -> None:
    before = _facts()
    with db.engine.connect() as console:
        console.execute(text("UPDATE office SET address = 'Calle Nueva 1' WHERE slug = 'cusco'"))
        console.rollback()
    assert _facts() == before


def test_only_so_much_is_kept(
    world: World, session: Session, count_statements: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    _facts()
    _facts(service="legalisation")
    with count_statements() as statements:
        _facts()
    assert len(statements) == 2, statements


def test_what_is_not_there_is_named(world: World, session: Session) -> None:
    with pytest.raises(OfficeUnknown):
        _facts(office="atlantis")
    with pytest.raises(ServiceUnknown):
        _facts(service="levitation")
    with pytest.raises(OfficeUnknown):  # it went away after it had been found
        module.published("atlantis", "apostille", "a version")
