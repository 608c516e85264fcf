"""The invented country is sound, marked as invented, and the same every time."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from bench.generate import fill
from consular.appointments.auditing import audit_capacity
from consular.foundation.database import db
from consular.foundation.geography import Position
from consular.offices.catalogue import catalogue
from consular.schedule.nearby import Question, nearby
from tests.databases import SECRET_KEY, on_both_databases

FIRST_DAY = date(2026, 12, 1)
SMALL = {"offices": 40, "days": 10, "slots_a_day": 3, "seats": 2, "taken": 0.5, "first_day": FIRST_DAY}


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", SECRET_KEY)


@on_both_databases
def test_a_filled_database_is_sound(app: Flask, count_statements) -> None:
    with app.app_context():
        invented = fill(db.engine, **SMALL)
        audit = audit_capacity()
        assert audit.findings == ()
        assert (audit.seats, audit.taken) == (invented.seats, invented.appointments)
        assert 0.4 < audit.taken / audit.seats < 0.6
        assert db.session.scalar(text("SELECT count(*) FROM office WHERE NOT demonstration")) == 0
        db.session.rollback()
        with pytest.raises(ValueError, match="already"):
            fill(db.engine, **SMALL)
        now, lead = datetime(2026, 12, 1, 12, tzinfo=UTC), timedelta(hours=1)
        catalogue()
        with count_statements() as statements:
            question = Question("apostille", sort="within-reach")
            found = nearby(catalogue(), Position(-9.05, -77.81), question, now, lead, with_openings=True)
        assert len(statements) == 3, statements
        assert found.total > 20
        assert found.answers[0].best


def test_the_same_seed_invents_the_same_country(templates, tmp_path) -> None:
    def invented() -> list[object]:
        url = templates.new("sqlite")
        fill(url, **SMALL)
        engine = create_engine(url)
        with engine.connect() as connection:
            rows = [
                *connection.execute(text("SELECT * FROM office ORDER BY id")),
                *connection.execute(text("SELECT * FROM seat ORDER BY slot_id, no")),
            ]
        engine.dispose()
        return rows

    assert invented() == invented()
