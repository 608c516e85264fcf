"""The closed lists of words that describe offices and offers; shared by tables, seeds and pure rules."""

from enum import StrEnum

# The code of the source of what a demonstration invents: no published fact names it.
INVENTED = "DEMO"


class OfficeStatus(StrEnum):
    """The life of an office; only `open` ones can be an answer to "where do I go?"."""

    ANNOUNCED = "announced"
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class OfficeKind(StrEnum):
    """What sort of place it is."""

    DECENTRALISED_OFFICE = "decentralised-office"
    HEADQUARTERS = "headquarters"
    SERVICE_CENTRE = "service-centre"
    CONSULATE = "consulate"
    CAMPAIGN = "campaign"


class LocationPrecision(StrEnum):
    """How near the coordinates are to the office's door, from best to worst."""

    ADDRESS = "address"
    DISTRICT = "district"
    CITY = "city"
    REGION_CAPITAL = "region-capital"


class Offering(StrEnum):
    """Whether an office does something; `unknown` is an answer too."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Attendance(StrEnum):
    """How an office attends those who come for a service."""

    WALK_IN = "walk-in"
    APPOINTMENT = "appointment"
    BOTH = "both"
    UNKNOWN = "unknown"
