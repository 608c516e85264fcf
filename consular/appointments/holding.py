"""Hold seats for some minutes while a citizen fills the form, and give them back."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from consular.appointments.booking import check_may_book
from consular.appointments.facts import facts
from consular.appointments.rules import Policy, check_documents
from consular.foundation.clock import now
from consular.foundation.errors import Unknown
from consular.foundation.vault import vault
from consular.schedule.claiming import SlotTaken, claim, release
from consular.schedule.holds import held_by

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
    attempt: str | None = None,
) -> Hold:
    """Keep places for `people` (1 to MOST_PEOPLE) at one start. Nothing about anybody is written.

    attempt: what is the same in a second click on the same button; it finds the first click's hold again.

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
    token = vault().keyed_hash("hold", attempt)[:32] if attempt is not None else secrets.token_urlsafe(16)
    expires_at = instant + policy.hold
    wanted = dict.fromkeys(known.slot_ids, people)
    if attempt is not None:
        held = held_by(token)
        if held.until > instant and held.seats == wanted:
            return Hold(token, held.until, known.starts_at, known.ends_at)
        release(token, instant)  # what an earlier click held is over, or was for something else
    try:
        claim(known.slot_ids, people, token, expires_at, instant, preferential=preferential)
    except SlotTaken:
        # Perhaps by the first of two clicks, which was still writing when this one looked.
        held = held_by(token)
        if attempt is None or held.seats != wanted:
            raise
        expires_at = held.until
    return Hold(token, expires_at, known.starts_at, known.ends_at)


def release_hold(token: str) -> None:
    """Give the seats of a hold back at once.

    Raises:
        HoldUnknown: it has none (released, expired and taken by somebody, or turned into appointments).
    """
    if release(token, now()) == 0:
        raise HoldUnknown()
