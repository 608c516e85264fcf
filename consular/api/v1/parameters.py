"""What a program may ask in an address: the parameters of the reads, as shapes (see inputs)."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from consular.api.v1.inputs import Asked, Day, Slug
from consular.appointments.rules import MOST_DOCUMENTS

_WHOLE_NUMBER = re.compile(r"-?(0|[1-9]\d{0,8})", re.ASCII)


def _read_number(value: Any) -> Any:
    """A number in an address is text; only its plain form counts (no blank, zero before, `1_000`)."""
    if not isinstance(value, str):
        return value
    if not _WHOLE_NUMBER.fullmatch(value):
        raise PydanticCustomError("type", "Must be a whole number")
    return int(value)


def _read_yes_or_no(value: Any) -> Any:
    """A yes or no in an address is one of two words."""
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


class PlaceBeginning(Asked):
    """What somebody has typed of a place's name so far."""

    q: Annotated[
        str,
        Field(
            min_length=2,
            max_length=100,
            pattern=r"^[^\x00-\x1f\x7f]+$",
            description="The first letters, two or more: `huar`, `san juan`, `caraz, a`.",
        ),
    ]


class OfficeFilter(Asked):
    """Which offices, and from where they are ranked."""

    near: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=200,
            pattern=r"^[^\x00-\x1f\x7f]+$",
            description="A place name (`Caraz`, `caraz ancash`) or a position `lat,lon` in degrees, latitude first.",
        ),
    ] = None
    service: Annotated[Slug | None, Field(description="Only offices that may offer this service.")] = None
    language: Annotated[
        str | None,
        Field(
            pattern=r"^[a-z]{2,3}$",
            description="Only offices that may attend in this language (ISO 639). "
            "An office whose languages nobody has confirmed stays in the list.",
        ),
    ] = None
    step_free: Annotated[
        Literal["yes"] | None,
        Field(
            description="Leaves out the offices that are known to have steps. "
            "One of which nobody knows stays, with `step_free: unknown`."
        ),
    ] = None
    kind: Annotated[
        Literal["decentralised-office", "headquarters", "service-centre", "consulate", "campaign"] | None,
        Field(description="Only offices of this kind."),
    ] = None
    first_day: Annotated[
        Day | None,
        Field(
            alias="from",
            description="`next_free_at` is the first one from this day on, in the office's time zone; "
            "offices without any are left out.",
        ),
    ] = None
    last_day: Annotated[
        Day | None, Field(alias="to", description="The same, up to and including this day.")
    ] = None
    sort: Annotated[
        Literal["distance", "soonest", "within-reach"] | None,
        Field(
            description="By distance (the default; needs `near`); by when somebody can be attended; or first the "
            "offices that no other beats on both distance and day, nearest first, then the others (without "
            "`near` the same as `soonest`). With `near`, the orders by date and `from` and `to` look at the "
            "30 nearest offices."
        ),
    ] = None


class OfficePage(OfficeFilter):
    """One page of the list of offices."""

    limit: Annotated[
        int, Field(ge=1, le=100, description="How many offices at most."), BeforeValidator(_read_number)
    ] = 100
    offset: Annotated[
        int, Field(ge=0, le=10_000, description="How many to skip."), BeforeValidator(_read_number)
    ] = 0


class DayRange(Asked):
    """A service and the days asked for, in the office's own calendar."""

    service: Annotated[Slug, Field(description="The code of a service.")]
    first_day: Annotated[Day, Field(alias="from", description="First day, in the office's time zone.")]
    last_day: Annotated[Day, Field(alias="to", description="Last day, inclusive: 62 days in all at most.")]
    documents: Annotated[
        int,
        Field(ge=1, le=MOST_DOCUMENTS, description="How many one person brings to one visit."),
        BeforeValidator(_read_number),
    ] = 1
    preferential: Annotated[
        bool,
        Field(
            description="True: also the places that are kept for those whom the law attends first. "
            "Ask so only for somebody who says that they need it, and book with `preferential` too."
        ),
        BeforeValidator(_read_yes_or_no),
    ] = False
