"""What the citizens' pages say when the program refuses something: one sentence for each named fact."""

from datetime import date

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from consular.appointments.rules import (
    HoldExpired,
    OfficeClosed,
    ServiceNotOffered,
    SlotPast,
    SlotUnknown,
)
from consular.foundation.errors import Refusal
from consular.foundation.tries import TooManyTries
from consular.schedule.claiming import SlotTaken
from consular.web.formats import day_words
from consular.web.languages import current_language

# After each of these the way on is the calendar: another time, or another office.
TIME_IS_GONE = (SlotTaken, HoldExpired, SlotPast, SlotUnknown, OfficeClosed, ServiceNotOffered)

_WORDS = {
    "slot-taken": _l("Somebody took that time a moment ago. Choose another one."),
    "hold-expired": _l("The time that we kept for you ended and somebody else took it. Choose another one."),
    "slot-past": _l("That time has passed, or is too near to be booked. Choose another one."),
    "slot-unknown": _l("That time does not exist at this office. Choose one from the calendar."),
    "office-closed": _l("This office does not attend at that time. Choose another one."),
    "service-not-offered": _l("This office does not do that procedure."),
    "nothing-to-change": _l("This appointment can no longer be changed."),
}


_NOT_OPEN = {
    "announced": _l("This office has not opened yet and gives no appointments. Choose another office."),
    "suspended": _l("This office is closed for now and gives no appointments. Choose another office."),
    "closed": _l("This office closed for good. Choose another office."),
}


_LAST_ONE = {
    "slot-taken": _l("Somebody took that time a moment ago. It was the last one."),
    "hold-expired": _l("The time that we kept for you ended and somebody else took it. It was the last one."),
}


def gone_words(refusal: Refusal, *, others_left: bool) -> str:
    """Why a time is gone; another one is offered only where there is one."""
    last = None if others_left else _LAST_ONE.get(refusal.name)
    return str(last) if last else refusal_words(refusal)


def refusal_words(refusal: Refusal) -> str:
    """The sentence for a refusal.

    Raises:
        KeyError: no page expects it, so no page may hide it.
    """
    if isinstance(refusal, OfficeClosed):
        return _closed_words(refusal)
    return str(_WORDS[refusal.name])


def _closed_words(refusal: OfficeClosed) -> str:
    status, opens_on = str(refusal.facts.get("office_status")), refusal.facts.get("opens_on")
    if status in _NOT_OPEN:
        return str(_NOT_OPEN[status])
    if isinstance(opens_on, date):
        day = day_words(opens_on, current_language().code)
        return str(gettext("This office opens on %(day)s. Choose a time from that day on.", day=day))
    return str(_WORDS[refusal.name])


def tries_words(refusal: TooManyTries) -> str:
    """How long to wait after too many wrong codes, and the ways that are open meanwhile."""
    words: str = ngettext(
        "Too many tries. Wait %(num)d minute and try again. The office finds it too, with your document.",
        "Too many tries. Wait %(num)d minutes and try again. The office finds it too, with your document.",
        int(str(refusal.facts["wait_minutes"])),
    )
    return words
