"""Book: one person takes the seats of one start, and gets a reference."""

import json
import secrets
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache

from sqlalchemy import insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import ReturningInsert

from consular.appointments import letters
from consular.appointments.facts import Facts, facts
from consular.appointments.models import Appointment, Booking
from consular.appointments.people import Citizen, Document, read_citizen
from consular.appointments.queries import appointment_by_reference, document_tail
from consular.appointments.rules import (
    AlreadyBooked,
    HoldExpired,
    Policy,
    ServiceNotOffered,
    SubmissionReused,
    check_documents,
    check_office_takes_appointments,
    check_slot_is_ahead,
)
from consular.appointments.view import AppointmentView, person_key
from consular.audit import journal
from consular.foundation.clock import day_in, now
from consular.foundation.database import FAR_FUTURE, db
from consular.foundation.references import new_reference
from consular.foundation.vault import vault
from consular.offices.guidance import GuidanceCode
from consular.schedule.claiming import SlotTaken, claim
from consular.schedule.holds import held_by

ONE_ACTIVE = "uq_appointment_active_person"
ITS_SEATS = "appointment_takes_its_seats"
_APPOINTMENT_ROW = insert(Appointment).inline()


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
    """Give a citizen an appointment: check, claim the seats, write, journal, enqueue. Six statements.

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
    key = vault().keyed_hash("submission", submission) if submission else None
    digest = _digest(office, service, starts_at, documents, citizen, preferential)
    known = facts(office, service, starts_at, documents, person_key=person, submission=key)
    if known.replayed is not None:
        return _replay(known.replayed, digest)
    instant = now()
    check_may_book(known, policy, instant)
    _close_past(known, person, actor, instant)
    reference = new_reference()
    booking_id = _insert_booking(reference, citizen, channel, key, digest if key else None, instant, guidance)
    if booking_id is None:  # the same submission, sent twice at once: the other one was faster
        return _replay_of_other(office, service, starts_at, key, digest)
    hold = _claim(known, hold, policy, preferential, instant)
    if _has_another(known, instant):
        raise AlreadyBooked()
    _insert_appointment(known, booking_id, hold, person, document, citizen, documents, preferential, instant)
    journal.record(actor, "book", "booking", reference, office=office, service=service, channel=channel)
    view = _view(known, reference, citizen, document, documents, preferential, instant)
    view = replace(view, guidance=_written(guidance))
    letters.confirmed(view)
    return view


def check_may_book(known: Facts, policy: Policy, instant: datetime) -> None:
    """Every rule that depends neither on the seats nor on the person.

    Raises:
        ServiceNotOffered, OfficeClosed, SlotPast
    """
    if not known.bookable:
        raise ServiceNotOffered()
    starts_on = day_in(known.timezone, known.starts_at)
    check_office_takes_appointments(known.status, known.opens_on, known.offers, starts_on)
    check_slot_is_ahead(known.starts_at, instant, policy.lead)


def _has_another(known: Facts, instant: datetime) -> bool:
    """Whether this person's active appointment for the service is of today or later."""
    return known.active is not None and not _is_past(known.active, instant, known.timezone)


def _is_past(ended_at: datetime, instant: datetime, timezone: str) -> bool:
    return day_in(timezone, ended_at) < day_in(timezone, instant)


def _close_past(known: Facts, person: str, actor: str, instant: datetime) -> None:
    """End what this person left active on an earlier day, so that it does not forbid a new one.

    Who was being attended was attended; who never arrived did not come.
    """
    if known.active is None or _has_another(known, instant):
        return
    past = [Appointment.person_key == person, Appointment.service_id == known.service_id]
    for before, after in ((("arrived", "serving"), "served"), (("booked",), "no_show")):
        db.session.execute(
            update(Appointment)
            .where(*past, Appointment.status.in_(before))
            .values(status=after, ended_at=instant)
            .execution_options(synchronize_session=False)
        )
    journal.record(actor, "close_past", "person", person[:16], service=known.service_code)


def _claim(known: Facts, hold: str | None, policy: Policy, preferential: bool, instant: datetime) -> str:
    """The token of a hold that has a seat in every slot: the citizen's own, or one claimed now."""
    if hold is not None and held_by(hold).seats.keys() == set(known.slot_ids):
        return hold
    token = secrets.token_urlsafe(16)
    try:
        claim(known.slot_ids, 1, token, FAR_FUTURE, instant, preferential=preferential)
    except SlotTaken:
        if hold is not None:
            raise HoldExpired() from None
        raise
    return token


