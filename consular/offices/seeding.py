"""Loads a folder of published facts into the tables, so that loading it twice changes nothing.

Rows are matched by their natural key (slug, code...). A row that the file no longer has is reported, never
deleted: appointments may hang on it. A row that holds invented facts (demonstration) is left alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, Table, insert, select, update
from sqlalchemy.orm import Session, aliased

from consular.foundation.database import db, transaction
from consular.offices import seed_cells as cell
from consular.offices.geocoding.models import CorrectedOffice, LocatedOffice
from consular.offices.guidance_models import PaperRow
from consular.offices.models import Office, Region, Service, Source
from consular.offices.place_models import Province
from consular.offices.queries import forget_gazetteer
from consular.offices.seed_files import SEED_FILES, References, SeedFile
from consular.offices.seed_rows import Column, Row, rows_of
from consular.offices.seed_rows import SeedRefused as SeedRefused
from consular.offices.vocabulary import INVENTED

BATCH = 1_000  # rows an INSERT
POSITION = ("latitude", "longitude", "location_precision")
# What the staff correct at the desk, and whose word it is then.
CORRECTED = (
    *POSITION,
    "address",
    "city",
    "ubigeo_inei",
    "phone",
    "email",
    "step_free",
    "source_code",
    "confirmed_on",
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a file did. `kept`: rows left alone because they hold demonstration facts.

    `missing`: what the database has and the file does not, by name; nothing was done about it.
    """

    file: str
    added: int
    changed: int
    unchanged: int
    kept: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A day on which every office is closed."""

    day: date
    name: str
    source: str


def load_all(folder: Path) -> list[Loaded]:
    """Load every file of the folder, each in one writing transaction of its own, in the order of their references.

    Raises:
        SeedRefused: a file is missing or malformed; nothing of that file was loaded, those before it were.
    """
    try:
        return [_load(seed, folder / seed.name) for seed in SEED_FILES]
    finally:
        forget_gazetteer()


def read_holidays(path: Path) -> list[HolidayRow]:
    """The holidays of `holidays.csv`, in its order; the schedule turns them into closures.

    Raises:
        SeedRefused: the file is missing or malformed.
    """
    columns = {"day": Column(cell.day), "name": Column(cell.text(200)), "source": Column(cell.source_code)}
    return [HolidayRow(**row) for row in rows_of(path, columns, ("day",))]


def _load(seed: SeedFile, path: Path) -> Loaded:
    references = _references()
    # The whole file is read once before the first write: a mistake in its last row leaves no trace, and a
    # long file does not hold the write lock while it is being checked.
    for _ in seed.rows(path, references):
        pass
    with transaction():
        return _write(db.session(), seed, seed.rows(path, references), references)


def _references() -> References:
    regions = db.session.execute(select(Region.code, Region.name)).all()
    return References(
        sources={code: code for code in db.session.scalars(select(Source.code))},
        regions={code: code for code, _ in regions},
        region_names={name: code for code, name in regions},
        offices={slug: key for slug, key in db.session.execute(select(Office.slug, Office.id))},
        services={code: key for code, key in db.session.execute(select(Service.code, Service.id))},
        papers={code: code for code in db.session.scalars(select(PaperRow.code))},
        successors=_successors(),
        provinces={code: code for code in db.session.scalars(select(Province.code))},
    )


def _successors() -> dict[str, str]:
    successor = aliased(Office)
    rows = db.session.execute(
        select(Office.slug, successor.slug).join(successor, successor.id == Office.successor_id)
    )
    return {slug: following for slug, following in rows}


def _write(session: Session, seed: SeedFile, rows: Iterator[Row], references: References) -> Loaded:
    present = {
        tuple(row[field] for field in seed.natural): row
        for row in session.execute(select(*seed.table.columns)).mappings()
    }
    new: list[Row] = []
    late: list[Row] = []
    added = changed = unchanged = kept = 0
    better = _known_better(session) if seed.table is Office.__table__ else {}
    for row in rows:
        facts = {field: value for field, value in row.items() if field in seed.table.columns}
        before = present.pop(tuple(row[field] for field in seed.natural), None)
        if before is not None and before.get("id") in better:
            left = better[before["id"]]
            facts = {field: value for field, value in facts.items() if field not in left}
        if before is None:
            new.append(facts)
            added += 1
        elif before.get("demonstration"):
            kept += 1
            continue
        elif not _successor_is_late(row) and all(before[field] == value for field, value in facts.items()):
            unchanged += 1
        else:
            _change(session, seed.table, before, facts)
            changed += 1
        if _successor_is_late(row):
            late.append(row)
    _insert(session, seed.table, new)
    for row in late:
        _set_successor(session, row["slug"], row["successor"])
    gone = [natural for natural, row in present.items() if not _is_invented(seed, row)]
    return Loaded(seed.name, added, changed, unchanged, kept, _named(seed, gone, references))


def _is_invented(seed: SeedFile, row: RowMapping) -> bool:
    return bool(row.get("demonstration")) or (seed.table is Source.__table__ and row["code"] == INVENTED)


def _successor_is_late(row: Row) -> bool:
    """Whether the successor is new in this very file: it has no number before it is in the table."""
    return bool(row.get("successor")) and row["successor_id"] is None


def _set_successor(session: Session, slug: str, successor: str) -> None:
    following = aliased(Office)
    key = select(following.id).where(following.slug == successor).scalar_subquery()
    session.execute(update(Office).where(Office.slug == slug).values(successor_id=key))


def _known_better(session: Session) -> dict[int, tuple[str, ...]]:
    """Offices of which something is better known than to their file: what seeding leaves alone."""
    better = dict.fromkeys(session.scalars(select(LocatedOffice.office_id)), POSITION)
    return better | dict.fromkeys(session.scalars(select(CorrectedOffice.office_id)), CORRECTED)


def _change(session: Session, table: Table, before: RowMapping, facts: Row) -> None:
    same = [column == before[column.name] for column in table.primary_key.columns]
    session.execute(update(table).where(*same).values(facts))


def _insert(session: Session, table: Table, rows: list[Row]) -> None:
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        session.execute(insert(table), batch)


def _named(seed: SeedFile, naturals: list[tuple[Any, ...]], references: References) -> tuple[str, ...]:
    """Natural keys as a person reads them: the slug instead of an office's number."""
    offices = {key: slug for slug, key in references.offices.items()}
    services = {key: code for code, key in references.services.items()}

    def word(field: str, value: Any) -> str:
        names = {"office_id": offices, "service_id": services}.get(field)
        return str(value if names is None else names[value])

    return tuple(
        " ".join(
            word(field, value)
            for field, value in zip(seed.natural, natural, strict=True)
            if value is not None
        )
        for natural in naturals
    )
