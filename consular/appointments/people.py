"""Who comes, read as typed: documents, names, contacts. Pure functions, and the refusal with every wrong field."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from babel import Locale
from email_validator import EmailNotValidError, validate_email
from stdnum.exceptions import ValidationError
from stdnum.pe import cui

from consular.foundation.errors import Refusal

DOCUMENT_TYPES = ("dni", "ce", "passport", "other")
LONGEST_NAME = 120
ON_BEHALF = ("self", "other", "minor")

_FORMATS = {
    "dni": re.compile(r"\d{8}(?:-?[0-9A-K])?", re.ASCII),
    "ce": re.compile(r"[0-9A-Z]{9,12}", re.ASCII),
    "passport": re.compile(r"[0-9A-Z]{1,12}", re.ASCII),
    "other": re.compile(r"[0-9A-Z][0-9A-Z\-/.]{0,14}", re.ASCII),
}
_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
# CLDR's codes that ISO 3166-1 has not given to a country: groups of countries, parts of one, inventions.
_NO_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)
# Who issues passports: the 249 codes of ISO 3166-1, and XK, under which Kosovo issues its own.
ISSUERS = frozenset(
    code
    for code in map(str, Locale.parse("en").territories)
    if _COUNTRY.fullmatch(code) and code not in _NO_COUNTRIES
)
# Unicode's control, format (invisible, or turning the text around), surrogate and private characters.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co"})


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


@dataclass(frozen=True)
class Document:
    """A normalised identity document; `number` never has the DNI's check character."""

    type: str
    number: str
    country: str | None


class InvalidCitizen(Refusal):
    """`errors` maps a field's name to a code: required, too-long, format, unknown, characters."""

    status = 422


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
        if issuer not in ISSUERS:
            return None, {"document_country": "unknown"}
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
