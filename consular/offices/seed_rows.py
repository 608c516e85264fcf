"""Reads the files of a seed folder row by row and refuses the first cell that is wrong, saying where it is."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TextIO

from consular.foundation.errors import Refusal

Row = dict[str, Any]
Parse = Callable[[str], object]


class SeedRefused(Refusal):
    """A seed file is malformed. Facts: `file`, `line` (from 1), `column` (None: the whole line), `problem`."""

    status: ClassVar[int] = 422

    def __init__(self, path: Path, line: int, column: str | None, problem: str) -> None:
        super().__init__(file=path.name, line=line, column=column, problem=problem)


@dataclass(frozen=True, slots=True)
class Column:
    """How one column is read. `parse` raises ValueError with what is wrong; an empty optional cell is None."""

    parse: Parse
    required: bool = True
    field: str | None = None  # of the table, when it is not called like the column

    def read(self, cell: str) -> object:
        if cell:
            return self.parse(cell)
        if self.required:
            raise ValueError("is empty")
        return None


def unchecked(row: Row) -> None:
    """For files whose rows are right when each of their cells is."""


class CellsDisagree(ValueError):
    """Two cells of a row contradict each other; the first argument names the column to look at."""


def rows_of(
    path: Path,
    columns: Mapping[str, Column],
    unique: Sequence[str],
    check: Callable[[Row], None] = unchecked,
) -> Iterator[Row]:
    """The rows of a CSV file (UTF-8, a header, every column of `columns` and no other), parsed.

    Args:
        unique: the fields that no two rows may share together.
        check: looks at a whole parsed row and raises CellsDisagree.

    Raises:
        SeedRefused: the file is missing or not CSV, or a row is malformed or comes twice.
    """
    seen: dict[tuple[object, ...], int] = {}
    for line, cells in _lines(path, columns):
        row = {}
        for (name, column), cell in zip(columns.items(), cells, strict=True):
            try:
                row[column.field or name] = column.read(cell.strip())
            except ValueError as problem:
                raise SeedRefused(path, line, name, str(problem)) from problem
        try:
            check(row)
        except CellsDisagree as problem:
            raise SeedRefused(path, line, *problem.args) from problem
        natural = tuple(row[field] for field in unique)
        if natural in seen:
            raise SeedRefused(path, line, None, f"repeats line {seen[natural]} ({', '.join(unique)})")
        seen[natural] = line
        yield row


def _lines(path: Path, columns: Mapping[str, Column]) -> Iterator[tuple[int, list[str]]]:
    """The line number and the cells, in the order of `columns`, of each row that is not blank."""
    with _opened(path) as text:
        reader = csv.reader(text, strict=True)
        place: list[int] = []
        line = 0
        try:
            for cells in reader:
                line, begun = reader.line_num, line + 1
                if not cells:
                    continue
                if not place:
                    place = _header(path, begun, cells, columns)
                elif len(cells) != len(place):
                    raise SeedRefused(path, begun, None, f"has {len(cells)} cells, the header {len(place)}")
                else:
                    yield begun, [cells[each] for each in place]
        except csv.Error as problem:
            raise SeedRefused(path, line + 1, None, f"is not CSV: {problem}") from problem
        except UnicodeDecodeError as problem:
            raise SeedRefused(path, line + 1, None, "is not UTF-8 here or in the lines after it") from problem
        if not place:
            raise SeedRefused(path, 1, None, "has no header")


def _opened(path: Path) -> TextIO:
    try:
        return path.open(
            encoding="utf-8-sig", newline=""
        )  # spreadsheets put a byte order mark before the header
    except OSError as problem:
        raise SeedRefused(path, 0, None, f"cannot be read: {problem.strerror}") from problem


def _header(path: Path, line: int, cells: list[str], columns: Mapping[str, Column]) -> list[int]:
    names = [cell.strip() for cell in cells]
    for name in names:
        if name not in columns:
            raise SeedRefused(path, line, name, f"is not a column here; the columns are {', '.join(columns)}")
        if names.count(name) > 1:
            raise SeedRefused(path, line, name, "is a column twice")
    for name in columns:
        if name not in names:
            raise SeedRefused(path, line, name, "is missing from the header")
    return [names.index(name) for name in columns]
