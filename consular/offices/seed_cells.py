"""What a cell of a seed file may hold: each function reads one kind of value or says what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from enum import StrEnum
from functools import cache
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def text(longest: int) -> Callable[[str], str]:
    """Any text without control characters, of so many characters at most."""

    def parse(cell: str) -> str:
        if len(cell) > longest:
            raise ValueError(f"has {len(cell)} characters, {longest} at most")
        if any(ord(character) < 32 or ord(character) == 127 for character in cell):
            raise ValueError("holds a line break or another control character")
        return cell

    return parse


def matching(pattern: str, example: str) -> Callable[[str], str]:
    """A text of a fixed shape, which the example shows."""
    shape = re.compile(pattern, re.ASCII)

    def parse(cell: str) -> str:
        if shape.fullmatch(cell) is None:
            raise ValueError(f"“{cell}” is not like {example}")
        return cell

    return parse


slug = matching(r"(?=.{1,80}\Z)[a-z0-9]+(?:-[a-z0-9]+)*", "puerto-maldonado")
region_code = matching(r"\d{2}", "02")
iso_region = matching(r"[A-Z]{2}-[A-Z0-9]{1,3}", "PE-ANC")
district = matching(r"\d{6}", "020101 (keep the zero at the left)")
source_code = matching(r"[A-Za-z0-9-]{1,20}", "S2")


def one_of(words: type[StrEnum]) -> Callable[[str], str]:
    """One word of a closed list."""
    allowed = [word.value for word in words]

    def parse(cell: str) -> str:
        if cell not in allowed:
            raise ValueError(f"“{cell}” is none of {', '.join(allowed)}")
        return cell

    return parse


Key = TypeVar("Key")


def known(records: Mapping[str, Key], what: str) -> Callable[[str], Key]:
    """The code of a record that exists already: its key."""

    def parse(cell: str) -> Key:
        if cell not in records:
            raise ValueError(f"there is no {what} “{cell}”")
        return records[cell]

    return parse


def number(least: float, most: float) -> Callable[[str], float]:
    """A decimal number with a point, within a range."""

    def parse(cell: str) -> float:
        if re.fullmatch(r"-?\d{1,9}(\.\d{1,15})?", cell, re.ASCII) is None:
            raise ValueError(f"“{cell}” is not a number like -13.53188")
        if not least <= float(cell) <= most:
            raise ValueError(f"{cell} is not between {least:g} and {most:g}")
        return float(cell)

    return parse


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number within a range."""

    def parse(cell: str) -> int:
        if re.fullmatch(r"\d{1,12}", cell, re.ASCII) is None or not least <= int(cell) <= most:
            raise ValueError(f"“{cell}” is not a whole number from {least} to {most}")
        return int(cell)

    return parse


def day(cell: str) -> date:
    """A day, `2026-06-12`."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell, re.ASCII) is None:
        raise ValueError(f"“{cell}” is not a day like 2026-06-12")
    try:
        return date.fromisoformat(cell)
    except ValueError as problem:
        raise ValueError(f"“{cell}” is not in the calendar") from problem


def day_or_month(cell: str) -> str:
    """A day, or a month (`2026-06`) when the day is not known: kept as it is written."""
    if re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", cell, re.ASCII) is None:
        raise ValueError(f"“{cell}” is neither a day like 2026-06-12 nor a month like 2026-06")
    day(cell if len(cell) == 10 else f"{cell}-01")
    return cell


def clock_time(cell: str) -> time:
    """A time of the day, `09:00`."""
    if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", cell, re.ASCII) is None:
        raise ValueError(f"“{cell}” is not a time like 09:00")
    return time.fromisoformat(cell)


def weekday(cell: str) -> int:
    """0 for `monday`."""
    if cell not in WEEKDAYS:
        raise ValueError(f"“{cell}” is none of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(cell)


def languages(cell: str) -> list[str]:
    """ISO 639 codes joined by `|`: `es|quz`."""
    codes = cell.split("|")
    if any(re.fullmatch(r"[a-z]{2,3}", code) is None for code in codes) or len(set(codes)) < len(codes):
        raise ValueError(f"“{cell}” is not a list of ISO 639 codes like es|quz")
    return codes


def other_names(cell: str) -> str:
    """Names joined by `|`, kept so."""
    if "" in cell.split("|"):
        raise ValueError("holds an empty name between two |")
    return text(4000)(cell)


def timezone(cell: str) -> str:
    """An IANA zone, `America/Lima`."""
    if cell not in _zones():
        raise ValueError(f"“{cell}” is not an IANA time zone like America/Lima")
    return cell


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def email(cell: str) -> str:
    """An e-mail address by its form; whether it exists is not asked."""
    try:
        return validate_email(cell, check_deliverability=False).normalized
    except EmailNotValidError as problem:
        raise ValueError(f"“{cell}” is not an e-mail address: {problem}") from problem


def url(cell: str) -> str:
    """An http or https address."""
    parts = urlsplit(cell)
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in cell:
        raise ValueError(f"“{cell}” is not an address like https://www.gob.pe/37288")
    return text(2000)(cell)
