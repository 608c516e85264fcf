"""What is kept in memory is what the database holds, whoever wrote it."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from consular.foundation.database import db, transaction
from consular.offices.cards import ServiceUnknown
from consular.offices.catalogue import catalogue
from consular.offices.queries import office_list
from tests.conftest import Statements
from tests.databases import on_both_databases
from tests.factories import World

pytestmark = on_both_databases
Count = Callable[[], AbstractContextManager[Statements]]

ANY_WRITER = [
    "UPDATE office SET step_free = 'yes' WHERE slug = 'cusco'",
    "DELETE FROM offer WHERE office_id = (SELECT id FROM office WHERE slug = 'tacna')",
    "UPDATE offer SET offers = 'no'",
    "UPDATE service SET bookable = false WHERE code = 'apostille'",
    "UPDATE region SET name = 'Qosqo' WHERE code = '08'",
    "UPDATE source SET title = 'Another'",
    "INSERT INTO opening_hours (id, office_id, weekday, opens, closes, source_code)"
    " SELECT 900, id, 0, '09:00:00.000000', '13:00:00.000000', source_code FROM office WHERE slug = 'cusco'",
]


@pytest.fixture
def session(app: Flask, world: World) -> Session:
    with app.app_context():
        yield db.session


def _version(session: Session) -> str | None:
    return session.scalar(text("SELECT token FROM facts_version"))


def test_it_holds_the_same_cards_as_the_database(session: Session) -> None:
    assert list(catalogue().offices) == office_list()
    for service in ("apostille", "legalisation"):
        candidates = catalogue().candidates(service)
        listed = office_list(service)
        assert list(candidates.attending) == [c for c in listed if c.status == "open" and c.offers != "no"]
        assert list(candidates.coming) == [c for c in listed if c.status == "announced"]
    with pytest.raises(ServiceUnknown):
        catalogue().candidates("visa")


def test_it_is_read_again_only_when_something_changed(session: Session, count_statements: Count) -> None:
    catalogue()
    with count_statements() as statements:
        before = catalogue()
    assert len(statements) == 1, statements
    with transaction():
        session.execute(text(ANY_WRITER[0]))
    with count_statements() as statements:
        after = catalogue()
    assert len(statements) == 5, statements
    assert after is not before


@pytest.mark.parametrize("statement", ANY_WRITER)
def test_any_writer_gives_it_a_new_version(session: Session, statement: str) -> None:
    before, kept = _version(session), catalogue()
    with transaction():
        session.execute(text(statement))
    assert _version(session) != before
    assert catalogue() is not kept
    assert list(catalogue().offices) == office_list()


def test_a_change_that_was_rolled_back_is_never_shown(session: Session) -> None:
    before = catalogue()
    with pytest.raises(ZeroDivisionError), transaction():
        session.execute(text("UPDATE office SET name = 'Never' WHERE slug = 'cusco'"))
        assert "Never" in {office.name for office in catalogue().offices}
        raise ZeroDivisionError
    assert "Never" not in {office.name for office in catalogue().offices}
    assert catalogue().offices == before.offices


def test_without_a_version_nothing_is_kept(session: Session) -> None:
    with transaction():
        session.execute(text("DELETE FROM facts_version"))
    assert catalogue() is not catalogue()


def test_an_insert_that_ignores_conflicts_is_a_change_too(session: Session, dialect: str) -> None:
    """On SQLite the conflict clause of a statement overrules those of its triggers."""
    before = _version(session)
    columns = "name, kind, status, region_code, latitude, longitude, location_precision, timezone, step_free"
    rest = f"{columns}, demonstration, source_code"
    ignore = ("INSERT OR IGNORE", "") if dialect == "sqlite" else ("INSERT", " ON CONFLICT DO NOTHING")
    with transaction():
        session.execute(
            text(
                f"{ignore[0]} INTO office (slug, {rest}) SELECT 'sicuani', {rest} FROM office"
                f" WHERE slug = 'cusco'{ignore[1]}"
            )
        )
    assert _version(session) != before
    assert "sicuani" in {office.slug for office in catalogue().offices}
