"""What the API answers, as the document describes it. Tests check real answers against these shapes."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from consular.offices.vocabulary import Attendance, LocationPrecision, Offering, OfficeKind, OfficeStatus

Instant = Annotated[
    str, WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-12-01T14:30:00Z"]})
]
Day = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="Local time, HH:MM.")]
Zone = Annotated[str, Field(description="IANA time zone of the office.", examples=["America/Lima"])]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Confirmed = Annotated[
    str | None,
    Field(description="The day (2026-06-12) or month (2026-06) when this was last confirmed; null: never."),
]


class Answer(BaseModel):
    """The base of every shape: a field that is not described here is not answered."""

    model_config = ConfigDict(extra="forbid", use_enum_values=True)


class SharedHeaders(Answer):
    """Headers of what is the same for everybody."""

    etag: Annotated[
        str, Field(alias="ETag", description="Send it back in If-None-Match: 304 if nothing changed.")
    ]
    cache_control: Annotated[str, Field(alias="Cache-Control")]


class Place(Answer):
    label: Annotated[str, Field(description="As `near` it finds this very place again.")]
    kind: Annotated[
        Literal["town", "district", "province", "region", "address", "position"],
        Field(description="What was named."),
    ]
    province: Annotated[str | None, Field(description="The province that it lies in; null: not known.")]
    region: str | None
    latitude: Latitude
    longitude: Longitude


class Origin(Place):
    """The place that `near` was understood as, and the other places of that name."""

    precision: Annotated[
        Literal["given", "address", "street", "locality", "district", "province", "region"],
        Field(description="What the position is true to; of a division it is that of its capital."),
    ]
    exact: Annotated[bool, Field(description="False: no place is written like that; this one comes nearest.")]
    alternatives: list[Place]


class PlaceList(Answer):
    places: Annotated[list[Place], Field(description="Eight at most, the likeliest first.")]


class Office(Answer):
    slug: str
    name: str
    kind: OfficeKind
    status: OfficeStatus
    opens_on: Annotated[Day | None, Field(description="The day it opens, when it is not open yet.")]
    region: str
    city: str | None
    address: str | None
    latitude: Latitude
    longitude: Longitude
    location_precision: Annotated[
        LocationPrecision, Field(description="What the position is true to: it may be the city's centre.")
    ]
    timezone: Zone
    languages: Annotated[list[str] | None, Field(description="ISO 639; null: nobody has confirmed any.")]
    step_free: Annotated[Offering, Field(description="Whether a wheelchair can get in.")]
    demonstration: Annotated[
        bool, Field(description="True: holds invented facts, for trying out; its source is `DEMO`.")
    ]
    services: Annotated[list[str], Field(description="Codes of the services that it offers or may offer.")]


class RankedOffice(Office):
    offers: Annotated[
        Offering | None,
        Field(description="Whether it offers the service asked about. `unknown`: confirm before travelling."),
    ]
    attendance: Annotated[Attendance | None, Field(description="How it attends for that service.")]
    distance_km: Annotated[
        float | None, Field(ge=0, description="In a straight line from the origin; null without `near`.")
    ]
    next_free_at: Annotated[
        Instant | None,
        Field(
            default=None,
            description="The first start with a free place, null when there is none. Looked up, and "
            "present, only when `near`, `service`, `from`, `to` or an order by date is given.",
        ),
    ]
    attends_at: Annotated[
        Instant | None,
        Field(
            default=None,
            description="What the orders by date compare: the next free place or, where the `service` needs no "
            "appointment, the next opening by the published hours, whichever comes first. Null: nobody knows of "
            "any, and such an office comes last. Present together with `next_free_at`.",
        ),
    ]


class OfficeList(Answer):
    as_of: Instant
    origin: Origin | None
    total: Annotated[int, Field(ge=0, description="How many offices fit, over all pages.")]
    offices: list[RankedOffice]
    announced: Annotated[
        list[RankedOffice],
        Field(description="Offices that do not attend yet: to be shown beside, never as the answer."),
    ]


class Source(Answer):
    code: Annotated[str, Field(description="What `source` of an office's hours and offers refers to.")]
    title: str
    url: str | None
    consulted_on: Confirmed


class Hours(Answer):
    service: Annotated[str | None, Field(description="These hours are of this service only.")]
    weekday: Annotated[int, Field(ge=1, le=7, description="ISO 8601: 1 is Monday.")]
    opens: Clock
    closes: Clock
    source: str
    confirmed_on: Confirmed


class Offered(Answer):
    service: str
    offers: Offering
    attendance: Attendance
    source: str | None
    confirmed_on: Confirmed
    demonstration: Annotated[
        bool, Field(description="True: `attendance` is invented; with the source `DEMO` `offers` is too.")
    ]


class ClosedTime(Answer):
    day: Day
    from_time: Annotated[Clock | None, Field(description="Null: from the day's beginning.")]
    to_time: Annotated[Clock | None, Field(description="Null: to the day's end.")]
    kind: str
    reason: str


class OfficeDetail(Office):
    """One office with every published fact, where it was read and when it was confirmed."""

    phone: str | None
    email: str | None
    ubigeo_inei: Annotated[str | None, Field(description="District code of INEI.")]
    status_since: Annotated[
        str | None,
        Field(description="The day or month since when it is announced, suspended or closed; null: unknown."),
    ]
    successor: Annotated[
        str | None,
        Field(
            description="Slug of the office that replaces it, when it closed for good. It may have closed too."
        ),
    ]
    hours: list[Hours]
    closures: Annotated[list[ClosedTime], Field(description="From today on, 60 days ahead.")]
    offers: list[Offered]
    source: Source
    sources: Annotated[list[Source], Field(description="Those that `hours` and `offers` name by their code.")]
    confirmed_on: Confirmed


class Point(Answer):
    type: Literal["Point"]
    coordinates: Annotated[list[float], Field(min_length=2, max_length=2, description="Longitude, latitude.")]


class Feature(Answer):
    type: Literal["Feature"]
    id: str
    geometry: Point
    properties: RankedOffice


class FeatureCollection(Answer):
    """GeoJSON (RFC 7946)."""

    type: Literal["FeatureCollection"]
    features: list[Feature]


class Service(Answer):
    code: str
    name: str
    duration_minutes: Annotated[int | None, Field(description="Null: nobody published one.")]
    extra_minutes: Annotated[
        int | None, Field(description="What each further document of one visit adds; null: unknown.")
    ]
    fee: Annotated[
        str | None, Field(description='In `currency`, decimal text: "0.00" is free, null unknown.')
    ]
    currency: Annotated[str, Field(description="ISO 4217.")]
    bookable: Annotated[bool, Field(description="False: done wholly online, never at an office.")]
    documents: Annotated[list[str], Field(description="What to bring, in the language of the answer.")]
    texts: Annotated[
        dict[str, dict[str, Any]],
        Field(
            description="By language: name, summary, who, documents, earlier_signatures (the one of the "
            "documents that a guided path says in full), fee_note, time_note; absent: unknown."
        ),
    ]
    source: Source
    confirmed_on: Confirmed
    demonstration: Annotated[bool, Field(description="True: the minutes are invented, for trying out.")]


class ServiceList(Answer):
    services: list[Service]


class Step(Answer):
    """One earlier signature."""

    at: Annotated[str, Field(description="Who signs.")]
    do: str
    where: Annotated[str | None, Field(description="Null: not known, or wherever the paper is from.")]


class Paper(Answer):
    """A paper of one issuer."""

    code: Annotated[str, Field(description="What `guidance` of a booking begins with.")]
    name: str
    steps: Annotated[list[Step], Field(description="In the order in which they must be got.")]
    checks: Annotated[list[str], Field(description="What to look at on the paper before coming.")]
    depends_on_country: Annotated[
        bool, Field(description="Whether it gets an apostille or a legalisation depends on where it is used.")
    ]
    source: Source
    confirmed_on: Confirmed


class PaperList(Answer):
    service: str
    papers: list[Paper]


class Slot(Answer):
    starts_at: Instant
    ends_at: Instant
    places_left: Annotated[int, Field(ge=1)]


class _OfCalendar(Answer):
    as_of: Instant
    office: str
    service: str
    timezone: Zone


class SlotList(_OfCalendar):
    slots: Annotated[list[Slot], Field(description="In order; full ones are left out.")]


class DayPlaces(Answer):
    day: Day
    places_left: Annotated[int, Field(ge=0)]
    closed: Annotated[str | None, Field(description="Why the office does not attend that day.")]


class DayList(_OfCalendar):
    days: Annotated[list[DayPlaces], Field(description="Every day that was asked for.")]


class BookedBy(Answer):
    name: str
    for_minor: bool


class Appointment(Answer):
    reference: Annotated[str, Field(description="For people: read over the telephone, shown at the desk.")]
    status: Literal["booked", "arrived", "serving", "served", "no_show", "cancelled", "moved", "displaced"]
    office: str
    office_name: str
    address: str | None
    city: str | None
    region: str
    timezone: Zone
    service: str
    service_name: str
    starts_at: Instant
    ends_at: Instant
    given_names: str
    family_names: str
    document_type: Literal["dni", "ce", "passport", "other"]
    document_tail: Annotated[str, Field(description="The last three characters, never more.")]
    booked_by: Annotated[BookedBy | None, Field(description="Somebody else who booked for the citizen.")]
    documents: Annotated[int, Field(ge=1)]
    guidance: Annotated[str | None, Field(description="The paper that is brought, as it was booked.")]
    language: str
    preferential: bool
    created_at: Instant


class NewAppointmentAnswer(Appointment):
    secret: Annotated[str, Field(description="Reads, moves and cancels this appointment. Keep it.")]


class HoldAnswer(Answer):
    hold: str
    expires_at: Instant


class FieldError(Answer):
    path: Annotated[str, Field(description="`citizen.document_number`, `from`, `Idempotency-Key`.")]
    code: Annotated[str, Field(examples=["required", "format", "too-long", "not-one-of", "unknown-field"])]
    message: str


class Problem(BaseModel):
    """RFC 9457. `type` ends in the problem's name; other members depend on it."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    errors: Annotated[list[FieldError], Field(description="With 422 only: what is wrong where.")] = []
