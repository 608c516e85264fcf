"""A kept answer is what a fresh one would be: whoever wrote, in whichever order, and whatever the clock did."""

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from consular.foundation import clock
from consular.foundation.database import Instant, db, transaction
from consular.schedule import known_free
from consular.schedule.versions import Version, add_up_changes, version_of_country, version_of_office
from consular.web.kept_answers import install_kept_answers
from tests.databases import application, on_both_databases, on_postgresql
from tests.factories import MORNING, World

DAYS = "from=2026-11-30&to=2026-12-11"
# It is not open yet, so its calendar names the others: what one office has free is on another's page.
FROM_ANCASH = "/es/oficinas/ancash/cita?service=apostille"
QUESTIONS = (
    f"/api/v1/offices/cusco/slots?service=apostille&{DAYS}",
    f"/api/v1/offices/cusco/days?service=legalisation&{DAYS}",
    f"/api/v1/offices/tacna/days?service=apostille&{DAYS}&preferential=true",
    "/api/v1/offices?service=apostille&sort=soonest",
    "/es/oficinas?near=-13.52,-71.97&service=apostille",
    "/es/oficinas/cusco/cita?service=apostille",
    "/es",
    FROM_ANCASH,
)

# What nobody's program does, and a console can: each changes an answer, or may.
SEAT = "(SELECT min(slot_id) FROM seat WHERE office_id = {office} AND starts_at > :from_now AND appointment_id IS NULL)"
CONSOLE = (
    f"UPDATE seat SET free_from = :later, hold = 'a' || no WHERE slot_id = {SEAT}",
    f"UPDATE seat SET general_from = :later WHERE slot_id = {SEAT}",
    f"UPDATE seat SET free_from = :from_now, hold = NULL WHERE slot_id = {SEAT}",
    f"DELETE FROM seat WHERE no = 1 AND slot_id = {SEAT}",
    "INSERT INTO closure (day, kind, reason) VALUES (:day, 'strike', 'Strike')",
    "INSERT INTO closure (office_id, day, kind, reason) VALUES ({office}, :day, 'training', 'Training')",
    "DELETE FROM closure WHERE day = :day",
    "UPDATE office SET status = 'suspended' WHERE id = {office}",
    "UPDATE office SET status = 'open', opens_on = NULL WHERE id = {office}",
    "UPDATE office SET opens_on = :day WHERE id = {office}",
    "UPDATE offer SET offers = 'unknown' WHERE office_id = {office}",
    "UPDATE opening_rule SET slot_minutes = 30 WHERE office_id = {office} AND weekday = 2",
    "DELETE FROM opening_rule_service WHERE rule_id = (SELECT max(rule_id) FROM opening_rule_service)",
    "UPDATE service SET duration_minutes = 45 WHERE code = 'legalisation'",
)


