"""The names of the country's regions, as its map and its pages know them."""

from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from consular.foundation.database import db
from consular.offices.models import Region

# By database, because a process of the tests has several.
_kept: WeakKeyDictionary[Engine, dict[str, str]] = WeakKeyDictionary()


def region_names() -> dict[str, str]:
    """The name of each region by its ISO 3166-2 code, by name. One statement once a process."""
    names = _kept.get(db.engine)
    if names is None:
        rows = db.session.execute(select(Region.iso, Region.name).order_by(Region.name))
        names = _kept[db.engine] = {iso: name for iso, name in rows}
    return names


def forget_region_names() -> None:
    """Read them anew at their next use, because they changed."""
    _kept.clear()
