"""Whose turn it is to ask the geocoding service: one request a second across all workers, and rests.

Each step is a short transaction of its own, on a connection of its own, so that it is seen by the other
workers at once and outlives whatever the request does later. None may be called within a writing
transaction: on SQLite that would wait for itself.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, select, text, update

from consular.foundation.database import FAR_PAST, Instant, db
from consular.offices.geocoding.models import GeocoderTurn

BETWEEN = timedelta(seconds=1)  # two requests: Nominatim's usage policy
FIRST_REST, LONGEST_REST = timedelta(seconds=15), timedelta(hours=6)  # after failures in a row

_FIRST = text(
    "INSERT INTO geocoder_turn (one, next_at, rests_until, failures) VALUES (1, :past, :past, 0)"
    " ON CONFLICT (one) DO NOTHING"
).bindparams(bindparam("past", type_=Instant()))


@contextmanager
def own_transaction() -> Iterator[Connection]:
    """A writing transaction beside the request's own."""
    with db.engine.connect().execution_options(consular_writing=True) as connection, connection.begin():
        yield connection


def take_turn(now: datetime, patience: timedelta) -> timedelta | None:
    """How long to wait for one's turn, which is then taken; None when that is too long, or the service rests."""
    with own_transaction() as connection:
        connection.execute(_FIRST, {"past": FAR_PAST})
        # The row is locked until the end; on SQLite the whole database is.
        row = connection.execute(
            select(GeocoderTurn.next_at, GeocoderTurn.rests_until).with_for_update()
        ).one()
        at = max(now, row.next_at)
        if row.rests_until > now or at - now > patience:
            return None
        connection.execute(update(GeocoderTurn).values(next_at=at + BETWEEN))
        wait: timedelta = at - now
        return wait


def note_success() -> None:
    """The service answers again: forget the failures before."""
    with own_transaction() as connection:
        connection.execute(update(GeocoderTurn).where(GeocoderTurn.failures > 0).values(failures=0))


def note_failure(now: datetime, asked: timedelta | None) -> None:
    """Leave the service alone for as long as it asked, or longer with every failure in a row."""
    with own_transaction() as connection:
        failures = connection.scalar(select(GeocoderTurn.failures).with_for_update()) or 0
        rest = asked or min(FIRST_REST * 2 ** min(failures, 12), LONGEST_REST)
        connection.execute(update(GeocoderTurn).values(failures=failures + 1, rests_until=now + rest))
