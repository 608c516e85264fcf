"""Hold seats for some minutes while a citizen fills the form, and give them back."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from consular.appointments.booking import check_may_book
from consular.appointments.facts import facts
from consular.appointments.rules import Policy, check_documents
from consular.foundation.clock import now
from consular.foundation.errors import Unknown
from consular.schedule.claiming import claim, release

MOST_PEOPLE = 6


class HoldUnknown(Unknown):
    """No seats are held under this token."""


@dataclass(frozen=True)
class Hold:
    """Seats that nobody else can take until `expires_at`."""

    token: str
    expires_at: datetime
    starts_at: datetime
    ends_at: datetime


def hold_places(
    *,
    office: str,
    service: str,
    starts_at: datetime,
    policy: Policy,
    people: int = 1,
    documents: int = 1,
    preferential: bool = False,
) -> Hold:
    """Keep places for `people` (1 to MOST_PEOPLE) at one start. Nothing about anybody is written.

    Raises:
        OfficeUnknown, ServiceUnknown, SlotUnknown, SlotPast, OfficeClosed, ServiceNotOffered, SlotTaken,
        TooManyDocuments
    """
    if not 1 <= people <= MOST_PEOPLE:
        raise ValueError(f"people must be 1 to {MOST_PEOPLE}")
    check_documents(documents)
    known = facts(office, service, starts_at, documents)
    instant = now()
    check_may_book(known, policy, instant)
    token = secrets.token_urlsafe(16)
    expires_at = instant + policy.hold
    claim(known.slot_ids, people, token, expires_at, instant, preferential=preferential)
    return Hold(token, expires_at, known.starts_at, known.ends_at)


def release_hold(token: str) -> None:
    """Give the seats of a hold back at once.

    Raises:
        HoldUnknown: it has none (released, expired and taken by somebody, or turned into appointments).
    """
    if release(token, now()) == 0:
        raise HoldUnknown()
