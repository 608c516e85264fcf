"""Reads about offices and services: plain values, a fixed number of statements whatever the rows."""

from typing import Any

from sqlalchemy import RowMapping, ScalarSelect, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from consular.foundation.database import db
from consular.foundation.geography import Position
from consular.offices.cards import HoursRow as HoursRow
from consular.offices.cards import OfferRow as OfferRow
from consular.offices.cards import OfficeCard as OfficeCard
from consular.offices.cards import OfficePage as OfficePage
from consular.offices.cards import OfficeUnknown as OfficeUnknown
from consular.offices.cards import Reachable as Reachable
from consular.offices.cards import ServiceInfo as ServiceInfo
from consular.offices.cards import ServiceUnknown as ServiceUnknown
from consular.offices.cards import SourceInfo as SourceInfo
from consular.offices.models import Offer, Office, OpeningHours, Region, Service, Source
from consular.offices.place_queries import forget_gazetteer as forget_gazetteer
from consular.offices.place_queries import gazetteer as gazetteer
from consular.offices.vocabulary import Attendance, Offering, OfficeKind, OfficeStatus

_REACHED = ("slug", "name", "phone", "email")
# Closed offices are found by their address only.
LISTED = (OfficeStatus.ANNOUNCED.value, OfficeStatus.OPEN.value, OfficeStatus.SUSPENDED.value)


def office_list(service_code: str | None = None) -> list[OfficeCard]:
    """The offices that are announced, open or suspended, by slug. One statement.

    With a service, each card says whether the office offers it: `unknown` when nobody published it,
    `no` when the service is done online only.

    Raises:
        ServiceUnknown: there is no such service.
    """
    statement = _cards(service_code).where(Office.status.in_(LISTED)).order_by(Office.slug)
    rows = db.session.execute(statement).mappings().all()
    if service_code is not None and rows and rows[0]["asked_id"] is None:
        raise ServiceUnknown(service=service_code)
    return [_card(row, asked=service_code is not None) for row in rows]


def office_by_slug(slug: str) -> OfficeCard:
    """One office, whatever its status. One statement.

    Raises:
        OfficeUnknown: there is no such office.
    """
    row = db.session.execute(_cards().where(Office.slug == slug)).mappings().one_or_none()
    if row is None:
        raise OfficeUnknown(office=slug)
    return _card(row)


def office_page(slug: str) -> OfficePage:
    """All that is published about one office. Three statements.

    Raises:
        OfficeUnknown: there is no such office.
    """
    successor, headquarters = aliased(Office), aliased(Office)
    statement = (
        _cards()
        .add_columns(Office.phone, Office.email, Office.ubigeo_inei, Office.confirmed_on, Office.status_since)
        .add_columns(successor.slug.label("successor"), *_SOURCE)
        .join(Source, Source.code == Office.source_code)
        .add_columns(*(getattr(headquarters, name).label(f"hq_{name}") for name in _REACHED))
        .outerjoin(successor, successor.id == Office.successor_id)
        .outerjoin(headquarters, headquarters.id == _reachable_headquarters())
        .where(Office.slug == slug)
    )
    row = db.session.execute(statement).mappings().one_or_none()
    if row is None:
        raise OfficeUnknown(office=slug)
    return OfficePage(
        card=_card(row),
        phone=row["phone"],
        email=row["email"],
        headquarters=Reachable(*(row[f"hq_{name}"] for name in _REACHED)) if row["hq_slug"] else None,
        ubigeo_inei=row["ubigeo_inei"],
        status_since=row["status_since"],
        successor=row["successor"],
        source=_source(row),
        confirmed_on=row["confirmed_on"],
        hours=_hours(row["id"]),
        offers=_offers(row["id"]),
    )


def _reachable_headquarters() -> ScalarSelect[int]:
    """The id of the ministry's first open headquarters with a telephone or an e-mail."""
    office = aliased(Office)
    return (
        select(func.min(office.id))
        .where(
            office.kind == OfficeKind.HEADQUARTERS.value,
            office.status == OfficeStatus.OPEN.value,
            or_(office.phone.is_not(None), office.email.is_not(None)),
        )
        .scalar_subquery()
    )


def services() -> list[ServiceInfo]:
    """Every service, in the order in which they are shown. One statement."""
    rows = db.session.execute(_services().order_by(Service.position, Service.code)).mappings()
    return [_service(row) for row in rows]


def service_by_code(code: str) -> ServiceInfo:
    """One service. One statement.

    Raises:
        ServiceUnknown: there is no such service.
    """
    row = db.session.execute(_services().where(Service.code == code)).mappings().one_or_none()
    if row is None:
        raise ServiceUnknown(service=code)
    return _service(row)


def sources() -> list[SourceInfo]:
    """Every source that a published fact names, by title. One statement."""
    rows = db.session.execute(select(*_SOURCE).order_by(Source.title, Source.code)).mappings()
    return [_source(row) for row in rows]


