"""The rules of booking, as pure functions: documents, instants, changes of status."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from stdnum.exceptions import ValidationError
from stdnum.pe import cui

from consular.foundation.errors import Refusal

OCCUPYING = ("booked", "arrived", "serving", "served", "no_show")
ACTIVE = ("booked", "arrived", "serving")
STATUSES = (*OCCUPYING, "cancelled", "moved", "displaced")
DOCUMENT_TYPES = ("dni", "ce", "passport", "other")
LONGEST_NAME = 120
MOST_DOCUMENTS = 20
ON_BEHALF = ("self", "other", "minor")

# What a clerk may do next, undoing included. All of these keep the seat.
STATUS_CHANGES: dict[str, frozenset[str]] = {
    "booked": frozenset({"arrived", "no_show"}),
    "arrived": frozenset({"serving", "no_show", "booked"}),
    "serving": frozenset({"served", "arrived"}),
    "served": frozenset({"serving"}),
    "no_show": frozenset({"booked", "arrived"}),
}


@dataclass(frozen=True)
class Policy:
    """What a ministry may decide, passed in by the door.

    lead: how long before its start a slot can still be taken. hold: how long seats are kept while a
    form is filled. horizon_days: how far ahead the calendar is open. return_window: the longest delay
    before a cancelled seat is offered again.
    """

    lead: timedelta = timedelta(minutes=60)
    hold: timedelta = timedelta(minutes=12)
    horizon_days: int = 60
    return_window: timedelta = timedelta(0)


@dataclass(frozen=True)
class Citizen:
    """The person who will come. Names and document are fixed for the life of the appointment.

    When somebody else books (`on_behalf` is `other`, or `minor` for a parent or guardian), `contact_name`
    is who will be told, at `email` and `phone`.
    """

    document_type: str
    document_number: str
    given_names: str
    family_names: str
    document_country: str | None = None
    email: str | None = None
    phone: str | None = None
    language: str = "es"
    on_behalf: str = "self"
    contact_name: str | None = None


class InvalidCitizen(Refusal):
    """`errors` maps a field's name to a code: required, too-long, format, unknown, characters."""

    status = 422


class SlotPast(Refusal):
    """The start is past, or nearer than the lead time."""


class SlotUnknown(Refusal):
    """No slot of this office and service begins at that instant (or too few follow it)."""

    status = 404


class OfficeClosed(Refusal):
    """The office takes no appointments: announced, suspended or closed for good."""


class ServiceNotOffered(Refusal):
    """The office is known not to offer this service."""


class TooManyDocuments(Refusal):
    """One visit is for 1 to `most` documents."""

    status = 422


class AlreadyBooked(Refusal):
    """This document has an active appointment for this service. Says nothing about it."""


class HoldExpired(Refusal):
    """The time for the form ran out and somebody else has the seat."""

    status = 410


class SubmissionReused(Refusal):
    """The same submission key came again with another request; `reference` is what it made the first time.

    Only for whoever sent the key: a door never shows it to anybody else.
    """

    status = 422


class StatusNotAllowed(Refusal):
    """The appointment cannot go from its present status to that one (`present`, `asked`)."""


class NotToday(Refusal):
    """A person cannot arrive before the day of the appointment."""


class NothingToChange(Refusal):
    """The appointment has ended, or its time has come: it can no longer be moved or cancelled."""


_FORMATS = {
    "dni": re.compile(r"\d{8}(?:-?[0-9A-K])?", re.ASCII),
    "ce": re.compile(r"[0-9A-Z]{9,12}", re.ASCII),
    "passport": re.compile(r"[0-9A-Z]{1,12}", re.ASCII),
    "other": re.compile(r"[0-9A-Z][0-9A-Z\-/.]{0,14}", re.ASCII),
}
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
# Unicode's control, format (invisible, or turning the text around), surrogate and private characters.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})


@dataclass(frozen=True)
class Document:
    """A normalised identity document; `number` never has the DNI's check character."""

    type: str
    number: str
    country: str | None


def read_document(type_: str, number: str, country: str | None) -> tuple[Document | None, dict[str, str]]:
    """Normalise a document as typed; the second value maps fields to error codes (DOMAIN 4.2)."""
    if type_ not in DOCUMENT_TYPES:
        return None, {"document_type": "unknown"}
    compact = re.sub(r"[\s.]" if type_ != "other" else r"\s", "", number).upper()
    if not compact:
        return None, {"document_number": "required"}
    if not _FORMATS[type_].fullmatch(compact):
        return None, {"document_number": "format"}
    if type_ == "dni":
        return Document("dni", compact[:8], None), {}
    if type_ == "passport":
        issuer = (country or "").strip().upper()
        if not _COUNTRY.fullmatch(issuer):
            return None, {"document_country": "format" if issuer else "required"}
        return Document("passport", compact, issuer), {}
    return Document(type_, compact, None), {}


