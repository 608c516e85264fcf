"""Today's list: who comes, who waits, who is at the counter, who was served, who did not come."""

from datetime import date, timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consular.appointments.attending import set_status
from consular.appointments.queries import AppointmentUnknown, today
from consular.appointments.rules import AlreadyBooked, NotToday, StatusNotAllowed
from consular.desk.board import board
from consular.desk.forms import AttendanceForm, SearchForm, read_day
from consular.desk.refusals import attendance_words, unreadable_day
from consular.foundation import clock
from consular.foundation.database import transaction
from consular.schedule.queries import first_free
from consular.staff.permissions import Action, DeskOffice, StaffAccount
from consular.web.staff_guard import staff_only

ATTENDANCE_REFUSALS = (AppointmentUnknown, StatusNotAllowed, NotToday, AlreadyBooked)


@staff_only(Action.SEE_TODAY)
def today_page(account: StaffAccount, office: DeskOffice) -> ResponseReturnValue:
    """The list of a day, the present one when none is named."""
    typed = request.args.get("day")
    day = read_day(typed)
    if typed and day is None:
        return _page(account, office, None, refused=unreadable_day(typed)), 404
    return _page(account, office, day, marked=request.args.get("marked", ""))


@staff_only(Action.SEE_TODAY)
def search(account: StaffAccount, office: DeskOffice) -> ResponseReturnValue:
    """The list with only those who match what was typed or scanned. Changes nothing."""
    form = SearchForm()
    form.validate()
    return _page(account, office, read_day(form.day.data), sought=(form.sought.data or "")[:300])


@staff_only(Action.ATTEND)
def attend(account: StaffAccount, office: DeskOffice) -> ResponseReturnValue:
    """One button of the list: somebody arrived, is being attended, was attended, did not come; or undo."""
    form = AttendanceForm()
    day = read_day(form.day.data)
    if not form.validate():
        return _page(account, office, day, refused=attendance_words(AppointmentUnknown())), 422
    try:
        with transaction():
            set_status(form.reference, form.asked, office_id=office.id, actor=account.actor)
    except ATTENDANCE_REFUSALS as refusal:
        return _page(account, office, day, refused=attendance_words(refusal)), refusal.status
    there = url_for(".today", slug=office.slug, day=day, marked=form.reference, _anchor=form.reference)
    return redirect(there, 303)


def _page(
    account: StaffAccount,
    office: DeskOffice,
    asked_day: date | None,
    *,
    sought: str = "",
    marked: str = "",
    refused: str | None = None,
) -> str:
    now = clock.now()
    present_day = clock.day_in(office.timezone, now)
    day = asked_day or present_day
    listed = board(today(office.id, office.timezone, day), now, sought)
    next_free_at = (
        first_free(None, now, timedelta(0), offices={office.id: office.timezone}).get(office.id)
        if day == present_day
        else None
    )
    return render_template(
        "desk/today.html",
        account=account,
        office=office,
        now=now,
        day=day,
        present_day=present_day,
        yesterday=day - timedelta(days=1),
        tomorrow=day + timedelta(days=1),
        board=listed,
        next_free_at=next_free_at,
        next_free_today=next_free_at and clock.day_in(office.timezone, next_free_at) == day,
        sought=sought,
        marked=listed.person(marked),
        refused=refused,
    )
