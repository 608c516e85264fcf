"""Book: one person takes the seats of one start, and gets a reference."""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from sqlalchemy import update

from consular.appointments import letters
from consular.appointments.facts import Facts, check_gives_appointments, facts
from consular.appointments.models import Appointment
from consular.appointments.people import Citizen, read_citizen
from consular.appointments.queries import appointment_by_reference
from consular.appointments.rules import (
    AlreadyBooked,
    HoldExpired,
    Policy,
    SubmissionReused,
    check_documents,
    check_slot_is_ahead,
)
from consular.appointments.view import AppointmentView, person_key
from consular.appointments.writing import (
    Submission,
    Visit,
    appointment_row,
    booking_row,
    refusals_named,
    view_of,
)
from consular.audit import journal
from consular.foundation.clock import day_in, now
from consular.foundation.database import FAR_FUTURE, db
from consular.foundation.references import new_reference
from consular.foundation.rows import Step, insert_rows, nothing, one_statement, table_of
from consular.foundation.vault import vault
from consular.offices.guidance import GuidanceCode
from consular.schedule.claiming import SlotTaken, claim, release, seat_for
from consular.schedule.holds import held_by


def book(
    *,
    office: str,
    service: str,
    starts_at: datetime,
    citizen: Citizen,
    policy: Policy,
    actor: str,
    channel: str,
    submission: str | None = None,
    hold: str | None = None,
    documents: int = 1,
    preferential: bool = False,
    guidance: GuidanceCode | None = None,
) -> AppointmentView:
    """Give a citizen an appointment: check, claim the seats, write all its rows.

    Two statements on PostgreSQL, for a visit of one slot; six on SQLite, which takes one row at a time.

    That a person has an appointment is looked at last, with the seats in hand: who asks for a full slot
    must not learn from the kind of refusal whether a document has one (DESIGN rule 4).

    office, service: public codes. starts_at: an aware instant at which a slot begins. submission: what
    makes a second sending of the same form the same appointment (a form's token, an Idempotency-Key
    with its caller). hold: the token of seats that `holding.hold_places` kept; when they are gone, free
    ones are claimed if there are any. documents: how many this person brings to the one visit. guidance:
    the list of signatures that they were shown.

    Raises:
        InvalidCitizen, OfficeUnknown, ServiceUnknown, SlotUnknown, SlotPast, OfficeClosed,
        ServiceNotOffered, AlreadyBooked, SlotTaken, HoldExpired, SubmissionReused, TooManyDocuments
    """
    citizen, document = read_citizen(citizen)
    check_documents(documents)
    person = person_key(document.type, document.number, document.country)
    visit = Visit(citizen, document, documents, preferential, guidance, person)
    sent = _sent(submission, [office, service, starts_at.astimezone(UTC).isoformat()], visit)
    known = facts(
        office, service, starts_at, documents, person_key=person, submission=sent.key if sent else None
    )
    if sent and known.replayed is not None:
        return _replay(known.replayed, sent)
    instant = now()
    check_may_book(known, policy, instant)
    _close_past(known, person, actor, instant)
    try:
        return _take(known, visit, hold, sent, actor, channel, instant)
    except SlotTaken as refusal:
        # The same submission, sent twice at once, may have had the last seat, or have been written meanwhile.
        replayed = facts(office, service, starts_at, submission=sent.key).replayed if sent else None
        if sent and replayed:
            return _replay(replayed, sent)
        raise (HoldExpired() if hold else refusal) from None


