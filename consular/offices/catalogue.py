"""All that is published about offices, kept in memory for as long as the database says that it is unchanged."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from consular.foundation.database import connection, db
from consular.foundation.geography import Position
from consular.offices.cards import OfficeCard, ServiceInfo, ServiceUnknown
from consular.offices.locator import Offices, attends, is_coming
from consular.offices.models import FactsVersion, Offer, Office, OpeningHours, Region, Service
from consular.offices.queries import LISTED, services
from consular.offices.vocabulary import Attendance, Offering

# Local hours of one weekday (0 is Monday), and all of an office's that are not of one service only.
Span = tuple[int, time, time]
Hours = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The offices that may be the answer to a question, and those that will be some day; by slug."""

    attending: Offices
    coming: Offices


@dataclass(frozen=True)
class Catalogue:
    """The offices that are announced, open or suspended, by slug; every service, in its order.

    `hours` are the published ones by office id; an office that is absent has none that anybody knows.
    `offered` is what is known of each service by office id: whether it is offered and how it is attended.
    """

    offices: tuple[OfficeCard, ...]
    services: tuple[ServiceInfo, ...]
    hours: Mapping[int, Hours]
    offered: Mapping[str, Mapping[int, tuple[str, str]]]
    _asked: dict[str | None, Candidates] = field(default_factory=dict)

    def candidates(self, service: str | None) -> Candidates:
        """The offices that may do it; with a service, each says whether it offers it and how.

        Raises:
            ServiceUnknown: there is no such service.
        """
        if service not in self._asked:
            cards = self.offices if service is None else self._cards_for(service)
            self._asked[service] = Candidates(
                Offices(card for card in cards if attends(card)),
                Offices(card for card in cards if is_coming(card)),
            )
        return self._asked[service]

    def _cards_for(self, service: str) -> tuple[OfficeCard, ...]:
        info = next((each for each in self.services if each.code == service), None)
        if info is None:
            raise ServiceUnknown(service=service)
        known = self.offered.get(service, {})
        nothing = (Offering.UNKNOWN.value, Attendance.UNKNOWN.value)
        cards = []
        for card in self.offices:
            offers, attendance = known.get(card.id, nothing)
            cards.append(
                replace(card, offers=offers if info.bookable else Offering.NO.value, attendance=attendance)
            )
        return tuple(cards)


# By database, because a process of the tests has several.
_kept: WeakKeyDictionary[Engine, tuple[str, Catalogue]] = WeakKeyDictionary()
_VERSION = select(FactsVersion.token)


def catalogue(version: str | None = None) -> Catalogue:
    """What is published now. One statement, and four more when anything changed since this process last looked.

    The version is read before the rest, so what is kept under it is at least as new as it says. Who has read it
    in this transaction passes it on, and saves the statement.
    """
    version = version or connection().scalar(_VERSION)
    kept = _kept.get(db.engine)
    if version is not None and kept is not None and kept[0] == version:
        return kept[1]
    read = _read()
    if version is not None:
        _kept[db.engine] = (version, read)
    return read


def _read() -> Catalogue:
    listed = services()
    offered: dict[str, dict[int, tuple[str, str]]] = defaultdict(dict)
    done: dict[int, list[str]] = defaultdict(list)
    bookable = {each.code for each in listed if each.bookable}
    # A handful of pairs of words for many thousand offers.
    pairs = _shared()
    for office_id, code, offers, attendance in db.session.execute(_OFFERS):
        offered[code][office_id] = pairs((offers, attendance))
        if offers != Offering.NO and code in bookable:
            done[office_id].append(code)
    sets = _shared()
    rows = db.session.execute(_OFFICES)
    cards = tuple(_card(row, sets(tuple(done.get(row.id, ())))) for row in rows)
    return Catalogue(cards, tuple(listed), _hours(), offered)


def _card(row: Any, done: tuple[str, ...]) -> OfficeCard:
    values = row._asdict()
    position = Position(values.pop("latitude"), values.pop("longitude"))
    languages = values.pop("languages")
    return OfficeCard(
        **values,
        position=position,
        languages=None if languages is None else tuple(languages),
        services=done,
        offers=None,
        attendance=None,
    )


def _hours() -> dict[int, Hours]:
    spans: dict[int, list[Span]] = defaultdict(list)
    for office_id, weekday, opens, closes in db.session.execute(_HOURS):
        spans[office_id].append((weekday, opens, closes))
    weeks = _shared()
    return {office_id: weeks(tuple(of_office)) for office_id, of_office in spans.items()}


def _shared() -> Callable[[Any], Any]:
    """Gives equal values as one object, so that ten thousand offices with the same week hold it once."""
    seen: dict[Any, Any] = {}
    return lambda value: seen.setdefault(value, value)


_OFFERS = (
    select(Offer.office_id, Service.code, Offer.offers, Offer.attendance)
    .join(Service, Service.id == Offer.service_id)
    .order_by(Service.code)
)
_HOURS = (
    select(OpeningHours.office_id, OpeningHours.weekday, OpeningHours.opens, OpeningHours.closes)
    .where(OpeningHours.service_id.is_(None))
    .order_by(OpeningHours.office_id, OpeningHours.weekday, OpeningHours.opens)
)
_OFFICES = (
    select(
        *(Office.id, Office.slug, Office.name, Office.kind, Office.status, Office.opens_on),
        *(Office.region_code, Region.name.label("region"), Office.city, Office.address),
        *(Office.latitude, Office.longitude, Office.location_precision, Office.timezone),
        *(Office.languages, Office.step_free, Office.demonstration),
    )
    .join(Region, Region.code == Office.region_code)
    .where(Office.status.in_(LISTED))
    .order_by(Office.slug)
)
