"""The page of one office: where, when, what for, what to bring, and its next free place."""

from datetime import datetime, timedelta

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from consular.foundation import clock
from consular.offices.queries import OfficeUnknown, office_list, office_page, services
from consular.schedule.queries import closures_ahead, first_free
from consular.site.office_hours import opening_today, timetable
from consular.web.guards import public
from consular.web.languages import localised


def add_pages(door: Blueprint) -> None:
    """Give the door its addresses."""
    localised(door, "office", {"es": "/es/oficinas/<slug>", "en": "/en/offices/<slug>"}, office)


@public
def office(slug: str) -> ResponseReturnValue:
    """All about one office: where, when, what for, what to bring, and its next free place."""
    try:
        page = office_page(slug)
    except OfficeUnknown:
        return render_template("site/office_unknown.html", cards=office_list()), 404
    asked = request.args.get("service", "")
    listed = {each.code: each for each in services()}
    now = clock.now()
    closures = closures_ahead(page.card.id, page.card.timezone, now)
    return render_template(
        "site/office.html",
        page=page,
        card=page.card,
        services=listed,
        asked=listed.get(asked),
        closures=closures,
        this_day=clock.day_in(page.card.timezone, now),
        today=opening_today(page.hours, closures, page.card.timezone, now),
        timetable=timetable(page.hours),
        next_free_at=_next_free(page.card.id, asked if asked in listed else None, now),
    )


def _next_free(office_id: int, service: str | None, now: datetime) -> datetime | None:
    return first_free(service, now, _lead()).get(office_id)


def _lead() -> timedelta:
    lead: timedelta = current_app.extensions["consular"].policy.lead
    return lead
