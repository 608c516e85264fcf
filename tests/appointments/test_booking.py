"""Book: what a citizen gets, and every reason for which they do not."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from consular.appointments.auditing import audit_capacity
from consular.appointments.people import InvalidCitizen
from consular.appointments.queries import appointment_by_reference
from consular.appointments.rules import (
    AlreadyBooked,
    OfficeClosed,
    Policy,
    ServiceNotOffered,
    SlotPast,
    SlotUnknown,
)
from consular.audit.models import JournalEntry
from consular.foundation import clock
from consular.foundation.errors import Refusal
from consular.notifications.models import OutboxMessage
from consular.offices.queries import OfficeUnknown, ServiceUnknown
from consular.schedule.claiming import SlotTaken
from tests.appointments.acting import NINE, STEP, TOMORROW, book, change, person, rows_of, seats_at
from tests.databases import on_both_databases
from tests.factories import JULIO, MORNING, ROSA, World

pytestmark = on_both_databases
WRITTEN = ("booking", "appointment", "journal", "outbox")


def test_a_citizen_gets_a_reference_and_a_seat(world: World, session: Session) -> None:
    view = book()
    assert view == appointment_by_reference(view.reference)
    assert (view.status, view.office_slug, view.service_code) == ("booked", "cusco", "apostille")
    assert (view.starts_at, view.ends_at) == (NINE, NINE + STEP)
    assert (view.given_names, view.family_names) == ("Rosa María", "Quispe Ñahui")
    assert (view.document_type, view.document_tail) == ("dni", "410")
    assert (view.email, view.phone) == ("rosa@example.pe", "+51984000001")
    assert (view.created_at, view.moves, view.preferential) == (MORNING, 0, False)
    assert seats_at(NINE, world.offices["cusco"]) == (1, 0, 1)
    assert audit_capacity().findings == ()


def test_a_longer_service_takes_a_seat_in_each_of_its_slots(world: World, session: Session) -> None:
    view = book(service="legalisation")
    assert (view.starts_at, view.ends_at) == (NINE, NINE + 2 * STEP)
    cusco = world.offices["cusco"]
    assert [seats_at(NINE + i * STEP, cusco)[0] for i in range(3)] == [1, 1, 0]
    assert audit_capacity().findings == ()


def test_what_happened_is_written_down_without_personal_data(world: World, session: Session) -> None:
    view = book()
    (entry,) = session.scalars(select(JournalEntry))
    assert (entry.actor, entry.action, entry.subject) == ("citizen", "book", view.reference)
    assert entry.at == MORNING
    assert entry.details == {"office": "cusco", "service": "apostille", "channel": "site"}
    (message,) = session.scalars(select(OutboxMessage))
    assert (message.template, message.language) == ("appointment-confirmed", "es")
    assert message.recipient == "rosa@example.pe"
    assert json.loads(message.values)["reference"] == view.reference


def test_contact_and_document_are_unreadable_in_the_tables(world: World, session: Session) -> None:
    book()
    rows = [
        str(session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608
        for table in ("booking", "appointment", "outbox", "journal")
    ]
    for secret in (ROSA.document_number, "rosa@example.pe", "984000001"):
        assert secret not in "".join(rows)


def test_without_an_address_nothing_is_sent(world: World, session: Session) -> None:
    book(person(1))
    assert rows_of("outbox") == {"outbox": 0}


def test_another_language_and_preference_are_kept(world: World, session: Session) -> None:
    view = book(JULIO, preferential=True)
    assert (view.language, view.preferential, view.document_type) == ("en", True, "ce")


CLOSED_BY = {
    "announced": ("UPDATE office SET status = 'announced' WHERE slug = 'cusco'", OfficeClosed),
    "suspended": ("UPDATE office SET status = 'suspended' WHERE slug = 'cusco'", OfficeClosed),
    "opens later": ("UPDATE office SET opens_on = '2026-12-02' WHERE slug = 'cusco'", OfficeClosed),
    "not offered": ("UPDATE offer SET offers = 'no'", ServiceNotOffered),
    "nothing known": ("DELETE FROM offer", ServiceNotOffered),
    "online only": ("UPDATE service SET bookable = false WHERE code = 'apostille'", ServiceNotOffered),
    "not under the rule": ("DELETE FROM opening_rule_service", SlotUnknown),
}


@pytest.mark.parametrize(("statement", "refusal"), CLOSED_BY.values(), ids=CLOSED_BY.keys())
def test_an_office_that_does_not_attend_refuses(
    world: World, session: Session, statement: str, refusal: type[Refusal]
) -> None:
    change(statement)
    with pytest.raises(refusal):
        book()
    assert rows_of(*WRITTEN) == dict.fromkeys(WRITTEN, 0)
    assert seats_at(NINE, world.offices["cusco"]) == (0, 0, 2)


def test_an_office_can_be_booked_from_its_first_day_on(world: World, session: Session) -> None:
    change("UPDATE office SET opens_on = '2026-12-01' WHERE slug = 'cusco'")
    with pytest.raises(OfficeClosed) as refused:
        book()
    assert refused.value.facts["opens_on"] == date(2026, 12, 1)
    assert book(starts_at=TOMORROW).starts_at == TOMORROW


def test_nobody_knowing_is_no_refusal(world: World, session: Session) -> None:
    change("UPDATE offer SET offers = 'unknown'")
    assert book().status == "booked"


REFUSED = {
    "office": ({"office": "atlantis"}, OfficeUnknown),
    "service": ({"service": "alchemy"}, ServiceUnknown),
    "between two slots": ({"starts_at": NINE + timedelta(minutes=5)}, SlotUnknown),
    "before opening": ({"starts_at": NINE - STEP}, SlotUnknown),
    "a Sunday": ({"starts_at": NINE + timedelta(days=6)}, SlotUnknown),
    "last slot of two": (
        {"service": "legalisation", "starts_at": NINE + timedelta(hours=2, minutes=45)},
        SlotUnknown,
    ),
    "lead time": ({"policy": Policy(lead=timedelta(hours=2, microseconds=1))}, SlotPast),
    "a bad citizen": ({"citizen": replace(ROSA, document_number="1")}, InvalidCitizen),
}


@pytest.mark.parametrize(("asked", "refusal"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_booked_is_refused_by_its_name(
    world: World, session: Session, asked: dict[str, object], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        book(**asked)
    assert rows_of(*WRITTEN) == dict.fromkeys(WRITTEN, 0)
    assert seats_at(NINE, world.offices["cusco"]) == (0, 0, 2)


def test_a_slot_can_be_taken_until_its_lead_time(world: World, session: Session) -> None:
    assert book(policy=Policy(lead=timedelta(hours=2))).status == "booked"
    with clock.stopped(NINE + timedelta(microseconds=1)), pytest.raises(SlotPast):
        book(person(1), policy=Policy(lead=timedelta(0)))


def test_a_day_beyond_the_horizon_cannot_be_booked_until_it_opens(world: World, session: Session) -> None:
    beyond = NINE + timedelta(days=15)
    with pytest.raises(SlotTaken):
        book(starts_at=beyond)
    midnight = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)
    with clock.stopped(midnight - timedelta(microseconds=1)), pytest.raises(SlotTaken):
        book(starts_at=beyond)
    with clock.stopped(midnight):
        assert book(starts_at=beyond).starts_at == beyond


def test_a_slot_has_as_many_places_as_seats(world: World, session: Session) -> None:
    references = {book(person(number)).reference for number in range(2)}
    before = rows_of(*WRITTEN)
    with pytest.raises(SlotTaken):
        book(person(3))
    assert len(references) == 2
    assert rows_of(*WRITTEN) == before
    assert book(person(3), starts_at=NINE + STEP).status == "booked"


def test_a_longer_service_fails_whole_when_its_second_slot_is_full(world: World, session: Session) -> None:
    for number in range(2):
        book(person(number), starts_at=NINE + STEP)
    with pytest.raises(SlotTaken):
        book(service="legalisation")
    assert seats_at(NINE, world.offices["cusco"]) == (0, 0, 2)


def test_one_person_has_one_active_appointment_for_a_service(world: World, session: Session) -> None:
    book()
    with pytest.raises(AlreadyBooked) as refused:
        book(replace(ROSA, document_number="10.117.410-2", email=None), starts_at=TOMORROW, office="tacna")
    assert refused.value.facts == {}  # nothing about the other one
    assert book(starts_at=TOMORROW, service="legalisation").status == "booked"
    assert book(JULIO).status == "booked"


def test_the_index_refuses_a_second_appointment_that_the_read_did_not_see(
    world: World, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two sendings at once: both read before either wrote, and the database lets one through."""
    book()
    monkeypatch.setattr("consular.appointments.booking.check_may_book", lambda *_: None)
    monkeypatch.setattr("consular.appointments.booking._close_past", lambda *_: None)
    with pytest.raises(AlreadyBooked):
        book(starts_at=TOMORROW)


