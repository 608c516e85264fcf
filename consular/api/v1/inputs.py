"""What a program may send in a body or a header: shapes only. What they allow and what the document promises is one thing.

Every text has a pattern that PostgreSQL, a printer and a person can take, so a request that fits its
shape is never answered 422: what fits but cannot be done is a 404, 409 or 410 with its own name.
"""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from consular.appointments.holding import MOST_PEOPLE
from consular.appointments.people import ISSUERS
from consular.appointments.rules import MOST_DOCUMENTS
from consular.foundation.database import FAR_FUTURE, FAR_PAST
from consular.offices.guidance import LONGEST_CODE
from consular.web.languages import DEFAULT, LANGUAGES

_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})",
    re.ASCII,
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

# The controls, the invisible and the direction-changing characters that `appointments.rules` refuses.
_HIDDEN = r"\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069"


def _read_instant(value: Any) -> Any:
    """RFC 3339, any offset. Python's years end at 9999 in UTC: beyond them there is no slot anyway."""
    if not isinstance(value, str):
        return value
    if not _INSTANT.fullmatch(value):
        raise PydanticCustomError("format", "Must be an instant of RFC 3339, like 2026-12-01T14:30:00Z")
    try:
        instant = datetime.fromisoformat(value.upper())
    except ValueError:
        raise PydanticCustomError("format", "There is no such day or hour") from None
    try:
        return min(max(instant.astimezone(UTC), FAR_PAST), FAR_FUTURE)
    except OverflowError:
        return FAR_PAST if instant.year == 1 else FAR_FUTURE


def _read_day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not _DAY.fullmatch(value):
        raise PydanticCustomError("format", "Must be a day written YYYY-MM-DD")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("format", "There is no such day") from None


def _read_whole(value: Any) -> Any:
    """To JSON 6.0 is the whole number 6."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _read_language(value: str) -> str:
    if value not in [each.code for each in LANGUAGES]:
        raise PydanticCustomError("not-one-of", "No message is written in that language")
    return value


def _read_country(value: str) -> str:
    if value.upper() not in ISSUERS:
        raise PydanticCustomError("not-one-of", "Must be a country's two letters of ISO 3166-1")
    return value.upper()


Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Instant = Annotated[
    datetime, BeforeValidator(_read_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
Day = Annotated[date, BeforeValidator(_read_day), WithJsonSchema({"type": "string", "format": "date"})]
Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=100)]
Name = Annotated[str, Field(pattern=rf"^[^{_HIDDEN}]*\p{{L}}[^{_HIDDEN}]*$", max_length=120)]
Email = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,24}$",
        max_length=254,
    ),
]
Phone = Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{4,16}[0-9]$")]
Documents = Annotated[
    int,
    Field(ge=1, le=MOST_DOCUMENTS, description="How many this person brings; more may take longer."),
    BeforeValidator(_read_whole),
]
CountryCode = Annotated[
    str, AfterValidator(_read_country), WithJsonSchema({"type": "string", "enum": sorted(ISSUERS)})
]
_ISSUER = "Who issued it: ISO 3166-1, and XK for Kosovo. Small letters are taken too."
LanguageCode = Annotated[
    str,
    AfterValidator(_read_language),
    WithJsonSchema({"type": "string", "enum": [each.code for each in LANGUAGES]}),
]


class Sent(BaseModel):
    """A JSON body: nothing unknown, no conversion between types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Asked(BaseModel):
    """Parameters of an address, or headers. An unknown parameter is refused: a misspelt filter must not be
    answered as if it had not been asked. (Of headers only the known ones are read.)"""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Booker(Sent):
    """Somebody else who books for the citizen, and is told instead of them."""

    name: Name
    for_minor: Annotated[bool, Field(description="The citizen is a minor, the booker answers for them.")] = (
        False
    )


class _Person(Sent):
    given_names: Name
    family_names: Name
    document_country: Annotated[CountryCode | None, Field(description="Only a passport needs one.")] = None
    email: Annotated[Email | None, Field(description="Where the confirmation goes.")] = None
    phone: Phone | None = None
    language: Annotated[LanguageCode, Field(description="The language of what the citizen is sent.")] = (
        DEFAULT.code
    )
    booked_by: Booker | None = None


class DniHolder(_Person):
    """Peruvian identity card: 8 digits; the check character may follow."""

    document_type: Literal["dni"]
    document_number: Annotated[str, Field(pattern=r"^[0-9]{8}(-?[0-9A-Ka-k])?$")]


class ForeignResident(_Person):
    """Carné de extranjería."""

    document_type: Literal["ce"]
    document_number: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{9,12}$")]


class PassportHolder(_Person):
    """A passport, with the country that issued it (ISO 3166-1, two letters)."""

    document_type: Literal["passport"]
    document_number: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{1,12}$")]
    document_country: Annotated[CountryCode, Field(description=_ISSUER)]


class OtherHolder(_Person):
    """Any other identity document."""

    document_type: Literal["other"]
    document_number: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z./-]{0,14}$")]


Person = Annotated[
    DniHolder | ForeignResident | PassportHolder | OtherHolder, Field(discriminator="document_type")
]


class NewAppointment(Sent):
    """A place for one citizen."""

    office: Slug
    service: Slug
    starts_at: Annotated[Instant, Field(description="The start of a slot, as `slots` gives it.")]
    citizen: Person
    preferential: Annotated[
        bool, Field(description="Needs to be attended first by law. The reason is never asked.")
    ] = False
    hold: Annotated[Token | None, Field(description="A hold on the same slot, taken before.")] = None
    documents: Documents = 1
    guidance: Annotated[
        str | None,
        Field(
            pattern=r"^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]{2})?$",
            max_length=LONGEST_CODE + 3,
            description="What the citizen brings: the `code` of a paper of this service, and after a full stop the "
            "country where it will be used, when that is known: `birth-municipality.es`. The letter then lists "
            "the signatures that it needs first.",
        ),
    ] = None


class NewHold(Sent):
    """Seats to keep for some minutes."""

    office: Slug
    service: Slug
    starts_at: Instant
    people: Annotated[int, Field(ge=1, le=MOST_PEOPLE), BeforeValidator(_read_whole)] = 1
    documents: Documents = 1
    preferential: bool = False


class NewTime(Sent):
    """Where to move an appointment."""

    starts_at: Instant


class IdempotencyHeader(Asked):
    """Makes a retried request answer what the first one answered."""

    key: Annotated[
        str | None,
        Field(
            alias="Idempotency-Key",
            pattern=r"^[!-~]{1,200}$",
            description="Any text of your own, new for each appointment (a UUID is best). The same key "
            "with the same body answers the same appointment, never a second one.",
        ),
    ] = None


class SecretHeader(Asked):
    """Proof that the caller knows the appointment, given once when it was booked."""

    secret: Annotated[
        str,
        Field(
            alias="X-Appointment-Secret", pattern=r"^[!-~]{1,200}$", description="The `secret` of the 201."
        ),
    ]
