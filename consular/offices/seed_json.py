"""Reads seed files in JSON value by value and refuses the first wrong one, saying where it is."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from consular.offices.seed_rows import Row, SeedRefused

LONGEST_LINE = 600

_BLANK = re.compile(r"[ \t\r\n]*")


def objects_of(path: Path) -> Iterator[tuple[int, object]]:
    """Each value of the array in the file, with the line where it begins.

    Raises:
        SeedRefused: the file is missing or is no JSON array.
    """
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


class ObjectReader:
    """Reads one object of a file; every refusal names the line where the object begins.

    `column` is always the path of the value in the object (`texts.es.name`). Everything raises SeedRefused.
    """

    def __init__(self, path: Path, line: int, value: object) -> None:
        self.path, self.line = path, line
        self.value = self.fields(None, value)

    def refuse(self, column: str | None, problem: str) -> SeedRefused:
        """The refusal to raise for that value."""
        return SeedRefused(self.path, self.line, column, problem)

    def fields(self, column: str | None, value: object) -> dict[str, Any]:
        """The value as an object {…}."""
        if not isinstance(value, dict):
            raise self.refuse(column, "is not an object {…}")
        return value

    def keys(self, column: str | None, value: dict[str, Any], required: Any, allowed: Any) -> None:
        """Refuse an object that lacks a required key or has one that nobody knows."""
        before = f"{column}." if column else ""
        for name in required:
            if name not in value:
                raise self.refuse(f"{before}{name}", "is missing")
        for name in value:
            if name not in allowed:
                raise self.refuse(f"{before}{name}", f"is not known here; known are {', '.join(allowed)}")

    def cell(self, name: str, parse: Callable[[str], str], *, optional: bool = False) -> str | None:
        """The text of that name as `parse` reads it; None for null where that is allowed."""
        value = self.value[name]
        if value is None and optional:
            return None
        if not isinstance(value, str):
            raise self.refuse(name, "is not a text")
        try:
            return parse(value)
        except ValueError as problem:
            raise self.refuse(name, str(problem)) from problem

    def line_or_list(self, column: str, value: object, *, listed: bool) -> None:
        """Refuse what is no text of a line's length, or no list of such."""
        if listed and not isinstance(value, list):
            raise self.refuse(column, "is not a list […]")
        for line in value if isinstance(value, list) and listed else [value]:
            if not isinstance(line, str) or not line.strip() or len(line) > LONGEST_LINE:
                raise self.refuse(column, f"is not a text of 1 to {LONGEST_LINE} characters")

    def texts(
        self,
        required: Sequence[str],
        lines: Sequence[str],
        lists: Sequence[str] = (),
        special: Mapping[str, Callable[[str, object], None]] = MappingProxyType({}),
    ) -> dict[str, Any]:
        """The object `texts`: by language, named lines and lists of lines, of which some are required.

        special: what checks the values that are neither; it gets the path and the value.
        """
        texts = self.fields("texts", self.value["texts"])
        if not texts:
            raise self.refuse("texts", "has no language")
        for language, words in texts.items():
            column = f"texts.{language}"
            if re.fullmatch(r"[a-z]{2,3}", language) is None:
                raise self.refuse(column, "is not an ISO 639 language code")
            self.keys(column, self.fields(column, words), required, (*lines, *lists, *special))
            for name, value in words.items():
                if name in special:
                    special[name](f"{column}.{name}", value)
                else:
                    self.line_or_list(f"{column}.{name}", value, listed=name in lists)
        return texts


def rows_by_code(path: Path, row: Callable[[int, int, object], Row]) -> Iterator[Row]:
    """One row an object of the file, in its order, refusing a code that comes twice.

    row: makes it of its line, its position from 1, and the object.

    Raises:
        SeedRefused
    """
    seen: dict[str, int] = {}
    for position, (line, value) in enumerate(objects_of(path), start=1):
        made = row(line, position, value)
        if made["code"] in seen:
            raise SeedRefused(path, line, "code", f"repeats line {seen[made['code']]}")
        seen[made["code"]] = line
        yield made
