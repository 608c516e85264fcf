"""Every published fact of every office as plain rows, for whoever takes the data away."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from consular.foundation.database import db
from consular.offices.models import Offer, Office, Region, Service, Source
from consular.offices.vocabulary import INVENTED, Offering

COLUMNS = (
    "slug",
    "name",
    "kind",
    "status",
    "status_since",
    "opens_on",
    "successor",
    "region",
    "city",
    "ubigeo_inei",
    "address",
    "latitude",
    "longitude",
    "location_precision",
    "timezone",
    "phone",
    "email",
    "languages",
    "step_free",
    "services",
    "demonstration",
    "source",
    "source_title",
    "source_url",
    "confirmed_on",
)


def every_office() -> list[dict[str, Any]]:
    """All offices, closed ones too, by slug, with the values of COLUMNS. One statement.

    `services` are the codes that a source says are done there, `languages` ISO 639 codes, both joined by `|`.
    """
    successor = aliased(Office)
    statement = (
        select(
            *(getattr(Office, name) for name in COLUMNS if name in Office.__table__.columns),
            Region.name.label("region"),
            successor.slug.label("successor"),
            _services().label("services"),
            Source.code.label("source"),
            Source.title.label("source_title"),
            Source.url.label("source_url"),
        )
        .join(Region, Region.code == Office.region_code)
        .join(Source, Source.code == Office.source_code)
        .outerjoin(successor, successor.id == Office.successor_id)
        .order_by(Office.slug)
    )
    return [_plain(dict(row)) for row in db.session.execute(statement).mappings()]


def _services() -> Any:
    return (
        select(func.aggregate_strings(Service.code, "|"))
        .join(Offer, Offer.service_id == Service.id)
        .where(Offer.office_id == Office.id, Offer.offers == Offering.YES.value, Service.bookable)
        .where(Offer.source_code != INVENTED)
        .correlate(Office)
        .scalar_subquery()
    )


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    row["languages"] = None if row["languages"] is None else "|".join(row["languages"])
    row["services"] = "|".join(sorted(row["services"].split("|"))) if row["services"] else None
    row["opens_on"] = None if row["opens_on"] is None else row["opens_on"].isoformat()
    return row