def _insert_booking(
    reference: str,
    citizen: Citizen,
    channel: str,
    key: str | None,
    digest: str | None,
    instant: datetime,
    guidance: GuidanceCode | None,
) -> int | None:
    """The new booking's id, or None when this submission already has one."""
    values = {
        "reference": reference,
        "submission": key,
        "submission_digest": digest,
        "channel": channel,
        "on_behalf": citizen.on_behalf,
        "contact_name": citizen.contact_name,
        "language": citizen.language,
        "email": citizen.email,
        "phone": citizen.phone,
        "created_at": instant,
        "guidance": _written(guidance),
    }
    return db.session.connection().scalar(_booking_row(db.engine.dialect.name), values)


@cache
def _booking_row(dialect: str) -> ReturningInsert[int]:
    insert_into = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert_into(Booking).on_conflict_do_nothing(index_elements=["submission"])
    return statement.returning(Booking.id)


def _insert_appointment(
    known: Facts,
    booking_id: int,
    hold: str,
    person: str,
    document: Document,
    citizen: Citizen,
    documents: int,
    preferential: bool,
    instant: datetime,
) -> None:
    """The trigger turns the hold into this appointment's seats, or refuses the row."""
    insert_appointment(
        booking_id=booking_id,
        office_id=known.office_id,
        service_id=known.service_id,
        starts_at=known.starts_at,
        ends_at=known.ends_at,
        slots=len(known.slot_ids),
        status="booked",
        hold=hold,
        person_key=person,
        document_type=document.type,
        document_number=document.number,
        document_country=document.country,
        given_names=citizen.given_names,
        family_names=citizen.family_names,
        preferential=preferential,
        documents=documents,
        created_at=instant,
    )


def insert_appointment(**values: object) -> None:
    """Insert one appointment; the database's refusals become facts.

    Raises:
        AlreadyBooked: this person has an active appointment for the service (the partial unique index).
        SlotTaken: its hold has not the seats that it needs.
    """
    try:
        db.session.connection().execute(_APPOINTMENT_ROW, values)
    except IntegrityError as error:
        # Two sendings at once both saw no appointment; the index let one through.
        if ONE_ACTIVE in str(error.orig) or "appointment.person_key" in str(error.orig):
            raise AlreadyBooked() from error
        if ITS_SEATS in str(error.orig):
            raise SlotTaken() from error
        raise


def _digest(
    office: str, service: str, starts_at: datetime, documents: int, citizen: Citizen, preferential: bool
) -> str:
    asked = [office, service, starts_at.astimezone(UTC).isoformat(), documents, asdict(citizen), preferential]
    return vault().keyed_hash("submission-digest", json.dumps(asked, sort_keys=True))


def _replay(replayed: tuple[str, str | None], digest: str) -> AppointmentView:
    reference, first_digest = replayed
    if first_digest != digest:
        raise SubmissionReused(reference=reference)
    return appointment_by_reference(reference)


def _replay_of_other(
    office: str, service: str, starts_at: datetime, key: str | None, digest: str
) -> AppointmentView:
    replayed = facts(office, service, starts_at, submission=key).replayed
    if replayed is None:
        raise SlotTaken()
    return _replay(replayed, digest)


def _view(
    known: Facts,
    reference: str,
    citizen: Citizen,
    document: Document,
    documents: int,
    preferential: bool,
    instant: datetime,
) -> AppointmentView:
    return AppointmentView(
        reference=reference,
        status="booked",
        office_slug=known.office_slug,
        office_name=known.office_name,
        office_opens_on=known.opens_on,
        office_address=known.address,
        city=known.city,
        region=known.region,
        latitude=known.latitude,
        longitude=known.longitude,
        location_precision=known.location_precision,
        timezone=known.timezone,
        service_code=known.service_code,
        service_texts=known.service_texts,
        starts_at=known.starts_at,
        ends_at=known.ends_at,
        given_names=citizen.given_names,
        family_names=citizen.family_names,
        document_type=document.type,
        document_tail=document_tail(document.number),
        email=citizen.email,
        phone=citizen.phone,
        language=citizen.language,
        on_behalf=citizen.on_behalf,
        contact_name=citizen.contact_name,
        preferential=preferential,
        documents=documents,
        created_at=instant,
        moves=0,
    )


def _written(guidance: GuidanceCode | None) -> str | None:
    return str(guidance) if guidance else None