@pytest.fixture
def fresh(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The same installation in another process, which keeps nothing."""
    with application(database_url, tmp_path) as other:
        yield other


def _from(number: int) -> str:
    return f"/api/v1/offices?near=-13.{number:02},-71.97&service=apostille&sort=within-reach"


def _told(app: Flask, question: str) -> object:
    answer = app.test_client().get(question)
    assert answer.status_code == 200, answer.text
    if answer.is_json:
        return {name: value for name, value in answer.json.items() if name != "as_of"}
    return answer.text


def _told_anew(app: Flask, question: str) -> object:
    install_kept_answers(app)
    with app.app_context():
        known_free.forget()
    return _told(app, question)


def _write(app: Flask, statement: str, office: int, now: datetime, draw: random.Random) -> None:
    values = {
        "from_now": now,
        "later": now + timedelta(minutes=draw.choice([1, 7, 90, 3000]), seconds=draw.randrange(60)),
        "day": (now + timedelta(days=draw.randrange(9))).date(),
    }
    wanted = {name: value for name, value in values.items() if f":{name}" in statement}
    with app.app_context(), transaction() as session:
        bound = text(statement.format(office=office))
        for name in wanted.keys() & {"from_now", "later"}:
            bound = bound.bindparams(db.bindparam(name, type_=Instant))
        if "day" in wanted:
            bound = bound.bindparams(db.bindparam("day", type_=db.Date()))
        session.execute(bound, wanted)


@on_both_databases
@pytest.mark.parametrize("seed", range(2))
def test_kept_and_fresh_answers_agree_along_any_changes(
    seed: int, app: Flask, fresh: Flask, world: World
) -> None:
    draw, now, different = random.Random(seed), MORNING, set()
    for number in range(20):
        now += timedelta(seconds=draw.choice([0, 1, 59, 60, 61, 600, 5000]))
        with clock.stopped(now):
            before = {question: _told(app, question) for question in (*QUESTIONS, _from(number))}
            _write(fresh, draw.choice(CONSOLE), draw.choice([*world.offices.values()][:2]), now, draw)
            # From a place that nobody asked from: what is remembered of each office must hold.
            for question in (*QUESTIONS, _from(number), _from(number + 50)):
                kept = _told(app, question)
                assert kept == _told_anew(fresh, question), question
                if question in before and kept != before[question]:
                    different.add(question)
    assert len(different) >= 5, "nothing changed, so nothing was tried"


@on_both_databases
def test_what_the_clock_frees_is_shown_at_once(app: Flask, fresh: Flask, world: World) -> None:
    """A hold that ends, a delayed return, and a start that comes too near, to the second."""
    question = QUESTIONS[0]
    ends = MORNING + timedelta(minutes=3, seconds=17)
    with fresh.app_context(), transaction() as session:
        held = text(
            "UPDATE seat SET free_from = :ends, hold = 'h' || no || slot_id WHERE office_id = :office"
        )
        values = {"ends": ends, "office": world.offices["cusco"]}
        session.execute(held.bindparams(db.bindparam("ends", type_=Instant)), values)
    for second, some in ((-1, False), (0, True), (1, True)):
        with clock.stopped(ends + timedelta(seconds=second)):
            assert bool(_told(app, question)["slots"]) is some, second
    with clock.stopped(ends):
        nearest = datetime.fromisoformat(_told(app, question)["slots"][0]["starts_at"])
    lead = app.extensions["consular"].policy.lead
    shown = []
    for seconds in (-61, -1, 0, 1, 61):
        with clock.stopped(nearest - lead + timedelta(seconds=seconds)):
            shown.append(_told(app, question)["slots"][0]["starts_at"] == f"{nearest:%Y-%m-%dT%H:%M:%SZ}")
            assert _told(app, question) == _told_anew(fresh, question)
    assert shown == [True, True, True, False, False]


@on_postgresql
def test_the_order_of_commits_hides_no_change(app: Flask, world: World) -> None:
    """The first to write commits last; meanwhile neither waits for the other, though the office is the same."""
    cusco = world.offices["cusco"]
    seats = "UPDATE seat SET free_from = now() + interval '1 hour' WHERE (slot_id, no) = "
    nth = "(SELECT slot_id, no FROM seat WHERE office_id = :office ORDER BY starts_at, no OFFSET {n} LIMIT 1)"
    with app.app_context():
        engine: Engine = db.engine
        versions = [_version()]
        with engine.connect() as first, engine.connect() as second:
            second.execute(text("SET lock_timeout = '2s'"))
            first.execute(text(seats + nth.format(n=0)), {"office": cusco})
            second.execute(text(seats + nth.format(n=1)), {"office": cusco})
            versions.append(_version())
            second.commit()
            versions.append(_version())
            first.commit()
            versions.append(_version())
    assert versions[0] == versions[1], "nothing was committed yet"
    assert len({version.changes for version in versions}) == 3


@on_both_databases
def test_what_was_rolled_back_changes_no_version(app: Flask, world: World) -> None:
    with app.app_context():
        before = _version()
        with pytest.raises(ZeroDivisionError), transaction() as session:
            session.execute(text("UPDATE seat SET general_from = free_from"))
            raise ZeroDivisionError
        assert _version() == before


@on_both_databases
def test_one_office_is_not_asked_again_for_anothers_change(app: Flask, world: World) -> None:
    with app.app_context():
        before = version_of_office("cusco", MORNING), version_of_office("tacna", MORNING), _version()
        db.session.rollback()
        with transaction() as session:
            session.execute(
                text("DELETE FROM seat WHERE no = 2 AND office_id = :office"),
                {"office": world.offices["tacna"]},
            )
        after = version_of_office("cusco", MORNING), version_of_office("tacna", MORNING), _version()
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, False]


@on_both_databases
def test_adding_up_keeps_every_version(app: Flask, world: World) -> None:
    with app.app_context():
        for _ in range(3):
            with transaction() as session:
                session.execute(text("UPDATE seat SET hold = NULL"))
                session.execute(text("UPDATE opening_rule SET demonstration = false"))
        before = _version(), version_of_office("cusco", MORNING)
        db.session.rollback()
        with transaction():
            add_up_changes()
        assert (_version(), version_of_office("cusco", MORNING)) == before
        assert db.session.scalar(text("SELECT count(*) FROM schedule_change")) == 3


def test_without_the_triggers_a_taken_seat_would_stay(app: Flask, fresh: Flask, world: World) -> None:
    """The negative control of this file."""
    question = QUESTIONS[0]
    before = _told(app, question)
    with fresh.app_context(), transaction() as session:
        for verb in ("insert", "update", "delete"):
            session.execute(text(f"DROP TRIGGER schedule_changes_by_seat_{verb}"))
        session.execute(text("DELETE FROM seat WHERE no = 1"))
    assert _told(app, question) == before
    assert _told_anew(fresh, question) != before


@on_both_databases
def test_a_kept_page_costs_one_statement_or_two(
    app: Flask, world: World, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    for question in QUESTIONS:
        for _ in range(2):  # that it names other offices is known after the first time
            _told(app, question)
        with count_statements() as statements:
            _told(app, question)
        assert len(statements) == (2 if question == FROM_ANCASH else 1), (question, statements)


@on_both_databases
def test_a_page_that_names_other_offices_shows_what_these_have_now(
    app: Flask, fresh: Flask, world: World
) -> None:
    """Its own office's version stays the same meanwhile."""
    seen = []
    for offset in (1, 2):
        for _ in range(3):
            seen.append(_told(app, FROM_ANCASH))
        with app.app_context():
            own = version_of_office("ancash", MORNING)
        with fresh.app_context(), transaction() as session:
            first = "SELECT min(starts_at) FROM seat WHERE office_id = :office AND starts_at > :now"
            taken = text(f"DELETE FROM seat WHERE office_id = :office AND starts_at = ({first})")
            values = {"office": world.offices["cusco"], "now": MORNING + timedelta(days=offset - 1)}
            session.execute(taken.bindparams(db.bindparam("now", type_=Instant)), values)
        with app.app_context():
            assert version_of_office("ancash", MORNING) == own
        assert _told(app, FROM_ANCASH) == _told_anew(fresh, FROM_ANCASH)
    assert seen[0] != _told(app, FROM_ANCASH)
    assert seen[0] == seen[1] == seen[2]


def test_what_is_still_to_come_costs_nothing(app: Flask, world: World) -> None:
    """SQLite walked through every instant ahead to reach the last one that is past."""
    some, many = (
        _steps(app, f"no = 1 AND slot_id <= (SELECT min(slot_id) + {n} FROM seat)") for n in (1, 500)
    )
    assert many <= some + 10


def _steps(app: Flask, seats: str) -> int:
    """How many steps SQLite takes to read the version when these seats are free in a day."""
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    with app.app_context():
        with transaction() as session:
            ahead = text(f"UPDATE seat SET free_from = :at, general_from = :at WHERE {seats}")
            session.execute(
                ahead.bindparams(db.bindparam("at", type_=Instant)), {"at": MORNING + timedelta(days=1)}
            )
        connection: Any = db.session.connection().connection.driver_connection
        connection.set_progress_handler(step, 1)
        _version()
        connection.set_progress_handler(None, 0)
    return steps


def _version() -> Version:
    version = version_of_country(MORNING)
    db.session.rollback()
    assert version is not None
    return version


@on_both_databases
def test_what_is_free_at_an_office_is_read_once_for_all_who_ask_from_elsewhere(
    app: Flask, world: World, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    client = app.test_client()
    with clock.stopped(MORNING):
        assert client.get(_from(1)).status_code == 200
        with count_statements() as statements:
            assert client.get(_from(2)).status_code == 200
    assert len(statements) == 1, statements
