"""Booking, reading, moving and cancelling by programs."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from consular.foundation import clock
from consular.foundation.database import db
from consular.notifications.models import OutboxMessage
from tests.api.bodies import HALF_PAST_NINE, NINE, appointment, citizen
from tests.api.program import Program
from tests.databases import on_both_databases


@pytest.fixture
def program(booker: Program) -> Program:
    return booker


@pytest.fixture
def booked(program: Program) -> dict:
    return program.post("/appointments", appointment(1), status=201).body


def _free_at_nine(program: Program) -> int:
    listed = program.get("/offices/cusco/slots?service=apostille&from=2026-11-30&to=2026-11-30")
    return next((slot["places_left"] for slot in listed.body["slots"] if slot["starts_at"] == NINE), 0)


@on_both_databases
def test_a_booking_takes_a_place_and_costs_three_statements_or_six(program, count_statements, dialect):
    program.post("/appointments", {**appointment(2), "starts_at": "2026-11-30T15:00:00Z"}, status=201)
    with count_statements() as statements:
        made = program.post("/appointments", appointment(1), status=201).body
    # That of the key too; without an address no letter is written.
    assert len(statements) == (3 if dialect == "postgresql" else 6), statements
    assert made["status"] == "booked"
    assert made["starts_at"] == NINE
    assert made["ends_at"] == "2026-11-30T14:15:00Z"
    assert made["document_tail"] == "001"
    assert _free_at_nine(program) == 1


@on_both_databases
def test_what_was_booked_can_be_read_with_its_secret_and_no_key(booked, stranger):
    read = stranger.get(f"/appointments/{booked['reference']}", secret=booked["secret"])
    assert read.body == {key: value for key, value in booked.items() if key != "secret"}
    assert read.headers["Cache-Control"] == "no-store"
    typed = booked["reference"].lower().replace("-", " ")
    assert stranger.get(f"/appointments/{typed}", secret=booked["secret"]).body == read.body


@on_both_databases
def test_a_wrong_reference_and_a_wrong_secret_are_the_same_answer(booked, program):
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/move")):
        body = {"starts_at": HALF_PAST_NINE} if method == "POST" else None
        wrong_secret = program.refused(
            method,
            f"/appointments/{booked['reference']}{path}",
            "appointment-unknown",
            secret="0" * 32,
            body=body,
        )
        wrong_reference = program.refused(
            method,
            f"/appointments/3333-3333{path}",
            "appointment-unknown",
            secret=booked["secret"],
            body=body,
        )
        assert wrong_secret == wrong_reference
    assert _free_at_nine(program) == 1


@on_both_databases
def test_the_last_place_is_given_once(program):
    for number in (1, 2):
        program.post("/appointments", appointment(number), status=201)
    program.refused("POST", "/appointments", "slot-taken", body=appointment(3))


@on_both_databases
def test_one_document_has_one_active_appointment_for_a_service(program, booked):
    later = appointment(1, starts_at=HALF_PAST_NINE)
    problem = program.refused("POST", "/appointments", "already-booked", body=later)
    assert set(problem) == {"type", "title", "status", "detail"}  # and nothing about the first one


@on_both_databases
def test_a_full_slot_does_not_tell_who_has_an_appointment(program, booked):
    """A refusal that costs no place must be the same for a document with an appointment and one without."""
    program.post("/appointments", appointment(2), status=201)
    with_one = program.refused("POST", "/appointments", "slot-taken", body=appointment(1))
    without = program.refused("POST", "/appointments", "slot-taken", body=appointment(3))
    assert with_one == without


@on_both_databases
def test_the_contact_is_told_and_an_operator_needs_no_letter(app, program, new_program):
    rosa = citizen(1, email="rosa@example.pe")
    program.post("/appointments", appointment(1, citizen=rosa), status=201)
    later = appointment(1, starts_at=HALF_PAST_NINE)
    new_program("desk of cusco", "operator", "cusco").refused(
        "POST", "/appointments", "already-booked", body=later
    )
    assert "appointment-tried-again" not in _letters(app)
    for _ in range(2):
        program.refused("POST", "/appointments", "already-booked", body=later)
    assert _letters(app).count("appointment-tried-again") == 1


def _letters(app):
    with app.app_context():
        return list(db.session.scalars(select(OutboxMessage.template)))


def test_an_operator_is_told_which_appointment_it_is(program, booked, new_program):
    later = appointment(1, starts_at=HALF_PAST_NINE)
    operator = new_program("desk of cusco", "operator", "cusco")
    problem = operator.refused("POST", "/appointments", "already-booked", body=later)
    assert problem["appointment"]["reference"] == booked["reference"]
    assert "secret" not in problem["appointment"]


def test_an_operator_of_another_office_is_told_nothing(program, booked, new_program):
    elsewhere = appointment(1, starts_at=HALF_PAST_NINE, office="tacna")
    operator = new_program("desk of tacna", "operator", "tacna")
    problem = operator.refused("POST", "/appointments", "already-booked", body=elsewhere)
    assert "appointment" not in problem


@on_both_databases
def test_a_retry_with_the_same_key_finds_the_same_appointment(program):
    retry = {"Idempotency-Key": str(uuid.uuid4())}
    first = program.post("/appointments", appointment(1), status=201, headers=retry)
    again = program.post("/appointments", appointment(1), status=201, headers=retry)
    assert again.body == first.body
    assert _free_at_nine(program) == 1


@on_both_databases
def test_the_same_key_with_another_body_is_refused(program):
    retry = {"Idempotency-Key": "kiosk-7"}
    program.post("/appointments", appointment(1), status=201, headers=retry)
    program.refused("POST", "/appointments", "idempotency-key-reused", body=appointment(2), headers=retry)
    assert _free_at_nine(program) == 1


@on_both_databases
def test_two_programs_may_use_the_same_idempotency_key(program, new_program):
    other = new_program("another kiosk")
    retry = {"Idempotency-Key": "1"}
    first = program.post("/appointments", appointment(1), status=201, headers=retry).body
    second = other.post("/appointments", appointment(2), status=201, headers=retry).body
    assert first["reference"] != second["reference"]


@on_both_databases
def test_cancelling_gives_the_place_back_and_leaves_nothing_at_the_address(program, booked):
    address = f"/appointments/{booked['reference']}"
    cancelled = program.delete(address, status=200, secret=booked["secret"]).body
    assert cancelled["status"] == "cancelled"
    assert _free_at_nine(program) == 2
    for method, path, body in (("GET", address, None), ("POST", f"{address}/move", {"starts_at": NINE})):
        problem = program.refused(method, path, "appointment-cancelled", secret=booked["secret"], body=body)
        assert problem["appointment"] == cancelled
    program.refused("GET", address, "appointment-unknown", secret="0" * 32)


@on_both_databases
def test_cancelling_twice_is_cancelling_once(program, booked):
    address = f"/appointments/{booked['reference']}"
    first = program.delete(address, status=200, secret=booked["secret"]).body
    assert program.delete(address, status=200, secret=booked["secret"]).body == first
    assert _free_at_nine(program) == 2


@on_both_databases
def test_moving_keeps_the_reference_and_the_secret(program, booked):
    address = f"/appointments/{booked['reference']}"
    moved = program.post(
        f"{address}/move", {"starts_at": HALF_PAST_NINE}, status=200, secret=booked["secret"]
    ).body
    assert moved["starts_at"] == HALF_PAST_NINE
    assert moved["reference"] == booked["reference"]
    assert program.get(address, secret=booked["secret"]).body == moved
    assert _free_at_nine(program) == 2


@on_both_databases
def test_a_move_to_a_full_start_leaves_the_appointment_where_it_was(program, booked):
    for number in (2, 3):
        program.post("/appointments", appointment(number, starts_at=HALF_PAST_NINE), status=201)
    program.refused(
        "POST",
        f"/appointments/{booked['reference']}/move",
        "slot-taken",
        body={"starts_at": HALF_PAST_NINE},
        secret=booked["secret"],
    )
    read = program.get(f"/appointments/{booked['reference']}", secret=booked["secret"]).body
    assert (read["status"], read["starts_at"]) == ("booked", NINE)
    assert _free_at_nine(program) == 1


@pytest.mark.parametrize(
    ("others", "problem"),
    [
        ({"office": "atlantis"}, "office-unknown"),
        ({"service": "teleportation"}, "service-unknown"),
        ({"starts_at": "2026-11-30T14:01:00Z"}, "slot-unknown"),
        ({"starts_at": "1970-01-01T00:00:00Z"}, "slot-unknown"),
        ({"starts_at": "0001-01-01T00:00:00+23:59"}, "slot-unknown"),
        ({"starts_at": "9999-12-31T23:59:59.999999-23:59"}, "slot-unknown"),
        ({"office": "ancash"}, "office-closed"),
    ],
)
def test_what_fits_and_cannot_be_done_has_a_name(program, others, problem):
    program.refused("POST", "/appointments", problem, body=appointment(1, **others))


def test_it_is_too_late_for_a_start_within_the_lead_time(program, morning):
    with clock.stopped(morning.replace(hour=13, minute=30)):
        program.refused("POST", "/appointments", "slot-past", body=appointment(1))


def test_another_offset_is_the_same_instant(program):
    made = program.post("/appointments", appointment(1, starts_at="2026-11-30T09:00:00-05:00"), status=201)
    assert made.body["starts_at"] == NINE


@pytest.mark.parametrize(
    "person",
    [
        {"document_type": "dni", "document_number": "10117410-6"},
        {"document_type": "ce", "document_number": "001234567"},
        {"document_type": "passport", "document_number": "X1", "document_country": "ar"},
        {"document_type": "other", "document_number": "A-12/3"},
        {"document_type": "dni", "document_number": "10117410", "document_country": None},
        {"given_names": "Ñ", "family_names": "O'Brien-Núñez"},
        {"given_names": "李", "family_names": "x" * 120},
        {"given_names": "'); DROP TABLE seat;--", "family_names": "<script>alert(1)</script>"},
        {"email": "rosa+citas@sub.example.pe", "phone": "+51 984 000 001", "language": "en"},
    ],
)
def test_people_of_every_kind_can_book(program, person):
    program.post("/appointments", appointment(citizen=citizen(1, **person)), status=201)


WRONG_PEOPLE = [
    ({"document_type": "library-card"}, "citizen.document_type", "not-one-of"),
    ({"document_type": None}, "citizen.document_type", "not-one-of"),
    ({"document_number": "1234567"}, "citizen.document_number", "format"),
    ({"document_number": 12345678}, "citizen.document_number", "type"),
    ({"document_type": "passport", "document_number": "X1"}, "citizen.document_country", "required"),
    ({"given_names": ""}, "citizen.given_names", "format"),
    ({"given_names": "123"}, "citizen.given_names", "format"),
    ({"given_names": "Ro\u0000sa"}, "citizen.given_names", "format"),
    ({"given_names": "Rosa\u202e"}, "citizen.given_names", "format"),
    ({"family_names": "x" * 10_000}, "citizen.family_names", "too-long"),
    ({"email": "rosa"}, "citizen.email", "format"),
    ({"email": "rosa@example.pe\r\nBcc: all@example.pe"}, "citizen.email", "format"),
    ({"phone": "call me"}, "citizen.phone", "format"),
    ({"language": "tlh"}, "citizen.language", "not-one-of"),
    ({"surname": "Quispe"}, "citizen.surname", "unknown-field"),
]


@pytest.mark.parametrize(("person", "path", "code"), WRONG_PEOPLE)
def test_a_field_that_does_not_fit_is_named_by_its_path(program, person, path, code):
    body = appointment(citizen=citizen(1, **person))
    problem = program.refused("POST", "/appointments", "invalid-input", body=body)
    assert [(error["path"], error["code"]) for error in problem["errors"]] == [(path, code)]


@pytest.mark.parametrize(
    ("others", "path", "code"),
    [
        ({"starts_at": "2026-11-30 14:00:00Z"}, "starts_at", "format"),
        ({"starts_at": "2026-11-30T14:00:00"}, "starts_at", "format"),
        ({"starts_at": "2026-02-30T14:00:00Z"}, "starts_at", "format"),
        ({"starts_at": "2026-11-30T25:00:00Z"}, "starts_at", "format"),
        ({"starts_at": 1_795_000_000}, "starts_at", "type"),
        ({"office": ["cusco"]}, "office", "type"),
        ({"office": "cusco/../tacna"}, "office", "format"),
        ({"preferential": "yes"}, "preferential", "type"),
        ({"preferential": 1}, "preferential", "type"),
        ({"hold": ""}, "hold", "format"),
        ({"citizen": []}, "citizen", "type"),
        ({"vip": True}, "vip", "unknown-field"),
    ],
)
def test_a_wrong_type_or_form_is_named(program, others, path, code):
    problem = program.refused("POST", "/appointments", "invalid-input", body=appointment(1, **others))
    assert (path, code) in [(error["path"], error["code"]) for error in problem["errors"]]


def test_the_answer_to_wrong_input_repeats_none_of_it(program):
    body = appointment(citizen=citizen(1, document_number="SECRET-99", given_names="<b>77</b>"))
    problem = program.refused("POST", "/appointments", "invalid-input", body=body)
    assert "SECRET-99" not in str(problem)


@pytest.mark.parametrize("key", ["", "a b", "x" * 201, "ñandú"])
def test_an_idempotency_key_that_does_not_fit_is_named(program, key):
    problem = program.refused(
        "POST", "/appointments", "invalid-input", body=appointment(1), headers={"Idempotency-Key": key}
    )
    assert problem["errors"][0]["path"] == "Idempotency-Key"


def test_a_missing_secret_is_named(program, booked):
    problem = program.refused("GET", f"/appointments/{booked['reference']}", "invalid-input")
    assert problem["errors"] == [
        {"path": "X-Appointment-Secret", "code": "required", "message": "Field required"}
    ]


@on_both_databases
def test_a_hold_keeps_a_place_until_it_is_booked_or_given_back(program):
    hold = program.post(
        "/holds", {"office": "cusco", "service": "apostille", "starts_at": NINE}, status=201
    ).body
    assert hold["expires_at"] == "2026-11-30T12:12:00Z"
    assert _free_at_nine(program) == 1
    program.post("/appointments", appointment(1), status=201)
    program.refused("POST", "/appointments", "slot-taken", body=appointment(2))
    program.post("/appointments", appointment(3, hold=hold["hold"]), status=201)
    program.refused("DELETE", f"/holds/{hold['hold']}", "hold-unknown")


@on_both_databases
def test_a_hold_that_was_given_back_is_free_for_others(program):
    body = {"office": "cusco", "service": "apostille", "starts_at": NINE, "people": 2}
    hold = program.post("/holds", body, status=201).body["hold"]
    program.refused("POST", "/holds", "slot-taken", body=body)
    assert program.delete(f"/holds/{hold}", status=204).body is None
    assert _free_at_nine(program) == 2
    program.refused("DELETE", f"/holds/{hold}", "hold-unknown")


@on_both_databases
def test_a_hold_that_ran_out_and_was_taken_is_gone(program, morning):
    body = {"office": "cusco", "service": "apostille", "starts_at": NINE, "people": 2}
    hold = program.post("/holds", body, status=201).body["hold"]
    with clock.stopped(morning + timedelta(minutes=13)):
        for number in (1, 2):
            program.post("/appointments", appointment(number), status=201)
        program.refused("POST", "/appointments", "hold-expired", body=appointment(3, hold=hold))


@pytest.mark.parametrize("made_up", ["a", "A" * 22, "A" * 38, "-" * 100])
def test_a_hold_that_was_made_up_is_unknown(program, made_up):
    program.refused("DELETE", f"/holds/{made_up}", "hold-unknown")
    program.refused("POST", "/appointments", "hold-unknown", body=appointment(1, hold=made_up))
    assert _free_at_nine(program) == 2


def test_a_hold_whose_seal_was_changed_is_unknown(program):
    body = {"office": "cusco", "service": "apostille", "starts_at": NINE}
    hold = program.post("/holds", body, status=201).body["hold"]
    changed = hold[:-1] + ("0" if hold[-1] != "0" else "1")
    program.refused("DELETE", f"/holds/{changed}", "hold-unknown")
    program.delete(f"/holds/{hold}", status=204)


@pytest.mark.parametrize("people", [0, 7, 10**30, "2", 1.5, None])
def test_a_hold_is_for_one_to_six_people(program, people):
    body = {"office": "cusco", "service": "apostille", "starts_at": NINE, "people": people}
    problem = program.refused("POST", "/holds", "invalid-input", body=body)
    assert problem["errors"][0]["path"] == "people"


@pytest.mark.parametrize("guidance", ["birth-municipality", "birth-municipality.es", "a"])
def test_a_paper_that_nobody_knows_is_refused_and_nothing_is_booked(program, guidance):
    problem = program.refused(
        "POST", "/appointments", "guidance-unknown", body=appointment(guidance=guidance)
    )
    assert problem["guidance"] == guidance
    made = program.post("/appointments", appointment(), status=201).body
    assert made["guidance"] is None


@pytest.mark.parametrize("guidance", ["", "Birth", "a.", "a.e", "a.esp", "a--b", "a.es.es", "a" * 64, 3])
def test_what_is_no_code_of_a_paper_does_not_fit(program, guidance):
    problem = program.refused("POST", "/appointments", "invalid-input", body=appointment(guidance=guidance))
    assert [each["path"] for each in problem["errors"]] == ["guidance"]


@pytest.mark.parametrize("country", ["ZZ", "zz", "EU", "UN", "P", "PER", "1A"])
def test_a_passport_comes_from_a_country(program, country):
    person = citizen(1, document_type="passport", document_number="X1", document_country=country)
    problem = program.refused("POST", "/appointments", "invalid-input", body=appointment(citizen=person))
    assert [(each["path"], each["code"]) for each in problem["errors"]] == [
        ("citizen.document_country", "not-one-of")
    ]