def _take(
    known: Facts,
    visit: Visit,
    hold: str | None,
    sent: Submission | None,
    actor: str,
    channel: str,
    instant: datetime,
) -> AppointmentView:
    """Claim the seats and turn them into an appointment.

    Raises:
        AlreadyBooked
        SlotTaken: no seat is free, or the same submission has its appointment already and these are free again.
    """
    if _has_another(known, instant):
        _seats(known, visit, hold, instant, alone=True).claim()
        raise AlreadyBooked()
    seats = _seats(known, visit, hold, instant)
    reference = new_reference()
    view = view_of(known, reference, visit, instant)
    told = {
        "office": known.published.office_slug,
        "service": known.published.service_code,
        "channel": channel,
    }
    booking = booking_row(reference, visit, channel, sent, instant)
    entry = journal.entry(actor, "book", "booking", reference, **told)
    messages = letters.confirmation(view)
    with refusals_named():
        number = insert_rows(
            booking,
            appointment_row(known, seats.token, visit, instant),
            entry,
            *messages,
            once="submission",
            step=seats.step,
            when_ready=seats.claim,
        )
    if number is None:
        if seats.step is None:
            release(seats.token, instant)
        raise SlotTaken()
    return view


def check_may_book(known: Facts, policy: Policy, instant: datetime) -> None:
    """Every rule that depends neither on the seats nor on the person.

    Raises:
        ServiceNotOffered, OfficeClosed, SlotPast
    """
    check_gives_appointments(known.published, known.starts_at)
    check_slot_is_ahead(known.starts_at, instant, policy.lead)


def _has_another(known: Facts, instant: datetime) -> bool:
    """Whether this person's active appointment for the service is of today or later."""
    return known.active is not None and not _is_past(known.active, instant, known.published.timezone)


def _is_past(ended_at: datetime, instant: datetime, timezone: str) -> bool:
    return day_in(timezone, ended_at) < day_in(timezone, instant)


def _close_past(known: Facts, person: str, actor: str, instant: datetime) -> None:
    """End what this person left active on an earlier day, so that it does not forbid a new one.

    Who was being attended was attended; who never arrived did not come.
    """
    if known.active is None or _has_another(known, instant):
        return
    past = [Appointment.person_key == person, Appointment.service_id == known.published.service_id]
    for before, after in ((("arrived", "serving"), "served"), (("booked",), "no_show")):
        db.session.execute(
            update(Appointment)
            .where(*past, Appointment.status.in_(before))
            .values(status=after, ended_at=instant)
            .execution_options(synchronize_session=False)
        )
    journal.record(actor, "close_past", "person", person[:16], service=known.published.service_code)


class _Seats(NamedTuple):
    """How an appointment comes by its seats: those of the token, once they are claimed, or what a step gives it."""

    token: str
    claim: Callable[[], None] = nothing
    step: Step | None = None


def _seats(known: Facts, visit: Visit, hold: str | None, instant: datetime, *, alone: bool = False) -> _Seats:
    """A seat in every slot: the citizen's own hold, or to be claimed; then `claim` raises SlotTaken.

    A single seat is given to the appointment by the statement that writes it, where the database takes both in one,
    unless it is to be claimed `alone`. Nobody holds it before, and no seat ever has that token.
    """
    if hold is not None and held_by(hold).seats.keys() == set(known.slot_ids):
        return _Seats(hold)
    token = secrets.token_urlsafe(16)
    if len(known.slot_ids) == 1 and not alone and one_statement():
        table, slot = table_of(Appointment), known.slot_ids[0]
        return _Seats(token, step=seat_for(table, slot, instant, preferential=visit.preferential))
    return _Seats(
        token,
        partial(claim, known.slot_ids, 1, token, FAR_FUTURE, instant, preferential=visit.preferential),
    )


def _sent(submission: str | None, asked: list[str], visit: Visit) -> Submission | None:
    if not submission:
        return None
    whole = [*asked, visit.documents, asdict(visit.citizen), visit.preferential]
    digest = vault().keyed_hash("submission-digest", json.dumps(whole, sort_keys=True))
    return Submission(vault().keyed_hash("submission", submission), digest)


def _replay(replayed: tuple[str, str | None], sent: Submission) -> AppointmentView:
    reference, first_digest = replayed
    if first_digest != sent.digest:
        raise SubmissionReused(reference=reference)
    return appointment_by_reference(reference)
