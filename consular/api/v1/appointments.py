"""Appointments: book, read, move, cancel."""

from typing import Any

from flask import Response

from consular.api.answering import answer
from consular.api.v1 import answers
from consular.api.v1.appointment_shapes import appointment_shape, citizen_of
from consular.api.v1.blueprint import v1
from consular.api.v1.described import ANY_BODY, ANY_KEY, BEARER, links_to_appointment, problems
from consular.api.v1.guards import api_key, caller_for
from consular.api.v1.hold_codes import token_of
from consular.api.v1.inputs import IdempotencyHeader, NewAppointment, NewTime, SecretHeader
from consular.api.v1.policy import policy
from consular.appointments import booking, changing
from consular.appointments.opening import open_with_secret
from consular.appointments.people import read_citizen
from consular.appointments.queries import AppointmentUnknown, active_appointment
from consular.appointments.rules import AlreadyBooked
from consular.appointments.second_tries import warn_holder
from consular.appointments.view import AppointmentView
from consular.foundation.database import transaction
from consular.foundation.errors import Refusal
from consular.offices.guidance import GuidanceCode
from consular.offices.guidance_queries import guidance_for
from consular.staff.api_keys import ApiCaller
from consular.staff.models import KeyScope
from consular.web import sender
from consular.web.guards import api_open

UNKNOWN = "appointment-unknown"


class AppointmentCancelled(Refusal):
    """The appointment was cancelled, by its citizen or the office: nothing is at its address any more.

    Facts: appointment, what it was.
    """

    status = 404


class GuidanceUnknown(Refusal):
    """No paper of that service has this code, or no country has it. Facts: guidance."""

    status = 404


@v1.post("/appointments")
@api_key("book")
@v1.input(NewAppointment, arg_name="asked")
@v1.input(IdempotencyHeader, location="headers", arg_name="idempotency")
@v1.output(answers.NewAppointmentAnswer, 201, links=links_to_appointment())
@v1.doc(
    tags=["Appointments"],
    security=BEARER,
    responses=problems(
        *ANY_KEY,
        *ANY_BODY,
        "office-unknown",
        "service-unknown",
        "slot-unknown",
        "slot-taken",
        "slot-past",
        "already-booked",
        "invalid-citizen",
        "office-closed",
        "service-not-offered",
        "idempotency-key-reused",
        "hold-unknown",
        "hold-expired",
        "guidance-unknown",
    ),
)
def book_appointment(asked: NewAppointment, idempotency: IdempotencyHeader) -> Response:
    """Book a place for one citizen

    The answer carries the reference for people and the secret for programs. Send an Idempotency-Key: a
    retry after a lost answer then finds the same appointment.
    """
    caller = caller_for(asked.office)
    _check_guidance(asked)
    try:
        view = _book(asked, caller, idempotency.key)
    except AlreadyBooked as refusal:
        raise _told(refusal, asked, caller) from refusal
    return answer({**appointment_shape(view), "secret": view.secret}, 201)


def _book(asked: NewAppointment, caller: ApiCaller, idempotency_key: str | None) -> AppointmentView:
    with transaction(begins_late=True):
        return booking.book(
            office=asked.office,
            service=asked.service,
            starts_at=asked.starts_at,
            citizen=citizen_of(asked.citizen),
            policy=policy(),
            actor=caller.actor,
            channel="api",
            submission=idempotency_key and f"api:{caller.id}:{idempotency_key}",
            hold=None if asked.hold is None else token_of(asked.hold),
            documents=asked.documents,
            preferential=asked.preferential,
            guidance=GuidanceCode.read(asked.guidance),
        )


def _check_guidance(asked: NewAppointment) -> None:
    """Two statements at most, and none without a code.

    Raises:
        GuidanceUnknown
    """
    code = GuidanceCode.read(asked.guidance)
    if code and guidance_for(code, asked.service) is None:
        raise GuidanceUnknown(guidance=asked.guidance)


def _told(refusal: AlreadyBooked, asked: NewAppointment, caller: ApiCaller) -> AlreadyBooked:
    """The refusal with the appointment that is meant, for an operator of its office.

    Anybody else is told nothing, and the contact of that appointment that somebody tried.
    """
    told = _for_operator(asked, caller) if caller.may(KeyScope.OPERATOR) else None
    if told is not None:
        return told
    with transaction():
        warn_holder(citizen_of(asked.citizen), asked.service, actor=caller.actor)
    return refusal


def _for_operator(asked: NewAppointment, caller: ApiCaller) -> AlreadyBooked | None:
    _citizen, document = read_citizen(citizen_of(asked.citizen))
    try:
        meant = active_appointment(document, asked.service)
    except AppointmentUnknown:  # it ended in this moment
        return None
    if not caller.acts_for(meant.office_slug):
        return None
    return AlreadyBooked(appointment=appointment_shape(meant))


@v1.get("/appointments/<string:reference>")
@api_open
@v1.input(SecretHeader, location="headers", arg_name="proof")
@v1.output(answers.Appointment)
@v1.doc(tags=["Appointments"], responses=problems(UNKNOWN, "appointment-cancelled"))
def show_appointment(reference: str, proof: SecretHeader) -> Response:
    """One appointment, for whoever has its secret

    No key is needed. After a cancellation the answer is 404 `appointment-cancelled`, with what it was.
    """
    return answer(appointment_shape(_standing(reference, proof)))


@v1.delete("/appointments/<string:reference>")
@api_key("book")
@v1.input(SecretHeader, location="headers", arg_name="proof")
@v1.output(answers.Appointment)
@v1.doc(
    tags=["Appointments"],
    security=BEARER,
    responses=problems(*ANY_KEY, UNKNOWN, "nothing-to-change"),
)
def cancel_appointment(reference: str, proof: SecretHeader) -> Response:
    """Cancel an appointment: its seat is free again

    The answer is the appointment with the status `cancelled`. Cancelling twice is cancelling once.
    """
    view = open_with_secret(reference, proof.secret, sender=sender())
    caller = caller_for(view.office_slug)
    with transaction():
        cancelled = changing.cancel(view.reference, policy=policy(), actor=caller.actor)
    return answer(appointment_shape(cancelled))


@v1.post("/appointments/<string:reference>/move")
@api_key("book")
@v1.input(NewTime, arg_name="asked")
@v1.input(SecretHeader, location="headers", arg_name="proof")
@v1.output(answers.Appointment)
@v1.doc(
    tags=["Appointments"],
    security=BEARER,
    responses=problems(
        *ANY_KEY,
        *ANY_BODY,
        UNKNOWN,
        "slot-unknown",
        "slot-taken",
        "slot-past",
        "office-closed",
        "service-not-offered",
        "nothing-to-change",
        "appointment-cancelled",
    ),
)
def move_appointment(reference: str, asked: NewTime, proof: SecretHeader) -> Response:
    """Move an appointment to another start of the same office and service

    The reference and the secret stay. The old seat is kept until the new one is sure.
    """
    view = _standing(reference, proof)
    caller = caller_for(view.office_slug)
    with transaction():
        moved = changing.move(view.reference, asked.starts_at, policy=policy(), actor=caller.actor)
    return answer(appointment_shape(moved))


def _standing(reference: str, proof: SecretHeader) -> AppointmentView:
    view = open_with_secret(reference, proof.secret, sender=sender())
    if view.status == "cancelled":
        was: dict[str, Any] = appointment_shape(view)
        raise AppointmentCancelled(appointment=was)
    return view
