"""The day's list as the desk shows it: groups in working order, buttons, waiting times, search."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from consular.appointments.queries import TodayRow
from consular.foundation.references import normalise_reference

# On the screen in the order of a clerk's attention.
GROUPS = ("serving", "arrived", "booked", "served", "no_show")

# The button that moves a person on, and the others; `STATUS_CHANGES` in appointments/rules allows each.
FORWARD = {"booked": "arrived", "arrived": "serving", "serving": "served"}
ASIDE = {"booked": ("no_show",), "no_show": ("arrived",)}
BACK = {"arrived": "booked", "serving": "arrived", "served": "serving", "no_show": "booked"}

_DNI_WITH_CHECK = re.compile(r"(\d{8})-?[0-9a-k]", re.ASCII)


@dataclass(frozen=True)
class Person:
    """One line of the list. `waiting` is whole minutes since arrival, while they wait."""

    row: TodayRow
    waiting: int | None
    late: bool

    @property
    def forward(self) -> str | None:
        return FORWARD.get(self.row.status)

    @property
    def aside(self) -> tuple[str, ...]:
        return ASIDE.get(self.row.status, ())

    @property
    def back(self) -> str | None:
        return BACK.get(self.row.status)


@dataclass(frozen=True)
class Board:
    """The day: people by status, how many of each there are in all, and what was sought."""

    groups: dict[str, list[Person]]
    counts: dict[str, int]
    total: int
    found: int

    @property
    def only(self) -> Person | None:
        """The one person that a search found."""
        return (
            next(person for people in self.groups.values() for person in people) if self.found == 1 else None
        )

    @property
    def next_waiting(self) -> Person | None:
        return self.groups["arrived"][0] if self.groups["arrived"] else None

    def person(self, reference: str) -> Person | None:
        """The line of a reference, if it is shown."""
        everyone = (person for people in self.groups.values() for person in people)
        return next((person for person in everyone if person.row.reference == reference), None)


def board(rows: Sequence[TodayRow], now: datetime, sought: str = "") -> Board:
    """Arrange a day's rows. Rows of other statuses (cancelled...) are not of the day's work."""
    working = [row for row in rows if row.status in GROUPS]
    shown = [row for row in working if matches(row, sought)]
    groups = {status: [_person(row, now) for row in shown if row.status == status] for status in GROUPS}
    # By law preferential people do not wait for the others (Ley 28683); then the time that each was given.
    groups["arrived"].sort(key=lambda p: (not p.row.preferential, p.row.starts_at, p.row.arrived_at or now))
    counts = {status: sum(row.status == status for row in working) for status in GROUPS}
    return Board(groups, counts, len(working), len(shown))


def matches(row: TodayRow, sought: str) -> bool:
    """Whether a line is what somebody typed or scanned: a reference (or a link that holds one), the
    document or its end, or parts of the name without regard to accents.
    """
    words = _plain(sought).split()
    if not words:
        return True
    references = {normalise_reference(piece) for piece in re.split(r"[\s/?#=&]+", sought)}
    if row.reference in references or normalise_reference(sought) == row.reference:
        return True
    name = _plain(f"{row.given_names} {row.family_names}")
    return all(word in name or _is_document(word, row) for word in words)


def _is_document(word: str, row: TodayRow) -> bool:
    """Whether it is the number's end, or a whole number with that end; a DNI may have its check character."""
    tail = _plain(row.document_tail)
    number = _DNI_WITH_CHECK.fullmatch(word) if row.document_type == "dni" else None
    return bool(tail) and (word.endswith(tail) or (number is not None and number[1].endswith(tail)))


def _person(row: TodayRow, now: datetime) -> Person:
    waiting = None
    if row.status == "arrived" and row.arrived_at is not None:
        waiting = max(0, (now - row.arrived_at) // timedelta(minutes=1))
    return Person(row, waiting, late=row.status == "booked" and row.starts_at < now)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