def dni_check_is_wrong(number: str) -> bool:
    """True when a ninth character was typed and it is not the DNI's check character.

    A reason to re-read, never to refuse: sources disagree about the letters (DOMAIN 4.2).
    """
    compact = re.sub(r"[\s.\-]", "", number).upper()
    if len(compact) != 9:
        return False
    try:
        cui.validate(compact)
    except ValidationError:
        return True
    return False


def read_name(typed: str) -> tuple[str, str | None]:
    """A name with single spaces and None, or the name and an error code."""
    name = " ".join(typed.split())
    if not name:
        return name, "required"
    if len(name) > LONGEST_NAME:
        return name, "too-long"
    if any(unicodedata.category(letter) in _UNSEEN for letter in name):
        return name, "characters"
    if not any(letter.isalpha() for letter in name):
        return name, "characters"
    return name, None


def read_email(typed: str | None) -> tuple[str | None, str | None]:
    """A normalised address and None, or None and an error code. No look-up of the domain is made."""
    if not typed or not typed.strip():
        return None, None
    try:
        return validate_email(typed.strip(), check_deliverability=False).normalized, None
    except EmailNotValidError:
        return None, "format"


def read_phone(typed: str | None) -> tuple[str | None, str | None]:
    """A number in E.164 and None, or None and an error code. Without a + it is read as Peru's."""
    if not typed or not typed.strip():
        return None, None
    try:
        number = phonenumbers.parse(typed.strip()[:40], "PE")
    except phonenumbers.NumberParseException:
        return None, "format"
    if not phonenumbers.is_possible_number(number):
        return None, "format"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), None


def read_citizen(citizen: Citizen) -> tuple[Citizen, Document]:
    """Check and normalise a citizen.

    Raises:
        InvalidCitizen: with every field that is wrong.
    """
    document, errors = read_document(citizen.document_type, citizen.document_number, citizen.document_country)
    names = {}
    for field in ("given_names", "family_names"):
        names[field], error = read_name(getattr(citizen, field))
        errors |= {field: error} if error else {}
    contact_name = None
    if citizen.on_behalf not in ON_BEHALF:
        errors["on_behalf"] = "unknown"
    elif citizen.on_behalf != "self":
        contact_name, error = read_name(citizen.contact_name or "")
        errors |= {"contact_name": error} if error else {}
    email, email_error = read_email(citizen.email)
    phone, phone_error = read_phone(citizen.phone)
    errors |= {"email": email_error} if email_error else {}
    errors |= {"phone": phone_error} if phone_error else {}
    if document is None or errors:
        raise InvalidCitizen(errors=errors)
    return (
        Citizen(
            document_type=document.type,
            document_number=document.number,
            document_country=document.country,
            email=email,
            phone=phone,
            language=citizen.language,
            on_behalf=citizen.on_behalf,
            contact_name=contact_name,
            **names,
        ),
        document,
    )


def check_documents(documents: int) -> None:
    """Refuse a number of documents that no visit can be for.

    Raises:
        TooManyDocuments
    """
    if not 1 <= documents <= MOST_DOCUMENTS:
        raise TooManyDocuments(most=MOST_DOCUMENTS)


def check_slot_is_ahead(starts_at: datetime, now: datetime, lead: timedelta) -> None:
    """Refuse a start that is past or nearer than the lead time.

    Raises:
        SlotPast
    """
    if starts_at < now + lead:
        raise SlotPast(starts_at=starts_at)


def check_office_takes_appointments(
    status: str, opens_on: date | None, offers: str | None, starts_on: date
) -> None:
    """Refuse an office that is not open (or not yet on that day) or that does not offer the service.

    Raises:
        OfficeClosed, ServiceNotOffered
    """
    if status != "open" or (opens_on is not None and starts_on < opens_on):
        raise OfficeClosed(status=status, opens_on=opens_on)
    if offers is None or offers == "no":
        raise ServiceNotOffered()


def check_status_change(present: str, asked: str, starts_at: datetime, now: datetime, timezone: str) -> None:
    """Whether the desk may move an appointment from one status to another now.

    Raises:
        StatusNotAllowed, NotToday
    """
    if asked not in STATUS_CHANGES.get(present, frozenset()):
        raise StatusNotAllowed(present=present, asked=asked)
    zone = ZoneInfo(timezone)
    if now.astimezone(zone).date() < starts_at.astimezone(zone).date():
        raise NotToday(starts_at=starts_at)


def seat_returns_at(now: datetime, starts_at: datetime, window: timedelta, draw: float) -> datetime:
    """When a cancelled seat is offered again: now + draw * min(window, time left / 4).

    `draw` is uniform in [0, 1). At once when less than 2 hours are left. A delay that nobody can
    predict makes it useless to cancel a seat in order to hand it to somebody (DESIGN 4b).
    """
    left = starts_at - now
    if left < timedelta(hours=2):
        return now
    return now + draw * min(window, left / 4)