_SOURCE = (
    Source.code.label("source_code"),
    Source.title.label("source_title"),
    Source.url.label("source_url"),
    Source.consulted_on.label("source_consulted_on"),
)


def _cards(service_code: str | None = None) -> Select[*tuple[Any, ...]]:
    """One row an office; with a service, also what is known of it there."""
    office = (Office.id, Office.slug, Office.name, Office.kind, Office.status, Office.opens_on)
    where = (Office.region_code, Region.name.label("region"), Office.city, Office.address)
    place = (Office.latitude, Office.longitude, Office.location_precision, Office.timezone)
    rest = (Office.languages, Office.step_free, Office.demonstration, _codes_offered())
    statement: Select[*tuple[Any, ...]] = select(*office, *where, *place, *rest).join(
        Region, Region.code == Office.region_code
    )
    if service_code is None:
        return statement
    return (
        statement.add_columns(Service.id.label("asked_id"), Service.bookable, Offer.offers, Offer.attendance)
        .outerjoin(Service, Service.code == service_code)
        .outerjoin(Offer, and_(Offer.office_id == Office.id, Offer.service_id == Service.id))
    )


def _codes_offered() -> Any:
    offered, done = aliased(Offer), aliased(Service)
    return (
        select(func.aggregate_strings(done.code, " "))
        .join(offered, offered.service_id == done.id)
        .where(offered.office_id == Office.id, offered.offers != Offering.NO.value, done.bookable)
        .correlate(Office)
        .scalar_subquery()
        .label("codes")
    )


def _card(row: RowMapping, *, asked: bool = False) -> OfficeCard:
    offers = attendance = None
    if asked:
        offers = (row["offers"] or Offering.UNKNOWN.value) if row["bookable"] else Offering.NO.value
        attendance = row["attendance"] or Attendance.UNKNOWN.value
    return OfficeCard(
        id=row["id"],
        slug=row["slug"],
        name=row["name"],
        kind=row["kind"],
        status=row["status"],
        opens_on=row["opens_on"],
        region_code=row["region_code"],
        region=row["region"],
        city=row["city"],
        address=row["address"],
        position=Position(row["latitude"], row["longitude"]),
        location_precision=row["location_precision"],
        timezone=row["timezone"],
        languages=None if row["languages"] is None else tuple(row["languages"]),
        step_free=row["step_free"],
        demonstration=row["demonstration"],
        services=tuple(sorted((row["codes"] or "").split())),
        offers=offers,
        attendance=attendance,
    )


def _hours(office_id: int) -> tuple[HoursRow, ...]:
    rows = db.session.execute(
        select(
            Service.code,
            OpeningHours.weekday,
            OpeningHours.opens,
            OpeningHours.closes,
            OpeningHours.source_code,
            OpeningHours.confirmed_on,
        )
        .select_from(OpeningHours)
        .outerjoin(Service, Service.id == OpeningHours.service_id)
        .where(OpeningHours.office_id == office_id)
        .order_by(Service.position.nulls_first(), OpeningHours.weekday, OpeningHours.opens)
    )
    return tuple(HoursRow(*row) for row in rows)


def _offers(office_id: int) -> tuple[OfferRow, ...]:
    rows = db.session.execute(
        select(
            Service.code,
            func.coalesce(Offer.offers, Offering.UNKNOWN.value),
            func.coalesce(Offer.attendance, Attendance.UNKNOWN.value),
            Offer.source_code,
            Offer.confirmed_on,
            func.coalesce(Offer.demonstration, False),
        )
        .select_from(Service)
        .outerjoin(Offer, and_(Offer.service_id == Service.id, Offer.office_id == office_id))
        .where(Service.bookable)
        .order_by(Service.position, Service.code)
    )
    return tuple(OfferRow(*row) for row in rows)


def _services() -> Select[*tuple[Any, ...]]:
    columns = (Service.id, Service.code, Service.position, Service.duration_minutes, Service.fee)
    rest = (
        Service.extra_minutes,
        Service.texts,
        Service.bookable,
        Service.confirmed_on,
        Service.demonstration,
    )
    return select(*columns, *rest, *_SOURCE).join(Source, Source.code == Service.source_code)


def _service(row: RowMapping) -> ServiceInfo:
    return ServiceInfo(
        id=row["id"],
        code=row["code"],
        position=row["position"],
        duration_minutes=row["duration_minutes"],
        extra_minutes=row["extra_minutes"],
        fee=row["fee"],
        texts=row["texts"],
        bookable=row["bookable"],
        source=_source(row),
        confirmed_on=row["confirmed_on"],
        demonstration=row["demonstration"],
    )


def _source(row: RowMapping) -> SourceInfo:
    return SourceInfo(
        code=row["source_code"],
        title=row["source_title"],
        url=row["source_url"],
        consulted_on=row["source_consulted_on"],
    )
