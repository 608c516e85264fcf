"""Tables of what is published about offices: regions, sources, offices, services, offers, hours, localities."""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    Time,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from consular.foundation.database import Base
from consular.offices.vocabulary import Attendance as Attendance
from consular.offices.vocabulary import LocationPrecision as LocationPrecision
from consular.offices.vocabulary import Offering as Offering
from consular.offices.vocabulary import OfficeKind as OfficeKind
from consular.offices.vocabulary import OfficeStatus as OfficeStatus

DIGITS = "0123456789"
LOWER = "abcdefghijklmnopqrstuvwxyz"


def _one_of(column: str, words: Sequence[str]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _made_of(column: str, letters: str, length: str) -> CheckConstraint:
    # ltrim(text, letters) is '' exactly when every character is one of the letters: the one spelling
    # of "matches [a-z0-9-]+" that SQLite and PostgreSQL share.
    return CheckConstraint(f"ltrim({column}, '{letters}') = '' AND length({column}) {length}", name=column)


def _slug(column: str) -> CheckConstraint:
    return CheckConstraint(
        f"ltrim({column}, '{LOWER}{DIGITS}-') = '' AND length({column}) BETWEEN 1 AND 80"
        f" AND {column} NOT LIKE '-%' AND {column} NOT LIKE '%-' AND {column} NOT LIKE '%--%'",
        name=column,
    )


def _day_or_month(column: str) -> CheckConstraint:
    return CheckConstraint(
        f"ltrim({column}, '{DIGITS}-') = '' AND ({column} LIKE '____-__' OR {column} LIKE '____-__-__')",
        name=column,
    )


def _on_earth() -> tuple[CheckConstraint, CheckConstraint]:
    return (
        CheckConstraint("latitude BETWEEN -90 AND 90", name="latitude"),
        CheckConstraint("longitude BETWEEN -180 AND 180", name="longitude"),
    )


class Region(Base):
    """A first-level unit of the country; `code` is its INEI code, `iso` its ISO 3166-2 code."""

    __tablename__ = "region"
    __table_args__ = (_made_of("code", DIGITS, "= 2"),)

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    iso: Mapped[str] = mapped_column(String(6), unique=True)


class Source(Base):
    """Where a fact was read. `consulted_on` is a day or, when only that is known, a month (`2026-06`)."""

    __tablename__ = "source"
    __table_args__ = (_day_or_month("consulted_on"),)

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    consulted_on: Mapped[str | None] = mapped_column(String(10))


class Confirmed:
    """Columns of every published fact: who says so, and the last day (or month) it was confirmed."""

    source_code: Mapped[str] = mapped_column(ForeignKey("source.code"))
    confirmed_on: Mapped[str | None] = mapped_column(String(10))


class Office(Confirmed, Base):
    """A place where citizens are attended.

    Coordinates are WGS 84 degrees, as near to the door as `location_precision` says. `status_since` is the
    day or month when it was announced, suspended or closed, NULL when nobody knows. `languages` are ISO 639
    codes, NULL when nobody knows. `demonstration` marks a row that holds invented facts.
    """

    __tablename__ = "office"
    __table_args__ = (
        _slug("slug"),
        _one_of("kind", list(OfficeKind)),
        _one_of("status", list(OfficeStatus)),
        _one_of("location_precision", list(LocationPrecision)),
        _one_of("step_free", list(Offering)),
        _made_of("ubigeo_inei", DIGITS, "= 6"),
        _day_or_month("confirmed_on"),
        _day_or_month("status_since"),
        CheckConstraint("successor_id <> id", name="successor"),
        *_on_earth(),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(9))
    opens_on: Mapped[date | None] = mapped_column(Date)
    status_since: Mapped[str | None] = mapped_column(String(10))
    successor_id: Mapped[int | None] = mapped_column(ForeignKey("office.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    city: Mapped[str | None] = mapped_column(String(120))
    ubigeo_inei: Mapped[str | None] = mapped_column(String(6))
    address: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float] = mapped_column(Double)
    longitude: Mapped[float] = mapped_column(Double)
    location_precision: Mapped[str] = mapped_column(String(14))
    timezone: Mapped[str] = mapped_column(String(64))
    phone: Mapped[str | None] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(254))
    languages: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    step_free: Mapped[str] = mapped_column(String(7), default=Offering.UNKNOWN.value)
    demonstration: Mapped[bool] = mapped_column(default=False, server_default=false())


class Service(Confirmed, Base):
    """A procedure that offices do (trámite).

    `fee` is in the country's currency (soles) and NULL when unknown, 0 when free. `duration_minutes` is
    NULL when nobody published one; `extra_minutes` is what each further document of one visit adds, NULL
    when a visit is for one. `bookable` is false for what is done wholly online. `texts` maps a
    language to name, summary, who, documents (a list), fee_note, time_note; an absent key is not known.
    earlier_signatures is the one of the documents that a guided path says in full.
    """

    __tablename__ = "service"
    __table_args__ = (
        _slug("code"),
        _day_or_month("confirmed_on"),
        CheckConstraint("duration_minutes BETWEEN 1 AND 600", name="duration_minutes"),
        CheckConstraint("extra_minutes BETWEEN 0 AND 120", name="extra_minutes"),
        CheckConstraint("fee >= 0", name="fee"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    code: Mapped[str] = mapped_column(String(80), unique=True)
    position: Mapped[int] = mapped_column(Integer)
    duration_minutes: Mapped[int | None] = mapped_column(Integer)
    extra_minutes: Mapped[int | None] = mapped_column(Integer)
    fee: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    texts: Mapped[dict[str, Any]] = mapped_column(JSON)
    bookable: Mapped[bool] = mapped_column(default=True)
    demonstration: Mapped[bool] = mapped_column(default=False, server_default=false())


class Offer(Confirmed, Base):
    """Whether an office does a service, and how it attends for it. No row: nothing is known."""

    __tablename__ = "offer"
    __table_args__ = (
        _one_of("offers", list(Offering)),
        _one_of("attendance", list(Attendance)),
        _day_or_month("confirmed_on"),
        Index(None, "service_id"),
    )

    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"), primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), primary_key=True)
    offers: Mapped[str] = mapped_column(String(7))
    attendance: Mapped[str] = mapped_column(String(11))
    demonstration: Mapped[bool] = mapped_column(default=False, server_default=false())


class FactsVersion(Base):
    """Names the present state of regions, sources, offices, services, offers and published hours; one row.

    Triggers replace `token` with a random one whenever any of those tables changes, whoever writes.
    """

    __tablename__ = "facts_version"
    __table_args__ = (CheckConstraint("one = 1", name="one"),)

    one: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(String(36))


class OpeningHours(Confirmed, Base):
    """Published hours, local time: facts for a page, not slots. A midday break is two rows.

    `weekday` 0 is Monday. With a service, the hours are of that service only.
    """

    __tablename__ = "opening_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens < closes", name="opens"),
        _day_or_month("confirmed_on"),
        # Two partial indexes because NULLs never collide in a plain unique one.
        Index(
            "uq_opening_hours_office",
            "office_id",
            "weekday",
            "opens",
            unique=True,
            sqlite_where=text("service_id IS NULL"),
            postgresql_where=text("service_id IS NULL"),
        ),
        Index(
            "uq_opening_hours_service",
            "office_id",
            "service_id",
            "weekday",
            "opens",
            unique=True,
            sqlite_where=text("service_id IS NOT NULL"),
            postgresql_where=text("service_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("office.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"))
    weekday: Mapped[int] = mapped_column(Integer)
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)


class Locality(Base):
    """A populated place that a citizen may name; `other_names` are joined by `|`."""

    __tablename__ = "locality"
    __table_args__ = (
        _made_of("district_inei", DIGITS, "= 6"),
        CheckConstraint("population >= 0", name="population"),
        *_on_earth(),
    )

    geonames_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(200))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"))
    district_inei: Mapped[str | None] = mapped_column(String(6))
    latitude: Mapped[float] = mapped_column(Double)
    longitude: Mapped[float] = mapped_column(Double)
    population: Mapped[int] = mapped_column(Integer)
    other_names: Mapped[str] = mapped_column(Text)
