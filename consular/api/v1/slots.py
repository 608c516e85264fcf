"""What is free at an office for a service: its starts, and the totals of a calendar's days."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Response

from consular.api.answering import facts_of, shared_facts, written
from consular.api.v1 import answers
from consular.api.v1.blueprint import v1
from consular.api.v1.described import shared
from consular.api.v1.parameters import DayRange
from consular.api.v1.policy import policy
from consular.foundation.clock import now
from consular.foundation.errors import Refusal
from consular.schedule import queries as schedule
from consular.schedule.queries import OfficeService
from consular.schedule.versions import version_of_office
from consular.web.guards import api_open
from consular.web.kept_answers import kept_answer

LONGEST_RANGE = 62  # days: two months of a calendar
FIRST_YEAR, LAST_YEAR = 2000, 2199
MAY_ANSWER = ("office-unknown", "service-unknown", "days-out-of-range")


class DaysOutOfRange(Refusal):
    """Two well-formed days that cannot be asked together. Facts: reason (`order`, `length`, `years`).

    409 and not 422: each of the two fits its description, and no schema can relate them.
    """


@v1.get("/offices/<string:slug>/slots")
@api_open
@v1.input(DayRange, location="query", arg_name="asked")
@v1.output(answers.SlotList, headers=answers.SharedHeaders)
@v1.doc(tags=["Places"], responses=shared(*MAY_ANSWER))
def list_slots(slug: str, asked: DayRange) -> Response:
    """The starts at which a service can be booked

    Between two days of the office's own calendar. Full ones are left out; an office that takes no
    appointments for the service has none.
    """
    return _kept("slots", slug, asked, _slots)


def _slots(slug: str, asked: DayRange, instant: datetime) -> dict[str, Any]:
    target, days = _asked_of(slug, asked)
    starts = (
        schedule.free_starts(
            target, *days, instant, policy().lead, documents=asked.documents, preferential=asked.preferential
        )
        if _takes_appointments(target)
        else []
    )
    slots = [
        {
            "starts_at": written(start.starts_at),
            "ends_at": written(start.ends_at),
            "places_left": start.places_left,
        }
        for start in starts
    ]
    return {**_heading(target), "slots": slots}


@v1.get("/offices/<string:slug>/days")
@api_open
@v1.input(DayRange, location="query", arg_name="asked")
@v1.output(answers.DayList, headers=answers.SharedHeaders)
@v1.doc(tags=["Places"], responses=shared(*MAY_ANSWER))
def list_days(slug: str, asked: DayRange) -> Response:
    """The places left on each day: the totals of a calendar

    In the office's time zone. `closed` says why the office does not attend on a day.
    """
    return _kept("days", slug, asked, _days)


def _days(slug: str, asked: DayRange, instant: datetime) -> dict[str, Any]:
    target, days = _asked_of(slug, asked)
    totals = schedule.free_days(
        target, *days, instant, policy().lead, documents=asked.documents, preferential=asked.preferential
    )
    open_to_all = _takes_appointments(target)
    shapes = [
        {
            "day": total.day.isoformat(),
            "places_left": total.places_left if open_to_all else 0,
            "closed": total.closed,
        }
        for total in totals
    ]
    return {**_heading(target), "days": shapes}


def _kept(
    call: str, slug: str, asked: DayRange, read: Callable[[str, DayRange, datetime], dict[str, Any]]
) -> Response:
    """What was read before, when nothing has changed: one statement. Else three."""
    instant = now()
    facts = kept_answer(
        (call, slug, asked.model_dump_json()),
        version_of_office(slug, instant),
        lambda: facts_of(read(slug, asked, instant)),
        size=lambda facts: len(facts.text),
    )
    return shared_facts(facts, as_of=instant)


def _asked_of(slug: str, asked: DayRange) -> tuple[OfficeService, tuple[date, date]]:
    """The office and service (unknown ones are told first), and the days, which must make sense."""
    target = schedule.office_service(slug, asked.service, asked.first_day, asked.last_day)
    if asked.last_day < asked.first_day:
        raise DaysOutOfRange(reason="order")
    if (asked.last_day - asked.first_day).days >= LONGEST_RANGE:
        raise DaysOutOfRange(reason="length")
    if asked.first_day.year < FIRST_YEAR or asked.last_day.year > LAST_YEAR:
        raise DaysOutOfRange(reason="years")
    return target, (asked.first_day, asked.last_day)


def _takes_appointments(target: OfficeService) -> bool:
    """What `booking` would refuse is not shown as free."""
    return target.status == "open" and target.bookable and target.offers in ("yes", "unknown")


def _heading(target: OfficeService) -> dict[str, Any]:
    return {"office": target.slug, "service": target.code, "timezone": target.timezone}
