"""My appointment: find it, see it, keep it in a calendar, move it, cancel it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import segno
from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from consular.appointments import letters
from consular.appointments.changing import cancel, move
from consular.appointments.opening import open_with_document, open_with_secret
from consular.appointments.queries import AppointmentUnknown, appointment_by_reference
from consular.appointments.rules import NothingToChange
from consular.appointments.view import AppointmentView
from consular.foundation import clock
from consular.foundation.database import transaction
from consular.foundation.errors import Refusal
from consular.foundation.references import normalise_reference
from consular.foundation.tries import TooManyTries
from consular.site.access import forget_all, let_see, may_see
from consular.site.booking_forms import FindForm
from consular.site.calendar_page import AskedDay, booking_policy, calendar_page
from consular.site.calendar_view import NotADate, read_instant
from consular.site.draft import forget_draft
from consular.site.refusal_words import TIME_IS_GONE, refusal_words, tries_words
from consular.web import reshows_stale_form, sender
from consular.web.calendar_entry import appointment_calendar
from consular.web.formats import local
from consular.web.guards import public
from consular.web.languages import current_language, localised

ACTOR = "citizen"


def add_pages(door: Blueprint) -> None:
    """Give the door its addresses."""
    for endpoint, es, en, view, methods in (
        ("my_appointment", "", "", my_appointment, ["GET", "POST"]),
        ("forget_appointments", "/salir", "/leave", forget_appointments, ["POST"]),
        ("appointment", "/<reference>", "/<reference>", appointment, ["GET"]),
        ("appointment_entry", "/<reference>/cita.ics", "/<reference>/appointment.ics", entry, ["GET"]),
        ("cancel", "/<reference>/cancelar", "/<reference>/cancel", cancel_appointment, ["GET", "POST"]),
        ("move", "/<reference>/cambiar", "/<reference>/move", move_appointment, ["GET", "POST"]),
        ("open_appointment", "/<reference>/<secret>", "/<reference>/<secret>", open_appointment, ["GET"]),
    ):
        localised(door, endpoint, {"es": f"/es/mi-cita{es}", "en": f"/en/my-appointment{en}"}, view, methods)


@reshows_stale_form
@public
def my_appointment() -> ResponseReturnValue:
    """Find an appointment by its code and its document. A wrong code and a wrong document answer the same."""
    form = FindForm(reference=request.args.get("reference", ""))
    if not form.validate_on_submit():
        return render_template("site/appointment/find.html", form=form), form.answer_status
    try:
        found = open_with_document(
            form.reference.data or "",
            form.document_type.data or "",
            form.document_number.data or "",
            form.document_country.data or None,
            sender=sender(),
        )
    except TooManyTries as refusal:
        return _come_back_later(form, refusal)
    except AppointmentUnknown as refusal:
        words = gettext("No appointment has that code and that document. Check both.")
        form.reference.errors = [words]
        return render_template("site/appointment/find.html", form=form), refusal.status
    return _let_in(found)


@public
def open_appointment(reference: str, secret: str) -> ResponseReturnValue:
    """The secret link of a message: it opens this browser's door and changes nothing else."""
    try:
        return _let_in(open_with_secret(reference, secret, sender=sender()))
    except TooManyTries as refusal:
        return _come_back_later(FindForm(), refusal)
    except AppointmentUnknown as refusal:
        page = render_template("site/appointment/find.html", form=FindForm(), broken_link=True)
        return page, refusal.status


def _come_back_later(form: FindForm, refusal: TooManyTries) -> Response:
    """How long to wait, and what was typed."""
    minutes = int(str(refusal.facts["wait_minutes"]))
    page = render_template("site/appointment/find.html", form=form, wait=tries_words(refusal))
    answer = make_response(page, refusal.status)
    answer.headers["Retry-After"] = str(minutes * 60)
    return answer


@public
def appointment(reference: str) -> ResponseReturnValue:
    """One's own appointment, in whatever state it is."""
    if not may_see(reference):
        return _ask_who(reference)
    view = appointment_by_reference(reference)
    return render_template("site/appointment/appointment.html", **_shown(view), qr=_qr(view))


@public
def entry(reference: str) -> ResponseReturnValue:
    """The calendar file."""
    if not may_see(reference):
        return _ask_who(reference)
    view = appointment_by_reference(reference)
    facts = {**letters.facts(view), "service": _service_name(view)}
    name, kind, text = appointment_calendar(facts, cancelled=view.status in ("cancelled", "displaced"))
    answer = make_response(text)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@public
