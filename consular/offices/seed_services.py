"""Reads services.json: services have texts of several paragraphs in several languages, too much for a CSV cell."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from consular.offices import seed_cells as cell
from consular.offices.seed_json import ObjectReader, rows_by_code
from consular.offices.seed_rows import Row

KEYS = (
    "code",
    "fee",
    "duration_minutes",
    "extra_minutes",
    "bookable",
    "source",
    "confirmed_on",
    "texts",
)
LINES = ("name", "summary", "who", "earlier_signatures", "fee_note", "time_note")
REQUIRED_LINES = ("name", "summary")


def services_of(path: Path, sources: Mapping[str, str]) -> Iterator[Row]:
    """The services of the file, in its order, which is the order in which they are shown.

    Args:
        sources: the codes of the known sources, as keys.

    Raises:
        SeedRefused: `line` is where the service begins, or where the JSON breaks; `column` is the path of
            the wrong value (`texts.es.name`).
    """
    return rows_by_code(path, lambda line, position, value: _Reader(path, line, value).row(position, sources))


class _Reader(ObjectReader):
    """Reads one service."""

    def row(self, position: int, sources: Mapping[str, str]) -> Row:
        self.keys(None, self.value, KEYS, KEYS)
        return {
            "code": self.cell("code", cell.slug),
            "position": position,
            "fee": self._fee(),
            "duration_minutes": self._minutes("duration_minutes", 1, 600),
            "extra_minutes": self._minutes("extra_minutes", 0, 120),
            "bookable": self._bookable(),
            "source_code": self.cell("source", cell.known(sources, "source")),
            "confirmed_on": self.cell("confirmed_on", cell.day_or_month, optional=True),
            "texts": self.texts(REQUIRED_LINES, LINES, ("documents",)),
        }

    def _fee(self) -> Decimal | None:
        fee = self.value["fee"]
        if fee is None:
            return None
        # A text, because a JSON number passes through binary floating point.
        if not isinstance(fee, str) or re.fullmatch(r"\d{1,6}\.\d{2}", fee, re.ASCII) is None:
            raise self.refuse("fee", 'is neither null nor a text like "31.00"')
        return Decimal(fee)

    def _minutes(self, name: str, least: int, most: int) -> int | None:
        minutes = self.value[name]
        if minutes is None:
            return None
        if isinstance(minutes, bool) or not isinstance(minutes, int) or not least <= minutes <= most:
            raise self.refuse(name, f"is neither null nor a whole number from {least} to {most}")
        return minutes

    def _bookable(self) -> bool:
        bookable = self.value["bookable"]
        if not isinstance(bookable, bool):
            raise self.refuse("bookable", "is neither true nor false")
        return bookable