@pytest.mark.parametrize(
    ("left", "closed"), [("booked", "no_show"), ("arrived", "served"), ("serving", "served")]
)
def test_what_an_earlier_day_left_open_is_closed(
    world: World, session: Session, left: str, closed: str
) -> None:
    old = book()
    change("UPDATE appointment SET status = :status", status=left)
    with clock.stopped(NINE + timedelta(hours=8)), pytest.raises(AlreadyBooked):
        book(starts_at=TOMORROW)  # the same day, though its time is over
    with clock.stopped(MORNING + timedelta(days=1)) as instant:
        new = book(starts_at=TOMORROW)
    assert appointment_by_reference(old.reference).status == closed
    assert appointment_by_reference(new.reference).status == "booked"
    ended = session.execute(text("SELECT count(*) FROM appointment WHERE ended_at IS NOT NULL"))
    assert ended.scalar_one() == 1
    closing = select(JournalEntry).where(JournalEntry.action == "close_past")
    assert session.scalars(closing).one().at == instant
    assert audit_capacity().findings == ()


def test_preferential_seats_are_for_those_who_need_them(world: World, session: Session) -> None:
    change("UPDATE seat SET general_from = :at WHERE no = 2", at=_written(NINE - timedelta(hours=1), session))
    book(person(1))
    with pytest.raises(SlotTaken):
        book(person(2))
    assert book(person(3), preferential=True).preferential


def test_who_needs_preference_leaves_the_general_seats_to_others(world: World, session: Session) -> None:
    change("UPDATE seat SET general_from = :at WHERE no = 2", at=_written(NINE - timedelta(hours=1), session))
    book(person(3), preferential=True)
    assert book(person(1)).status == "booked"


def test_a_preferential_seat_returns_to_all_at_its_instant(world: World, session: Session) -> None:
    returns_at = NINE - timedelta(hours=1)
    change("UPDATE seat SET general_from = :at", at=_written(returns_at, session))
    with clock.stopped(returns_at - timedelta(microseconds=1)), pytest.raises(SlotTaken):
        book()
    with clock.stopped(returns_at):
        assert book().status == "booked"


def _written(instant: datetime, session: Session) -> str:
    """An instant as each database writes it."""
    plain = f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
    return plain if session.get_bind().dialect.name == "sqlite" else plain + "+00"
