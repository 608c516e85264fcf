"""A booking before it is one: what a person typed and the times kept for them, in their own browser."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from flask import Response

from consular.appointments.holding import HoldUnknown, hold_places, release_hold
from consular.appointments.rules import Policy
from consular.site.asked_visit import AskedVisit
from consular.web.visit import SealedCookie

_DRAFT = SealedCookie("draft", 30 * 60)
_MOST_TIMES = 3


@dataclass(frozen=True)
class KeptTime:
    """One time that this browser is booking, or has booked once `reference` is there.

    `submission` makes a second click the same appointment; `hold` names the seats kept until `until`.
    """

    office: str
    service: str
    starts_at: datetime
    hold: str
    until: datetime
    submission: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    reference: str | None = None
    documents: int = 1

    @property
    def visit(self) -> AskedVisit:
        return AskedVisit(self.office, self.service, self.starts_at, self.documents)

    def is_for(self, office: str, service: str) -> bool:
        return (self.office, self.service) == (office, service)


@dataclass(frozen=True)
class Draft:
    """What the cookie holds: the person as typed, and the latest times, newest first."""

    person: Mapping[str, Any] = field(default_factory=dict)
    times: tuple[KeptTime, ...] = ()

    def time(self, visit: AskedVisit) -> KeptTime | None:
        """The time that is kept, or was booked, for exactly that visit."""
        return next((kept for kept in self.times if kept.visit == visit), None)

    def unfinished(self, office: str, service: str) -> KeptTime | None:
        """The time being booked for that office and service, whatever its start."""
        found = (kept for kept in self.times if kept.is_for(office, service) and not kept.reference)
        return next(found, None)

    def booked(self, service: str) -> KeptTime | None:
        """The latest time for that service that this browser has made an appointment of, in another tab perhaps."""
        return next((kept for kept in self.times if kept.service == service and kept.reference), None)

    def with_time(self, kept: KeptTime) -> "Draft":
        """With that time first, in the place of the unfinished one of its office and service."""
        others = tuple(
            other
            for other in self.times
            if not other.is_for(kept.office, kept.service)
            or (other.reference and other.starts_at != kept.starts_at)
        )
        return replace(self, times=(kept, *others)[:_MOST_TIMES])

    def without(self, kept: KeptTime) -> "Draft":
        return replace(self, times=tuple(other for other in self.times if other != kept))

    @property
    def preferential(self) -> bool:
        """Whether preferential attention was asked for, before the time was chosen or with the details."""
        return bool(self.person.get("preferential"))

    @property
    def says_who(self) -> bool:
        """Whether the details were typed: preferential attention may be all that was said yet."""
        return "document_number" in self.person

    def asking(self, preferential: bool | None) -> "Draft":
        """With what the calendar said of preferential attention; None leaves what was said before."""
        if preferential is None or preferential == self.preferential:
            return self
        return self.with_person({**self.person, "preferential": preferential})

    def with_person(self, person: Mapping[str, Any]) -> "Draft":
        return replace(self, person=person)

    def done(self, kept: KeptTime, reference: str) -> "Draft":
        """Booked: the time remembers its reference, and the person's data leave the browser."""
        return replace(self, person={}).with_time(replace(kept, reference=reference))

    def store(self, response: Response) -> None:
        """Put the draft into an answer, or take the cookie away when nothing is left."""
        if not self.person and not self.times:
            _DRAFT.clear(response)
            return
        times = [
            {**asdict(kept), "starts_at": kept.starts_at.timestamp(), "until": kept.until.timestamp()}
            for kept in self.times
        ]
        _DRAFT.write(response, {"person": dict(self.person), "times": times})


def read_draft() -> Draft:
    """The draft that this browser sent; an empty one when there is none or it is too old.

    Also when another release of the program wrote it in another shape: while one replaces the other,
    both serve the same browsers.
    """
    values = _DRAFT.read()
    try:
        times = tuple(
            KeptTime(**{**kept, "starts_at": _instant(kept["starts_at"]), "until": _instant(kept["until"])})
            for kept in values.get("times", [])
        )
    except (KeyError, TypeError):
        return Draft()
    return Draft(person=values.get("person", {}), times=times)


def forget_draft(response: Response) -> None:
    """Take the draft out of the browser."""
    _DRAFT.clear(response)


def _instant(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)


def keep_time(draft: Draft, visit: AskedVisit, policy: Policy, attempt: str | None = None) -> KeptTime:
    """Hold a place for that visit, and give back the one that this browser held for the same errand.

    For one writing transaction: when the new place cannot be had, its rollback keeps the old one.
    attempt: the same in a second click on the same page, which then finds what the first one held.
    Who has asked for preferential attention may have the places that are kept for it.

    Raises:
        what `holding.hold_places` raises.
    """
    before = draft.unfinished(visit.office, visit.service)
    if before is not None:
        with suppress(HoldUnknown):
            release_hold(before.hold)
    hold = hold_places(
        office=visit.office,
        service=visit.service,
        starts_at=visit.starts_at,
        documents=visit.documents,
        preferential=draft.preferential,
        policy=policy,
        attempt=attempt,
    )
    return KeptTime(
        visit.office,
        visit.service,
        visit.starts_at,
        hold.token,
        hold.expires_at,
        documents=visit.documents,
    )
