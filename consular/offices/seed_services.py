"""Reads services.json: services have texts of several paragraphs in several languages, too much for a CSV cell."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from consular.offices import seed_cells as cell
from consular.offices.seed_rows import Row, SeedRefused

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
LINES = ("name", "summary", "who", "fee_note", "time_note")
REQUIRED_LINES = ("name", "summary")
LONGEST_LINE = 600

_BLANK = re.compile(r"[ \t\r\n]*")


def services_of(path: Path, sources: Mapping[str, str]) -> Iterator[Row]:
    """The services of the file, in its order, which is the order in which they are shown.

    Args:
        sources: the codes of the known sources, as keys.

    Raises:
        SeedRefused: `line` is where the service begins, or where the JSON breaks; `column` is the path of
            the wrong value (`texts.es.name`).
    """
    seen: dict[str, int] = {}
    for position, (line, service) in enumerate(_objects(path), start=1):
        row = _Reader(path, line, service).row(position, sources)
        if row["code"] in seen:
            raise SeedRefused(path, line, "code", f"repeats line {seen[row['code']]}")
        seen[row["code"]] = line
        yield row


def _objects(path: Path) -> Iterator[tuple[int, object]]:
    """Each value of the array in the file, with the line where it begins."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise SeedRefused(path, 0, None, f"cannot be read: {problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        raise SeedRefused(path, 1, None, f"is not UTF-8 (byte {problem.start})") from problem
    decoder = json.JSONDecoder()

    def skip(place: int) -> int:
        return _BLANK.match(text, place).end()  # type: ignore[union-attr]  # it matches nothing, too

    def expect(place: int, marks: str) -> str:
        if text[place : place + 1] not in tuple(marks):
            raise json.JSONDecodeError(f"here belongs {' or '.join(marks)}", text, place)
        return text[place]

    try:
        place = skip(0)
        expect(place, "[")
        place = skip(place + 1)
        while text[place : place + 1] != "]":
            value, end = decoder.raw_decode(text, place)
            yield text.count("\n", 0, place) + 1, value
            place = skip(end)
            if expect(place, ",]") == ",":
                place = skip(place + 1)
        if skip(place + 1) != len(text):
            raise json.JSONDecodeError("nothing belongs after the list", text, place + 1)
    except json.JSONDecodeError as problem:
        raise SeedRefused(path, problem.lineno, None, f"is not JSON: {problem.msg}") from problem


class _Reader:
    """Reads one object of the file; every refusal names the line where the object begins."""

    def __init__(self, path: Path, line: int, value: object) -> None:
        self.path, self.line = path, line
        self.value = self._object(None, value)

    def row(self, position: int, sources: Mapping[str, str]) -> Row:
        self._keys(None, self.value, KEYS, KEYS)
        return {
            "code": self._cell("code", cell.slug),
            "position": position,
            "fee": self._fee(),
            "duration_minutes": self._minutes("duration_minutes", 1, 600),
            "extra_minutes": self._minutes("extra_minutes", 0, 120),
            "bookable": self._bookable(),
            "source_code": self._cell("source", cell.known(sources, "source")),
            "confirmed_on": self._cell("confirmed_on", cell.day_or_month, optional=True),
            "texts": self._texts(),
        }

    def _refuse(self, column: str | None, problem: str) -> SeedRefused:
        return SeedRefused(self.path, self.line, column, problem)

    def _object(self, column: str | None, value: object) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._refuse(column, "is not an object {…}")
        return value

    def _keys(self, column: str | None, value: dict[str, Any], required: Any, allowed: Any) -> None:
        before = f"{column}." if column else ""
        for name in required:
            if name not in value:
                raise self._refuse(f"{before}{name}", "is missing")
        for name in value:
            if name not in allowed:
                raise self._refuse(f"{before}{name}", f"is not known here; known are {', '.join(allowed)}")

    def _cell(self, name: str, parse: Callable[[str], str], *, optional: bool = False) -> str | None:
        value = self.value[name]
        if value is None and optional:
            return None
        if not isinstance(value, str):
            raise self._refuse(name, "is not a text")
        try:
            return parse(value)
        except ValueError as problem:
            raise self._refuse(name, str(problem)) from problem

    def _fee(self) -> Decimal | None:
        fee = self.value["fee"]
        if fee is None:
            return None
        # A text, because a JSON number passes through binary floating point.
        if not isinstance(fee, str) or re.fullmatch(r"\d{1,6}\.\d{2}", fee, re.ASCII) is None:
            raise self._refuse("fee", 'is neither null nor a text like "31.00"')
        return Decimal(fee)

    def _minutes(self, name: str, least: int, most: int) -> int | None:
        minutes = self.value[name]
        if minutes is None:
            return None
        if isinstance(minutes, bool) or not isinstance(minutes, int) or not least <= minutes <= most:
            raise self._refuse(name, f"is neither null nor a whole number from {least} to {most}")
        return minutes

    def _bookable(self) -> bool:
        bookable = self.value["bookable"]
        if not isinstance(bookable, bool):
            raise self._refuse("bookable", "is neither true nor false")
        return bookable

    def _texts(self) -> dict[str, dict[str, Any]]:
        texts = self._object("texts", self.value["texts"])
        if not texts:
            raise self._refuse("texts", "has no language")
        for language, lines in texts.items():
            column = f"texts.{language}"
            if re.fullmatch(r"[a-z]{2,3}", language) is None:
                raise self._refuse(column, "is not an ISO 639 language code")
            self._keys(column, self._object(column, lines), REQUIRED_LINES, (*LINES, "documents"))
            for name, value in lines.items():
                self._line_or_list(f"{column}.{name}", value, listed=name == "documents")
        return texts

    def _line_or_list(self, column: str, value: object, *, listed: bool) -> None:
        if listed and not isinstance(value, list):
            raise self._refuse(column, "is not a list […]")
        for line in value if isinstance(value, list) and listed else [value]:
            if not isinstance(line, str) or not line.strip() or len(line) > LONGEST_LINE:
                raise self._refuse(column, f"is not a text of 1 to {LONGEST_LINE} characters")
