"""What the calendar page shows: the days and times of one service at one office, or the way on without them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import current_app

from consular.appointments.rules import Policy
from consular.foundation import clock
from consular.foundation.geography import Position
from consular.offices import locator
from consular.offices.locator import Ranked
from consular.offices.queries import office_list
from consular.schedule.queries import OfficeService, first_free, free_days, free_starts, office_service
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
    """What the address asks of a calendar. `wrong` when it is no date, or a day that is not open."""

    month: date | None = None
    day: date | None = None
    wrong: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "AskedDay":
        try:
            return cls(read_month(asked.get("month")), read_day(asked.get("day")))
        except NotADate:
            return cls(wrong=True)


@dataclass(frozen=True)
class CalendarPage:
    """One page. `obstacle` says why this office gives no times at all; `day` is the chosen one.

    `soonest` is the first day with a place anywhere in the window; without one, `elsewhere` has the
    nearest offices that have.
    """

    target: OfficeService
    window: Window
    month: MonthView
    obstacle: str | None
    day: date | None
    parts: list[Half]
    soonest: date | None
    elsewhere: list[Ranked]
    wrong_date: bool


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
    totals = [] if obstacle else free_days(target, window.first, window.last, now, policy.lead)
    soonest = first_free_day(totals)
    day = asked.day if asked.day and window.holds(asked.day) else None
    month = window.month_within(asked.month or day or soonest or window.first)
    starts = free_starts(target, day, day, now, policy.lead) if day and not obstacle else []
    return CalendarPage(
        target=target,
        window=window,
        month=month_view(month, totals, window, day),
        obstacle=obstacle,
        day=day,
        parts=halves(starts, target.timezone),
        soonest=soonest,
        elsewhere=[] if soonest else _elsewhere(target, now, policy),
        wrong_date=asked.wrong or day != asked.day,
    )


def _obstacle(target: OfficeService) -> str | None:
    if target.status != "open":
        return target.status
    if not target.bookable:
        return "online-only"
    if target.offers in (None, "no"):
        return "not-offered"
    return None if target.takes_appointments else "no-schedule"


def _elsewhere(target: OfficeService, now: datetime, policy: Policy) -> list[Ranked]:
    """The nearest other offices with a free place for the service. Two statements."""
    if not target.bookable:
        return []
    others = [card for card in office_list(target.code) if card.slug != target.slug]
    ranked = locator.ranking(
        Position(target.latitude, target.longitude), others, first_free(target.code, now, policy.lead)
    )
    return [each for each in ranked.answers if each.next_free_at][:_ALTERNATIVES]
