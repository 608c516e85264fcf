"""Appointments as the API writes them, and citizens as it reads them."""

from typing import Any

from consular.api.answering import written
from consular.api.v1.inputs import Person
from consular.api.v1.office_shapes import text_in
from consular.appointments.people import Citizen
from consular.appointments.view import AppointmentView


def citizen_of(person: Person) -> Citizen:
    """The citizen that a program sent."""
    booker = person.booked_by
    return Citizen(
        **person.model_dump(exclude={"booked_by"}),
        on_behalf="self" if booker is None else "minor" if booker.for_minor else "other",
        contact_name=None if booker is None else booker.name,
    )


def appointment_shape(view: AppointmentView) -> dict[str, Any]:
    """What whoever has the secret may see: no contact, and of the document only its end."""
    return {
        "reference": view.reference,
        "status": view.status,
        "office": view.office_slug,
        "office_name": view.office_name,
        "address": view.office_address,
        "city": view.city,
        "region": view.region,
        "timezone": view.timezone,
        "service": view.service_code,
        "service_name": text_in(view.service_texts, view.language).get("name", view.service_code),
        "starts_at": written(view.starts_at),
        "ends_at": written(view.ends_at),
        "given_names": view.given_names,
        "family_names": view.family_names,
        "document_type": view.document_type,
        "document_tail": view.document_tail,
        "booked_by": _booker(view),
        "documents": view.documents,
        "guidance": view.guidance,
        "language": view.language,
        "preferential": view.preferential,
        "created_at": written(view.created_at),
    }


def _booker(view: AppointmentView) -> dict[str, Any] | None:
    if view.on_behalf == "self":
        return None
    return {"name": view.contact_name, "for_minor": view.on_behalf == "minor"}
