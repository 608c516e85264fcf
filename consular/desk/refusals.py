"""The desk's words for what it refuses."""

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from consular.appointments.rules import AlreadyBooked, NotToday, StatusNotAllowed
from consular.desk.words import status_words
from consular.foundation.errors import Refusal
from consular.foundation.tries import TooManyTries
from consular.schedule.resizing import SeatsChanged, SeatsInUse, SeatsOutOfRange, SlotBegun
from consular.staff.permissions import NotAllowed
from consular.staff.queries import DeskOfficeUnknown
from consular.web.staff_guard import signed_in_account


def not_allowed(refusal: NotAllowed) -> ResponseReturnValue:
    """403, with the way back to where this account may act."""
    page = render_template("desk/not_allowed.html", account=signed_in_account())
    return page, refusal.status


def office_unknown(refusal: DeskOfficeUnknown) -> ResponseReturnValue:
    """404, with the way back to the list of offices."""
    page = render_template(
        "desk/office_unknown.html", account=signed_in_account(), slug=refusal.facts["office"]
    )
    return page, refusal.status


def sign_in_words(refusal: Refusal) -> str:
    """Why somebody was not signed in, without saying whether the e-mail exists."""
    if isinstance(refusal, TooManyTries):
        minutes = int(str(refusal.facts["wait_minutes"]))
        return ngettext(
            "Too many tries. Wait %(num)d minute and try again.",
            "Too many tries. Wait %(num)d minutes and try again.",
            minutes,
        )
    return gettext("That e-mail and password do not match an account. Check both and try again.")


def unreadable_day(typed: str) -> str:
    """An address with a day that is none."""
    return gettext("“%(typed)s” is not a day. This is the present one.", typed=typed[:40])


def attendance_words(refusal: Refusal) -> str:
    """Why a person's status was not changed."""
    if isinstance(refusal, NotToday):
        return gettext("That appointment is for a later day, so nobody can be marked yet.")
    if isinstance(refusal, AlreadyBooked):
        return gettext("That person has booked again since, so the absence cannot be undone.")
    if isinstance(refusal, StatusNotAllowed):
        present = status_words().get(str(refusal.facts["present"]))
        if present:
            return gettext("Nothing was changed: that person is now in “%(group)s”.", group=present)
        return gettext("Nothing was changed: somebody else changed that appointment at the same time.")
    return gettext("Nothing was changed: that appointment is no longer on this list.")


def seats_words(refusal: Refusal) -> str:
    """Why the seats of a slot were not changed."""
    if isinstance(refusal, SeatsInUse):
        return ngettext(
            "Nothing was changed: only %(num)d seat of this slot can go, the others are taken or held.",
            "Nothing was changed: only %(num)d seats of this slot can go, the others are taken or held.",
            int(str(refusal.facts["removable"])),
        )
    if isinstance(refusal, SeatsChanged):
        return ngettext(
            "Nothing was changed: the slot has %(num)d seat now. Look again before you change it.",
            "Nothing was changed: the slot has %(num)d seats now. Look again before you change it.",
            int(str(refusal.facts["present"])),
        )
    if isinstance(refusal, SeatsOutOfRange):
        return gettext(
            "Nothing was changed: a slot has from 0 to %(most)s seats.", most=refusal.facts["most"]
        )
    if isinstance(refusal, SlotBegun):
        return gettext("Nothing was changed: that slot has already begun.")
    return gettext("Nothing was changed: that slot is no longer there.")
