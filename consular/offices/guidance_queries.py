"""Reads what the guided path is made of: plain values, a fixed number of statements whatever the rows."""

from typing import Any

from sqlalchemy import RowMapping, Select, select

from consular.foundation.database import db
from consular.foundation.errors import Unknown
from consular.offices.cards import SourceInfo
from consular.offices.guidance import Chain, Convention, Country, GuidanceCode, Paper, Route
from consular.offices.guidance_models import ChainRow, CountryRow, PaperRow
from consular.offices.models import Source
from consular.offices.queries import service_by_code


class PaperUnknown(Unknown):
    """No such kind of paper."""


class ChainUnknown(Unknown):
    """No such chain."""


class CountryUnknown(Unknown):
    """No country has that code."""


def papers() -> list[Paper]:
    """Every kind of paper, in the order in which they are shown. One statement."""
    rows = db.session.execute(select(PaperRow.code, PaperRow.texts).order_by(PaperRow.position))
    return [Paper(code, texts) for code, texts in rows]


def paper_with_chains(code: str) -> tuple[Paper, list[Chain]]:
    """A kind of paper and its chains in their order. Two statements.

    Raises:
        PaperUnknown
    """
    row = db.session.execute(select(PaperRow.code, PaperRow.texts).where(PaperRow.code == code)).one_or_none()
    if row is None:
        raise PaperUnknown(paper=code)
    statement = _chains().where(ChainRow.paper == code).order_by(ChainRow.position)
    return Paper(*row), [_chain(each) for each in db.session.execute(statement).mappings()]


def chain_by_code(code: str) -> Chain:
    """One chain. One statement.

    Raises:
        ChainUnknown
    """
    row = db.session.execute(_chains().where(ChainRow.code == code)).mappings().one_or_none()
    if row is None:
        raise ChainUnknown(chain=code)
    return _chain(row)


def chains_of_service(code: str) -> list[Chain]:
    """The chains of a service in their order. Two statements.

    Raises:
        ServiceUnknown
    """
    service_by_code(code)
    statement = _chains().where(ChainRow.service == code).order_by(ChainRow.position)
    return [_chain(each) for each in db.session.execute(statement).mappings()]


def country_by_code(code: str) -> Country:
    """One country by its ISO 3166 code in capitals. One statement.

    Raises:
        CountryUnknown
    """
    statement = select(*_COUNTRY, *_SOURCE).join(Source, Source.code == CountryRow.source_code)
    row = db.session.execute(statement.where(CountryRow.code == code)).mappings().one_or_none()
    if row is None:
        raise CountryUnknown(country=code)
    return Country(
        code=row["code"],
        convention=Convention(row["convention"]),
        in_force_from=row["in_force_from"],
        notes=row["notes"],
        source=_source(row),
        confirmed_on=row["confirmed_on"],
    )


def country_codes() -> dict[str, tuple[str, ...]]:
    """The other names of every country, by its code. One statement."""
    rows = db.session.execute(select(CountryRow.code, CountryRow.other_names).order_by(CountryRow.code))
    return {code: tuple(name for name in names.split("|") if name) for code, names in rows}


def guidance_for(code: GuidanceCode, service: str) -> tuple[Chain, Country | None] | None:
    """What a booking's or an address's code stands for. Two statements at most.

    None when the chain is not of that service, or when anything of the code no longer exists: the citizen
    changed the procedure on the way, or the ministry its list.
    """
    try:
        chain = chain_by_code(code.chain)
        country = country_by_code(code.country) if code.country else None
    except (ChainUnknown, CountryUnknown):
        return None
    return (chain, country) if chain.service == service else None


_COUNTRY = (
    CountryRow.code,
    CountryRow.convention,
    CountryRow.in_force_from,
    CountryRow.notes,
    CountryRow.confirmed_on,
)
_SOURCE = (
    Source.code.label("source_code"),
    Source.title.label("source_title"),
    Source.url.label("source_url"),
    Source.consulted_on.label("source_consulted_on"),
)


def _chains() -> Select[*tuple[Any, ...]]:
    columns = (ChainRow.code, ChainRow.paper, ChainRow.route, ChainRow.service, ChainRow.digital_service)
    rest = (ChainRow.texts, ChainRow.confirmed_on)
    return select(*columns, *rest, *_SOURCE).join(Source, Source.code == ChainRow.source_code)


def _chain(row: RowMapping) -> Chain:
    return Chain(
        code=row["code"],
        paper=row["paper"],
        route=Route(row["route"]),
        service=row["service"],
        digital_service=row["digital_service"],
        texts=row["texts"],
        source=_source(row),
        confirmed_on=row["confirmed_on"],
    )


def _source(row: RowMapping) -> SourceInfo:
    return SourceInfo(
        code=row["source_code"],
        title=row["source_title"],
        url=row["source_url"],
        consulted_on=row["source_consulted_on"],
    )
