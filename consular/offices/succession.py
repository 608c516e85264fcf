"""Which office attends in the place of one that closed: the end of the chain of successors."""

from sqlalchemy import literal, select

from consular.foundation.database import db
from consular.offices.cards import OfficeCard
from consular.offices.models import Office
from consular.offices.queries import office_by_slug

_LONGEST = 20  # offices that replaced one another: more is a circle, which only raw SQL can write


def last_successor(slug: str) -> OfficeCard | None:
    """The office that replaces another, or the one that replaced that one... None without any. Two statements."""
    chain = (
        select(Office.id, Office.slug, Office.successor_id, literal(0).label("hop"))
        .where(Office.slug == slug)
        .cte("chain", recursive=True)
    )
    chain = chain.union_all(
        select(Office.id, Office.slug, Office.successor_id, chain.c.hop + 1).where(
            Office.id == chain.c.successor_id, chain.c.hop < _LONGEST
        )
    )
    last = db.session.scalar(
        select(chain.c.slug).where(chain.c.hop > 0).order_by(chain.c.hop.desc()).limit(1)
    )
    return office_by_slug(last) if last not in (None, slug) else None
