"""Counts tries of what is secret, in the database: every worker process sees the tries of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import Index, Integer, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from consular.foundation import clock
from consular.foundation.database import Base, Instant, db, transaction
from consular.foundation.errors import Refusal
from consular.foundation.vault import vault


class CountedTry(Base):
    """One try, which counts until an instant. The key is a keyed hash of whose it is, never the text."""

    __tablename__ = "counted_try"
    __table_args__ = (Index(None, "key", "until"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime] = mapped_column(Instant, index=True)


class TooManyTries(Refusal):
    """Too many tries at one thing, or by one sender. Facts: wait_minutes."""

    status: ClassVar[int] = 429


@dataclass(frozen=True)
class Limit:
    """At most `most` tries in `window` by (or at) `whose`; `purpose` keeps counts of different things apart."""

    purpose: str
    whose: str
    most: int
    window: timedelta

    @property
    def key(self) -> str:
        return vault().keyed_hash(self.purpose, self.whose)


def count_try(*limits: Limit) -> None:
    """Count one try against every limit, and refuse it when that is one too many. Called before the check.

    It opens a transaction of its own, so it is called outside any: a refusal of what follows takes nothing
    back. A try that is refused here is not counted, so insisting does not lengthen the wait.

    Raises:
        TooManyTries
    """
    refuse_too_many(*limits)  # a refused flood writes nothing
    now = clock.now()
    with transaction() as session:
        session.execute(delete(CountedTry).where(CountedTry.until <= now))
        session.add_all(CountedTry(key=limit.key, until=now + limit.window) for limit in limits)
    # Counted only after the commit: of any number of simultaneous tries, no more than the limit pass.
    _refuse(limits, counted=1)


def refuse_too_many(*limits: Limit) -> None:
    """Refuse when a limit is used up. One statement, and it writes nothing.

    Raises:
        TooManyTries
    """
    _refuse(limits, counted=0)


def forget_tries(limit: Limit) -> None:
    """End a limit's count: who tried has shown that they know it. For the caller's transaction."""
    db.session.execute(delete(CountedTry).where(CountedTry.key == limit.key))


def take_back_try(limit: Limit) -> None:
    """Take the newest try off a limit's count: it was a right one. For the caller's transaction."""
    newest = select(func.max(CountedTry.id)).where(CountedTry.key == limit.key).scalar_subquery()
    db.session.execute(delete(CountedTry).where(CountedTry.id == newest))


def _refuse(limits: Sequence[Limit], counted: int) -> None:
    """`counted` is 1 when the present try is already among those counted."""
    now = clock.now()
    most = {limit.key: limit.most for limit in limits}
    rows = db.session.execute(
        select(CountedTry.key, func.count(), func.min(CountedTry.until))
        .where(CountedTry.key.in_(most), CountedTry.until > now)
        .group_by(CountedTry.key)
    ).all()
    waits = [first - now for key, tries, first in rows if tries - counted >= most[key]]
    if waits:
        raise TooManyTries(wait_minutes=-(-max(waits) // timedelta(minutes=1)))
