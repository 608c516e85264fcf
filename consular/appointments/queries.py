"""Reads of appointments: one citizen's, an office's day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from consular.appointments.models import Appointment, Booking, is_active
from consular.appointments.people import Document, read_document
from consular.appointments.rules import OCCUPYING
from consular.appointments.view import AppointmentView as AppointmentView
from consular.appointments.view import is_secret_of, person_key
from consular.foundation.database import db
from consular.foundation.errors import Unknown
from consular.foundation.references import normalise_reference
from consular.offices.models import Office, Region, Service
from consular.schedule.slots import day_begins


class AppointmentUnknown(Unknown):
    """No such reference, or not with this secret or document: the answer is the same."""


def appointment_by_reference(reference: str) -> AppointmentView:
    """The present appointment of a booking, for a caller who may already see it. One statement.

    Raises:
        AppointmentUnknown
    """
    return _view(_newest(reference))


def appointment_with_secret(reference: str, secret: str) -> AppointmentView:
    """The present appointment, for whoever shows its secret.

    Raises:
        AppointmentUnknown: a wrong reference and a wrong secret alike.
    """
    row = _newest(reference)
    if not is_secret_of(row.reference, secret):
        raise AppointmentUnknown()
    return _view(row)


def appointment_by_document(
    reference: str, document_type: str, document_number: str, document_country: str | None = None
) -> AppointmentView:
    """The present appointment, for whoever knows its reference and the document that it was made with.

    Raises:
        AppointmentUnknown: a wrong reference, a wrong document and a malformed one alike.
    """
    document, _errors = read_document(document_type, document_number, document_country)
    row = _newest(reference)
    if document is None or row.person_key != person_key(document.type, document.number, document.country):
        raise AppointmentUnknown()
    return _view(row)


def active_appointment(document: Document, service: str) -> AppointmentView:
    """The active appointment of a document for a service, for staff and programs that may see it.

    Raises:
        AppointmentUnknown
    """
    key = person_key(document.type, document.number, document.country)
    row = db.session.execute(
        _columns().where(Appointment.person_key == key, Service.code == service, is_active())
    ).one_or_none()
    if row is None:
        raise AppointmentUnknown()
    return _view(row)


def _newest(reference: str) -> Any:
    code = normalise_reference(reference)
    row = None
    if code is not None:
        row = db.session.execute(
            _columns()
            .where(
                Booking.reference == code, Appointment.person_key != ""
            )  # erased: it names nobody (erasing.py)
            .order_by(Appointment.id.desc())
            .limit(1)
        ).one_or_none()
    if row is None:
        raise AppointmentUnknown()
    return row


def _columns() -> Select[*tuple[Any, ...]]:
    earlier = aliased(Appointment)
    moves = (
        select(func.count())
        .where(earlier.booking_id == Booking.id, earlier.status == "moved")
        .correlate(Booking)
        .scalar_subquery()
    )
    return (
        select(
            *(Booking.reference, Booking.email, Booking.phone, Booking.language, Booking.created_at),
            *(Booking.on_behalf, Booking.contact_name, Booking.guidance),
            *(Appointment.status, Appointment.starts_at, Appointment.ends_at),
            *(Appointment.given_names, Appointment.family_names, Appointment.person_key),
            *(Appointment.document_type, Appointment.document_number, Appointment.preferential),
            Appointment.documents,
            Office.slug.label("office_slug"),
            Office.name.label("office_name"),
            Office.opens_on.label("office_opens_on"),
            Office.address.label("office_address"),
            *(Office.city, Office.timezone, Office.latitude, Office.longitude, Office.location_precision),
            Region.name.label("region"),
            Service.code.label("service_code"),
            Service.texts.label("service_texts"),
            moves.label("moves"),
        )
        .join(Booking, Booking.id == Appointment.booking_id)
        .join(Office, Office.id == Appointment.office_id)
        .join(Region, Region.code == Office.region_code)
        .join(Service, Service.id == Appointment.service_id)
    )


def _view(row: Any) -> AppointmentView:
    values = row._asdict()
    del values["person_key"]
    values["document_tail"] = document_tail(values.pop("document_number"))
    return AppointmentView(**values)


def document_tail(number: str | None) -> str:
    """The last three characters of a document number; nothing of a shorter or an erased one."""
    return number[-3:] if number and len(number) > 4 else ""


@dataclass(frozen=True)
class TodayRow:
    """One appointment of an office's day, as the desk sees it."""

    reference: str
    status: str
    starts_at: datetime
    ends_at: datetime
    given_names: str
    family_names: str
    document_type: str
    document_tail: str
    service_code: str
    service_texts: dict[str, Any]
    preferential: bool
    documents: int
    arrived_at: datetime | None
    serving_at: datetime | None
    ended_at: datetime | None


def today(office_id: int, timezone: str, day: date) -> list[TodayRow]:
    """Who has a right to be attended at an office on a local day, in order of time. One statement."""
    rows = db.session.execute(
        select(
            *(Booking.reference, Appointment.status, Appointment.starts_at, Appointment.ends_at),
            *(Appointment.given_names, Appointment.family_names),
            *(Appointment.document_type, Appointment.document_number),
            Service.code.label("service_code"),
            Service.texts.label("service_texts"),
            *(Appointment.preferential, Appointment.documents),
            *(Appointment.arrived_at, Appointment.serving_at, Appointment.ended_at),
        )
        .join(Booking, Booking.id == Appointment.booking_id)
        .join(Service, Service.id == Appointment.service_id)
        .where(
            Appointment.office_id == office_id,
            Appointment.starts_at >= day_begins(day, timezone),
            Appointment.starts_at < day_begins(day + timedelta(days=1), timezone),
            Appointment.status.in_(OCCUPYING),
        )
        .order_by(Appointment.starts_at, Appointment.id)
    )
    listed = []
    for row in rows:
        values = row._asdict()
        values["document_tail"] = document_tail(values.pop("document_number"))
        listed.append(TodayRow(**values))
    return listed
