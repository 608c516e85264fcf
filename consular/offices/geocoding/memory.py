"""What the geocoding service answered before: by a keyed hash of the question, for some weeks."""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from consular.foundation.database import db
from consular.foundation.geography import Position
from consular.foundation.vault import vault
from consular.offices.geocoding.models import Geocoded
from consular.offices.geocoding.service import Spot
from consular.offices.geocoding.turns import own_transaction
from consular.offices.place_names import fold

KEPT, KEPT_UNKNOWN = timedelta(days=30), timedelta(days=1)
# A citizen's address is rounded to about a kilometre before it is kept; an office's is public.
DECIMALS = {"citizen": 2, "office": 6}


def remembered(purpose: str, text: str, now: datetime) -> tuple[bool, Spot | None]:
    """Whether the answer is known, and the answer (None: the service knows no such address)."""
    known = select(Geocoded.latitude, Geocoded.longitude, Geocoded.precision).where(
        Geocoded.asked == _key(purpose, text), Geocoded.expires_at > now
    )
    with (
        db.engine.connect() as connection
    ):  # not the request's snapshot: another worker may have just kept it
        row = connection.execute(known).one_or_none()
    if row is None:
        return False, None
    if row.latitude is None:
        return True, None
    return True, Spot(Position(row.latitude, row.longitude), row.precision)


def remember(purpose: str, text: str, spot: Spot | None, now: datetime) -> None:
    """Keep an answer, in a transaction of its own; forget those that have expired."""
    asked = _key(purpose, text)
    with suppress(IntegrityError), own_transaction() as connection:  # another worker has just kept it
        connection.execute(delete(Geocoded).where((Geocoded.expires_at <= now) | (Geocoded.asked == asked)))
        connection.execute(
            insert(Geocoded).values(
                asked=asked,
                latitude=spot and spot.position.latitude,
                longitude=spot and spot.position.longitude,
                precision=spot and spot.precision,
                expires_at=now + (KEPT if spot else KEPT_UNKNOWN),
            )
        )


def rounded(purpose: str, spot: Spot) -> Spot:
    """As it is kept, so that the first answer is like every later one."""
    decimals = DECIMALS[purpose]
    position = Position(round(spot.position.latitude, decimals), round(spot.position.longitude, decimals))
    return Spot(position, spot.precision)


def _key(purpose: str, text: str) -> str:
    return vault().keyed_hash("geocoded", purpose, fold(text))
