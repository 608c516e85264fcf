"""The rows of a booking and of an appointment, and what the database's refusals of them mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from consular.appointments.facts import Facts
from consular.appointments.models import Appointment, Booking
from consular.appointments.people import Citizen, Document
from consular.appointments.queries import document_tail
from consular.appointments.rules import AlreadyBooked
from consular.appointments.view import AppointmentView
from consular.foundation.database import writing
from consular.foundation.rows import FIRST_ID, NothingPicked, Row, row_of
from consular.offices.guidance import GuidanceCode
from consular.schedule.claiming import SlotTaken

ONE_ACTIVE = "uq_appointment_active_person"
ITS_SEATS = "appointment_takes_its_seats"
_APPOINTMENT_ROW = insert(Appointment).inline()


@dataclass(frozen=True)
class Visit:
    """Who comes, with how many documents. `person` is the keyed hash by which their appointments are found."""

    citizen: Citizen
    document: Document
    documents: int
    preferential: bool
    guidance: GuidanceCode | None
    person: str

    @property
    def guidance_code(self) -> str | None:
        """The public code of the list of signatures that they were shown."""
        return str(self.guidance) if self.guidance else None


@dataclass(frozen=True)
class Submission:
    """By which a second sending is known: keyed hashes of the form's token or Idempotency-Key, and of what was asked."""

    key: str
    digest: str


def booking_row(
    reference: str, visit: Visit, channel: str, submission: Submission | None, instant: datetime
) -> Row:
    """What the reference names."""
    citizen = visit.citizen
    values = {
        "reference": reference,
        "submission": submission and submission.key,
        "submission_digest": submission and submission.digest,
        "channel": channel,
        "on_behalf": citizen.on_behalf,
        "contact_name": citizen.contact_name,
        "language": citizen.language,
        "email": citizen.email,
        "phone": citizen.phone,
        "created_at": instant,
        "guidance": visit.guidance_code,
    }
    return row_of(Booking, values)


def appointment_row(known: Facts, hold: str, visit: Visit, instant: datetime) -> Row:
    """The appointment of a booking that is written with it: the trigger turns the hold into its seats."""
    values = {
        "booking_id": FIRST_ID,
        **where_and_when(known),
        "status": "booked",
        "hold": hold,
        "person_key": visit.person,
        "document_type": visit.document.type,
        "document_number": visit.document.number,
        "document_country": visit.document.country,
        "given_names": visit.citizen.given_names,
        "family_names": visit.citizen.family_names,
        "preferential": visit.preferential,
        "documents": visit.documents,
        "created_at": instant,
    }
    return row_of(Appointment, values)


def view_of(known: Facts, reference: str, visit: Visit, instant: datetime) -> AppointmentView:
    """What pages, messages and programs show of a new booking, without reading it again."""
    citizen, document = visit.citizen, visit.document
    return AppointmentView(
        reference=reference,
        status="booked",
        office_slug=known.published.office_slug,
        office_name=known.published.office_name,
        office_opens_on=known.published.opens_on,
        office_address=known.published.address,
        city=known.published.city,
        region=known.published.region,
        latitude=known.published.latitude,
        longitude=known.published.longitude,
        location_precision=known.published.location_precision,
        timezone=known.published.timezone,
        service_code=known.published.service_code,
        service_texts=known.published.service_texts,
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
        preferential=visit.preferential,
        documents=visit.documents,
        created_at=instant,
        moves=0,
        guidance=visit.guidance_code,
    )


def where_and_when(known: Facts) -> dict[str, object]:
    """The columns of an appointment that say where, when and for what it is."""
    return {
        "office_id": known.published.office_id,
        "service_id": known.published.service_id,
        "starts_at": known.starts_at,
        "ends_at": known.ends_at,
        "slots": len(known.slot_ids),
    }


def insert_appointment(**values: object) -> None:
    """Insert one appointment of a booking that is there.

    Raises:
        AlreadyBooked, SlotTaken
    """
    with refusals_named():
        writing().execute(_APPOINTMENT_ROW, values)


@contextmanager
def refusals_named() -> Iterator[None]:
    """The database's refusals of an appointment become facts.

    Raises:
        AlreadyBooked: this person has an active appointment for the service (the partial unique index).
        SlotTaken: its hold has not the seats that it needs, or there was none to be claimed.
    """
    try:
        yield
    except NothingPicked as error:
        raise SlotTaken() from error
    except IntegrityError as error:
        # Two sendings at once both saw no appointment; the index let one through.
        if ONE_ACTIVE in str(error.orig) or "appointment.person_key" in str(error.orig):
            raise AlreadyBooked() from error
        if ITS_SEATS in str(error.orig):
            raise SlotTaken() from error
        raise
