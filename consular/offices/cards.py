"""What a reader gets to know about offices and services: plain values, no database behind them."""

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from consular.foundation.errors import Unknown
from consular.foundation.geography import Position
from consular.offices.vocabulary import INVENTED


class OfficeUnknown(Unknown):
    """No office has that slug."""


class ServiceUnknown(Unknown):
    """No service has that code."""


@dataclass(frozen=True, slots=True)
class OfficeCard:
    """One office of a list.

    `position` is as near to the door as `location_precision` says. `services` are the codes of what the
    office does or may do (offers yes or unknown), sorted. `offers` and `attendance`
    speak of the one service that was asked about and are None when none was.
    """

    id: int
    slug: str
    name: str
    kind: str
    status: str
    opens_on: date | None
    region_code: str
    region: str
    city: str | None
    address: str | None
    position: Position
    location_precision: str
    timezone: str
    languages: tuple[str, ...] | None
    step_free: str
    demonstration: bool
    services: tuple[str, ...]
    offers: str | None
    attendance: str | None


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """Where a fact was read; `consulted_on` is a day, a month (`2026-06`) or unknown."""

    code: str
    title: str
    url: str | None
    consulted_on: str | None


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Published hours of one weekday (0 is Monday), local time; of one service when `service` is its code."""

    service: str | None
    weekday: int
    opens: time
    closes: time
    source: str
    confirmed_on: str | None


@dataclass(frozen=True, slots=True)
class OfferRow:
    """What is known of one service at one office; every service is listed, most as unknown.

    `demonstration`: something of it is invented; when `offers` is, `invented` says so.
    """

    service: str
    offers: str
    attendance: str
    source: str | None
    confirmed_on: str | None
    demonstration: bool

    @property
    def invented(self) -> bool:
        """Whether nobody but the demonstration says that it is done there."""
        return self.source == INVENTED


@dataclass(frozen=True, slots=True)
class Reachable:
    """An office that publishes how to ask it something."""

    slug: str
    name: str
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class OfficePage:
    """All that is published about one office.

    `headquarters` is the ministry's open one that publishes a telephone or an e-mail, None when none does:
    whom to ask about an office that publishes neither. `successor` is the slug of the office that replaces it; `status_since` the day or month since when it is
    announced, suspended or closed, None when nobody knows.
    """

    card: OfficeCard
    phone: str | None
    email: str | None
    headquarters: Reachable | None
    ubigeo_inei: str | None
    status_since: str | None
    successor: str | None
    source: SourceInfo
    confirmed_on: str | None
    hours: tuple[HoursRow, ...]
    offers: tuple[OfferRow, ...]


@dataclass(frozen=True, slots=True)
class ServiceInfo:
    """One service.

    `fee` in soles (0 is free, None unknown); `texts` by language, see models.Service; `extra_minutes` is
    what each further document of one visit adds.
    """

    id: int
    code: str
    position: int
    duration_minutes: int | None
    extra_minutes: int | None
    fee: Decimal | None
    texts: dict[str, dict[str, Any]]
    bookable: bool
    source: SourceInfo
    confirmed_on: str | None
    demonstration: bool
