"""The week's slots: seats taken, held and free, and more or fewer of them."""

from datetime import date, timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consular.desk.forms import SeatsForm, read_day
from consular.desk.grid import grid, monday_of
from consular.desk.refusals import seats_words, unreadable_day
from consular.foundation import clock
from consular.foundation.database import transaction
from consular.offices.queries import services
from consular.schedule.queries import week
from consular.schedule.resizing import (
    SeatsChanged,
    SeatsInUse,
    SeatsOutOfRange,
    SlotBegun,
    SlotNotFound,
    set_seats,
)
from consular.staff.permissions import Action, DeskOffice, StaffAccount
from consular.web.staff_guard import staff_only

SEATS_REFUSALS = (SlotNotFound, SlotBegun, SeatsChanged, SeatsInUse, SeatsOutOfRange)


@staff_only(Action.SEE_SCHEDULE)
def week_page(account: StaffAccount, office: DeskOffice) -> ResponseReturnValue:
    """The week of a day (the present one when none is named), and the slot that was chosen in it."""
    typed = request.args.get("from")
    day = read_day(typed)
    if typed and day is None:
        return _page(account, office, None, "", refused=unreadable_day(typed)), 404
    return _page(account, office, day, request.args.get("slot", ""))


@staff_only(Action.CHANGE_SEATS)
def change_seats(account: StaffAccount, office: DeskOffice) -> ResponseReturnValue:
    """Give a slot another number of seats, if it still has the number that the page showed."""
    form = SeatsForm()
    day, slot = read_day(request.form.get("from")), form.slot.data or ""
    if not form.validate():
        forged = seats_words(SlotNotFound()) if form.slot.errors or form.seen.errors else None
        return _page(account, office, day, slot, form=form, refused=forged), 422
    try:
        with transaction():
            set_seats(
                office_id=office.id,
                slot_id=form.slot_id,
                seats=form.wanted,
                seen=form.seen_seats,
                now=clock.now(),
                actor=account.actor,
            )
    except SEATS_REFUSALS as refusal:
        return _page(account, office, day, slot, form=form, refused=seats_words(refusal)), refusal.status
    week_of: dict[str, Any] = {"from": str(monday_of(day or clock.day_in(office.timezone, clock.now())))}
    return redirect(url_for(".week", slug=office.slug, slot=slot, _anchor="slot", **week_of), 303)


def _page(
    account: StaffAccount,
    office: DeskOffice,
    asked_day: date | None,
    slot: str,
    *,
    form: SeatsForm | None = None,
    refused: str | None = None,
) -> str:
    now = clock.now()
    this_week = monday_of(clock.day_in(office.timezone, now))
    monday = monday_of(asked_day) if asked_day else this_week
    slots = week(office.id, office.timezone, monday, now)
    chosen = next((each for each in slots if str(each.slot_id) == slot), None)
    if form is not None and chosen is None:  # there is no field beside which to say it
        refused = refused or seats_words(SlotNotFound())
    return render_template(
        "desk/week.html",
        account=account,
        office=office,
        now=now,
        monday=monday,
        sunday=monday + timedelta(days=6),
        this_week=this_week,
        last_week=monday - timedelta(days=7),
        next_week=monday + timedelta(days=7),
        grid=grid(slots, monday, office.timezone),
        chosen=chosen,
        service_texts={each.code: each.texts for each in services()},
        form=form,
        refused=refused,
    )
