"""The visit that an address or a form of the booking pages names: where, what for, when, how many documents."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from consular.appointments.rules import MOST_DOCUMENTS
from consular.site.calendar_view import instant_code, read_instant

_NUMBER = re.compile(r"\d{1,3}", re.ASCII)


class NotANumber(ValueError):
    """No number of documents that one visit can be for."""


@dataclass(frozen=True)
class AskedVisit:
    """One start of one service at one office, for one person who brings so many documents."""

    office: str
    service: str
    starts_at: datetime
    documents: int = 1

    @classmethod
    def of(cls, office: str, asked: Mapping[str, str]) -> "AskedVisit":
        """What a query or a form's fields name.

        Raises:
            NotADate, NotANumber
        """
        return cls(
            office,
            asked.get("service", ""),
            read_instant(asked.get("start")),
            read_documents(asked.get("documents")),
        )

    @property
    def address(self) -> dict[str, str | int | None]:
        """The values that bring an address of the steps back to this visit."""
        return {
            "slug": self.office,
            "service": self.service,
            "start": instant_code(self.starts_at),
            "documents": said_documents(self.documents),
        }


def read_documents(typed: str | None) -> int:
    """How many documents; one when nothing was said.

    Raises:
        NotANumber
    """
    if not typed:
        return 1
    if not _NUMBER.fullmatch(typed) or not 1 <= int(typed) <= MOST_DOCUMENTS:
        raise NotANumber(typed)
    return int(typed)


def read_preferential(typed: str | None) -> bool | None:
    """Whether somebody asked to be attended first (1) or took it back (0); None when nothing was said."""
    return {"1": True, "0": False}.get(typed or "")


def said_preferential(asked: bool | None) -> int | None:
    """What `read_preferential` reads."""
    return None if asked is None else int(asked)


def said_documents(documents: int) -> int | None:
    """The number as addresses carry it: one goes without saying."""
    return documents if documents > 1 else None
