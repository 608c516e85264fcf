"""What the calendar page shows: the days and times of one service at one office, or the way on without them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app

from consular.appointments.rules import MOST_DOCUMENTS, Policy
from consular.foundation import clock
from consular.foundation.geography import Position
from consular.offices.catalogue import catalogue
from consular.offices.locator import Ranked
from consular.schedule.first_free import Days
from consular.schedule.nearby import Question, nearby
from consular.schedule.queries import OfficeService, free_days, free_starts, office_service
from consular.schedule.slots import visit_minutes
from consular.site.asked_visit import (
    NotANumber,
    read_documents,
    read_preferential,
    said_documents,
    said_preferential,
)
from consular.site.calendar_view import (
    Half,
    MonthView,
    NotADate,
    Window,
    first_free_day,
    halves,
    month_view,
    read_day,
    read_month,
)

_ALTERNATIVES = 3


@dataclass(frozen=True)
class AskedDay:
    """What the address asks of a calendar. `wrong` is `date` or `documents` when it asks for none.

    `preferential` is None when it does not say whether the places kept for preferential attention count.
    `at_soonest` chooses the first free day where the address chooses none.
    """

    month: date | None = None
    day: date | None = None
    documents: int = 1
    wrong: str | None = None
    preferential: bool | None = None
    at_soonest: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "AskedDay":
        try:
            return cls(
                read_month(asked.get("month")),
                read_day(asked.get("day")),
                read_documents(asked.get("documents")),
                preferential=read_preferential(asked.get("preferential")),
            )
        except NotADate:
            return cls(wrong="date")
        except NotANumber:
            return cls(wrong="documents")


@dataclass(frozen=True)
class CalendarPage:
    """One page. `obstacle` says why this office gives no times at all; `day` is the chosen one.

    `soonest` is the first day with a place anywhere in the window; without one, `elsewhere` has the
    nearest offices that have. `attempt` is the same for every click on this very page.
    """

    target: OfficeService
    window: Window
    month: MonthView
    obstacle: str | None
    day: date | None
    parts: list[Half]
    soonest: date | None
    elsewhere: list[Ranked]
    wrong: str | None
    documents: int
    preferential: bool | None
    lead_minutes: int
    attempt: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    @property
    def asks_documents(self) -> bool:
        """Whether more documents make the visit longer here."""
        return bool(self.target.duration_minutes and self.target.extra_minutes)

    @property
    def visit_minutes(self) -> int | None:
        """How long the visit takes with these documents; None when nobody knows."""
        return visit_length(self.target, self.documents)

    @property
    def document_choices(self) -> range:
        return range(1, MOST_DOCUMENTS + 1)

    @property
    def said_documents(self) -> int | None:
        """The number of documents as this page's own addresses carry it."""
        return said_documents(self.documents)

    @property
    def said_preferential(self) -> int | None:
        """Preferential attention as this page's own addresses carry it."""
        return said_preferential(self.preferential)


def visit_length(target: OfficeService, documents: int) -> int | None:
    """Minutes of a visit for so many documents; None when the procedure's own are unknown."""
    if target.duration_minutes is None:
        return None
    return visit_minutes(target.duration_minutes, documents, target.extra_minutes)


def booking_policy() -> Policy:
    """The ministry's policy, as this installation is set."""
    policy: Policy = current_app.extensions["consular"].policy
    return policy


def calendar_page(office: str, service: str, asked: AskedDay) -> CalendarPage:
    """Read what the page needs: two statements for the month, one more for a day's times.

    Raises:
        OfficeUnknown, ServiceUnknown
    """
    policy, now = booking_policy(), clock.now()
    # The window is in the office's own days, which are known only with the office: a day wider, then.
    widest = now.date() - timedelta(days=1), now.date() + timedelta(days=policy.horizon_days + 1)
    target = office_service(office, service, *widest)
    window = Window.of(now, target.timezone, policy.horizon_days)
    obstacle = _obstacle(target)
    documents = asked.documents if target.extra_minutes else 1  # it makes no difference to the others
    counted: dict[str, Any] = {"documents": documents, "preferential": bool(asked.preferential)}
    totals = [] if obstacle else free_days(target, window.first, window.last, now, policy.lead, **counted)
    soonest = first_free_day(totals)
    if asked.at_soonest and asked.day is None:
        asked = replace(asked, day=soonest)
    day = asked.day if asked.day and window.holds(asked.day) else None
    month = window.month_within(asked.month or day or soonest or window.first)
    starts = free_starts(target, day, day, now, policy.lead, **counted) if day and not obstacle else []
    return CalendarPage(
        target=target,
        window=window,
        month=month_view(month, totals, window, day),
        obstacle=obstacle,
        day=day,
        parts=halves(starts, target.timezone),
        soonest=soonest,
        elsewhere=[] if soonest else _elsewhere(target, now, policy, documents),
        wrong="date" if day != asked.day else asked.wrong,
        documents=documents,
        preferential=asked.preferential,
        lead_minutes=int(policy.lead.total_seconds() // 60),
    )


def _obstacle(target: OfficeService) -> str | None:
    if target.status != "open":
        return target.status
    if not target.bookable:
        return "online-only"
    if target.offers in (None, "no"):
        return "not-offered"
    return None if target.takes_appointments else "no-schedule"


def _elsewhere(target: OfficeService, now: datetime, policy: Policy, documents: int) -> list[Ranked]:
    """The nearest other offices with a free place for the visit. Two statements."""
    if not target.bookable:
        return []
    found = nearby(
        catalogue(),
        Position(target.latitude, target.longitude),
        Question(target.code, days=Days()),
        now,
        policy.lead,
        documents=documents,
        without={target.slug},
    )
    return [each for each in found.answers if each.next_free_at][:_ALTERNATIVES]
