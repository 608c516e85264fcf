"""Reads what the guided path is made of: papers.json, chains.json and the columns of countries.csv."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from babel import Locale

from consular.offices import seed_cells as cell
from consular.offices.guidance import LONGEST_CODE, Convention, Route
from consular.offices.seed_json import ObjectReader, rows_by_code
from consular.offices.seed_rows import CellsDisagree, Column, Row

PAPER_KEYS = ("code", "texts")
CHAIN_KEYS = (
    "code",
    "paper",
    "route",
    "service",
    "digital_service",
    "source",
    "confirmed_on",
    "texts",
)
STEP_KEYS = ("at", "do", "where")
# What a chain of each route may not do without: the path would end nowhere.
NEEDS_SERVICE = (Route.PERUVIAN, Route.TRANSLATION, Route.CONSULAR, Route.HELP)


def papers_of(path: Path) -> Iterator[Row]:
    """The kinds of paper of the file, in its order, which is the order in which they are shown.

    Raises:
        SeedRefused
    """
    return rows_by_code(path, lambda line, position, value: _Paper(path, line, value).row(position))


def chains_of(
    path: Path, papers: Mapping[str, str], services: Mapping[str, object], sources: Mapping[str, str]
) -> Iterator[Row]:
    """The chains of the file, in its order; the arguments hold the codes that they may name.

    Raises:
        SeedRefused
    """
    known = {"paper": papers, "service": services, "source": sources}
    return rows_by_code(path, lambda line, position, value: _Chain(path, line, value).row(position, known))


class _Paper(ObjectReader):
    """Reads one kind of paper."""

    def row(self, position: int) -> Row:
        self.keys(None, self.value, PAPER_KEYS, PAPER_KEYS)
        return {
            "code": self.cell("code", _short_slug),
            "position": position,
            "texts": self.texts(("name",), ("name", "hint", "question")),
        }


class _Chain(ObjectReader):
    """Reads one chain."""

    def row(self, position: int, known: Mapping[str, Mapping[str, object]]) -> Row:
        self.keys(None, self.value, CHAIN_KEYS, CHAIN_KEYS)
        service = _code_among(known["service"], "service")
        row = {
            "code": self.cell("code", _short_slug),
            "position": position,
            "paper": self.cell("paper", _code_among(known["paper"], "paper")),
            "route": self.cell("route", cell.one_of(Route)),
            "service": self.cell("service", service, optional=True),
            "digital_service": self.cell("digital_service", service, optional=True),
            "source_code": self.cell("source", _code_among(known["source"], "source")),
            "confirmed_on": self.cell("confirmed_on", cell.day_or_month, optional=True),
            "texts": self.texts(
                ("name",), ("name", "fee_note", "note", "agency"), ("checks",), {"steps": self._steps}
            ),
        }
        self._agrees(row)
        return row

    def _agrees(self, row: Row) -> None:
        if (row["route"] in NEEDS_SERVICE) != (row["service"] is not None):
            wanted = "is missing" if row["service"] is None else "does not belong here"
            raise self.refuse("service", f"{wanted} with the route {row['route']}")
        for language, words in row["texts"].items():
            if (row["route"] == Route.ELSEWHERE) != ("agency" in words):
                raise self.refuse(
                    f"texts.{language}.agency", "belongs to the route elsewhere, and only to it"
                )

    def _steps(self, column: str, value: object) -> None:
        if not isinstance(value, list):
            raise self.refuse(column, "is not a list […]")
        for number, step in enumerate(value, start=1):
            place = f"{column}.{number}"
            self.keys(place, self.fields(place, step), STEP_KEYS[:2], STEP_KEYS)
            for name, line in step.items():
                self.line_or_list(f"{place}.{name}", line, listed=False)


def _short_slug(written: str) -> str:
    if len(written) > LONGEST_CODE:
        raise ValueError(f"has {len(written)} characters, {LONGEST_CODE} at most")
    return cell.slug(written)


def _code_among(records: Mapping[str, object], what: str) -> Callable[[str], str]:
    known = cell.known(records, what)

    def parse(written: str) -> str:
        known(written)
        return written

    return parse


def country_columns(sources: Mapping[str, str]) -> dict[str, Column]:
    """How each column of countries.csv is read."""
    return {
        "code": Column(country_code),
        "convention": Column(cell.one_of(Convention)),
        "in_force_from": Column(cell.day, required=False),
        "other_names": Column(cell.other_names, required=False),
        "note_es": Column(cell.text(300), required=False),
        "note_en": Column(cell.text(300), required=False),
        "source": Column(cell.known(sources, "source"), field="source_code"),
        "confirmed_on": Column(cell.day_or_month, required=False),
    }


def country_agrees(row: Row) -> None:
    """A member has its first day and nobody else has one; the notes become one field by language."""
    if (row["convention"] == Convention.MEMBER) != (row["in_force_from"] is not None):
        raise CellsDisagree("in_force_from", "is the first day of a member, and of nobody else")
    if bool(row["note_es"]) != bool(row["note_en"]):
        raise CellsDisagree("note_en" if row["note_es"] else "note_es", "is empty, and the other note is not")
    row["notes"] = {
        language: note for language in ("es", "en") if (note := row.pop(f"note_{language}")) is not None
    }
    row["other_names"] = row["other_names"] or ""


def country_code(written: str) -> str:
    """Two capital letters that CLDR has a name for: without one no page could say it."""
    if len(written) != 2 or not written.isupper() or written not in Locale("en").territories:
        raise ValueError(f"“{written}” is not an ISO 3166 code like PE")
    return written