def cancel_appointment(reference: str) -> ResponseReturnValue:
    """Ask first; a POST cancels."""
    if not may_see(reference):
        return _ask_who(reference)
    if request.method == "POST":
        try:
            with transaction():
                cancel(reference, policy=booking_policy(), actor=ACTOR)
        except NothingToChange as refusal:
            return _as_it_is(reference, refusal)
        return _see("site.appointment", reference=reference)
    view = appointment_by_reference(reference)
    if not _changeable(view):
        return _see("site.appointment", reference=reference)
    return render_template("site/appointment/cancel.html", **_shown(view))


@public
def move_appointment(reference: str) -> ResponseReturnValue:
    """The calendar again, then the change to confirm; a POST moves. The old time stays until then."""
    if not may_see(reference):
        return _ask_who(reference)
    view = appointment_by_reference(reference)
    if request.method == "POST":
        return _move(view, _start(request.form))
    if not _changeable(view):
        return _see("site.appointment", reference=reference)
    if "start" in request.args:
        shown = {**_shown(view), "wanted": _start(request.args)}
        return render_template("site/appointment/confirm_move.html", **shown)
    return _calendar(view, AskedDay.of(request.args), 200)


def _move(view: AppointmentView, starts_at: datetime) -> ResponseReturnValue:
    try:
        with transaction():
            move(view.reference, starts_at, policy=booking_policy(), actor=ACTOR)
    except TIME_IS_GONE as refusal:
        day = local(starts_at, view.timezone).date()
        return _calendar(view, AskedDay(day=day), refusal.status, refusal_words(refusal))
    except NothingToChange as refusal:
        return _as_it_is(view.reference, refusal)
    return _see("site.appointment", reference=view.reference)


@public
def forget_appointments() -> ResponseReturnValue:
    """Close the door of this browser: somebody else may sit down at it."""
    answer = _see("site.my_appointment")
    forget_all(answer)
    forget_draft(answer)
    return answer


def _calendar(
    view: AppointmentView, asked: AskedDay, status: int, notice: str | None = None
) -> ResponseReturnValue:
    nothing_asked = not (asked.month or asked.day or asked.wrong)
    asked = replace(asked, documents=view.documents, preferential=view.preferential, at_soonest=nothing_asked)
    page = calendar_page(view.office_slug, view.service_code, asked)
    if page.wrong:
        status = 400 if asked.wrong else max(status, 404)
    shown = {**_shown(view), "page": page, "notice": notice}
    return render_template("site/appointment/move.html", **shown), status


def _as_it_is(reference: str, refusal: Refusal) -> ResponseReturnValue:
    """The appointment's page with the reason why nothing was done."""
    view = appointment_by_reference(reference)
    shown = {**_shown(view), "qr": _qr(view), "notice": refusal_words(refusal)}
    return render_template("site/appointment/appointment.html", **shown), refusal.status


def _shown(view: AppointmentView) -> dict[str, Any]:
    return {"appointment": view, "state": _state(view), "changeable": _changeable(view)}


def _state(view: AppointmentView) -> str:
    """The status, but `past` for one that is still `booked` after its end."""
    return "past" if view.status == "booked" and view.ends_at <= clock.now() else view.status


def _changeable(view: AppointmentView) -> bool:
    return view.status == "displaced" or (view.status == "booked" and view.starts_at > clock.now())


def _service_name(view: AppointmentView) -> str:
    texts = view.service_texts
    words = texts.get(current_language().code) or texts.get(view.language) or {}
    return str(words.get("name", view.service_code))


def _qr(view: AppointmentView) -> Markup:
    """The code of the appointment, for the desk's reader. It is drawn with attributes: a page has no inline style."""
    drawn = segno.make(view.reference, error="q", micro=False)
    return Markup(  # noqa: S704 - segno draws it from eight letters of our own alphabet
        drawn.svg_inline(scale=4, border=2, omitsize=True, svgclass="qr__code", lineclass=None, light="#fff")
    )


def _start(asked: Any) -> datetime:
    try:
        return read_instant(asked.get("start"))
    except NotADate:
        abort(400)


def _let_in(view: AppointmentView) -> Response:
    answer = _see("site.appointment", reference=view.reference)
    let_see(answer, view.reference)
    return answer


def _ask_who(reference: str) -> Response:
    """The same for every code, so that nobody learns which ones exist."""
    code = normalise_reference(reference)
    if code is None:
        abort(404)
    if code != reference and may_see(code):
        return _see("site.appointment", reference=code)
    return _see("site.my_appointment", reference=code)


def _see(endpoint: str, **values: Any) -> Response:
    return make_response(redirect(url_for(endpoint, **values), 303))
