"""Booking: choose a day and a time, say who comes, check, confirm."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consular.appointments.booking import book
from consular.appointments.holding import HoldUnknown, release_hold
from consular.appointments.people import InvalidCitizen, dni_check_is_wrong
from consular.appointments.rules import AlreadyBooked, SubmissionReused
from consular.appointments.second_tries import WARNED_EVERY, warn_holder
from consular.foundation import clock
from consular.foundation.database import transaction
from consular.foundation.errors import Refusal
from consular.offices.queries import office_by_slug, services
from consular.schedule.queries import office_service
from consular.schedule.versions import version_of_country, version_of_office
from consular.site.access import let_see
from consular.site.asked_visit import AskedVisit, NotANumber, read_preferential
from consular.site.booking_forms import DetailsForm, behalf_words, citizen_of, document_words
from consular.site.calendar_page import AskedDay, booking_policy, calendar_page, visit_length
from consular.site.calendar_view import NotADate, instant_code
from consular.site.draft import Draft, KeptTime, keep_time, read_draft
from consular.site.guidance_carried import asked_code
from consular.site.kept_pages import Shown, Wider, kept_page
from consular.site.refusal_words import TIME_IS_GONE, gone_words
from consular.web import limiter, reshows_stale_form
from consular.web.formats import local
from consular.web.guards import public
from consular.web.languages import localised

_ATTEMPT = re.compile(r"[\w-]{8,64}", re.ASCII)
# Far more times than one person tries, and few enough that one visitor cannot keep a whole calendar: a
# household or an office may share an address.
HOLDS_PER_ADDRESS = "60 per 10 minutes"
# Who tries one document after another learns little from each refusal, and soon nothing more.
REFUSED_PER_ADDRESS = "20 per hour"
ACTOR = "citizen"
# Of a calendar without a chosen day: with one, it has a form of one person. Few ask for preferential attention.
MONTH_ASKED = frozenset(("service", "month", "documents"))


def add_pages(door: Blueprint) -> None:
    """Give the door its addresses."""
    for endpoint, es, en, view, methods in (
        ("choose_time", "", "", choose_time, ["GET"]),
        ("hold_time", "/reservar", "/hold", hold_time, ["POST"]),
        ("leave_time", "/dejar", "/leave", leave_time, ["POST"]),
        ("details", "/datos", "/details", details, ["GET", "POST"]),
        ("check", "/revisar", "/check", check, ["GET"]),
        ("confirm", "/confirmar", "/confirm", confirm, ["POST"]),
    ):
        addresses = {
            "es": f"/es/oficinas/<slug>/cita{es}",
            "en": f"/en/offices/<slug>/appointment{en}",
        }
        localised(door, endpoint, addresses, view, methods)
    door.add_app_template_filter(instant_code, "instant_code")
    door.add_app_template_global(document_words, "document_words")
    door.add_app_template_global(behalf_words, "behalf_words")
    door.add_app_template_global(visit_length, "visit_length")


@public
def choose_time(slug: str) -> ResponseReturnValue:
    """The procedure, when none is chosen yet; then the month; then the times of a day."""
    service = request.args.get("service")
    if not service:
        return _choose_service(slug)
    return kept_page(
        lambda: version_of_office(slug, clock.now()),
        MONTH_ASKED,
        lambda _version: _calendar(slug, service),
        lambda: version_of_country(clock.now()),
    )


def _calendar(slug: str, service: str) -> Shown:
    asked = AskedDay.of(request.args)
    if asked.preferential is None and read_draft().preferential:
        asked = replace(asked, preferential=True)
    page = calendar_page(slug, service, asked)
    shown = render_template("site/book/calendar.html", page=page)
    if page.wrong:
        return shown, 400 if asked.wrong else 404
    return shown if page.soonest else Wider(shown)  # it names other offices too


def _choose_service(slug: str) -> ResponseReturnValue:
    card = office_by_slug(slug)
    offered = [each for each in services() if each.code in card.services]
    return render_template("site/book/service.html", card=card, offered=offered)


@public
@limiter.limit(HOLDS_PER_ADDRESS)
def hold_time(slug: str) -> ResponseReturnValue:
    """Keep a place while the person fills the form. A second click on the same page finds it again."""
    visit = _asked_visit(slug)
    draft = read_draft().asking(read_preferential(request.form.get("preferential")))
    typed = request.form.get("attempt", "")
    attempt = typed if _ATTEMPT.fullmatch(typed) else None
    try:
        with transaction():
            kept = keep_time(draft, visit, booking_policy(), attempt)
    except TIME_IS_GONE as refusal:
        return _times_again(visit, refusal, draft)
    answer = _see("site.details", **visit.address)
    draft.with_time(kept).store(answer)
    return answer


@public
def leave_time(slug: str) -> ResponseReturnValue:
    """Give the place back at once, and forget what was typed."""
    visit, draft = _asked_visit(slug), read_draft()
    kept = draft.time(visit)
    again = {**visit.address, "start": None}
    answer = _see("site.choose_time", **again)
    if kept is not None:
        try:
            with transaction():
                release_hold(kept.hold)
        except HoldUnknown:
            pass  # it ended by itself, or became an appointment
        draft = draft.without(kept)
    draft.with_person({}).store(answer)
    return answer


@reshows_stale_form
@public
def details(slug: str) -> ResponseReturnValue:
    """Who comes, and how to tell them. Typing takes time: a place that was lost meanwhile is asked for again."""
    visit, draft = _asked_visit(slug), read_draft()
    kept = draft.time(visit)
    if kept and kept.reference:
        return _see("site.appointment", reference=kept.reference)
    form = DetailsForm(data=draft.person)
    if not form.validate_on_submit():
        return _details_page(form, visit, draft)
    draft = draft.with_person(form.typed())
    try:
        if kept is None or kept.until <= clock.now():
            with transaction():
                kept = keep_time(draft, visit, booking_policy())
    except TIME_IS_GONE as refusal:
        return _times_again(visit, refusal, draft)
    answer = _see("site.check", **visit.address)
    draft.with_time(kept).store(answer)
    return answer


@public
def check(slug: str) -> ResponseReturnValue:
    """Everything once more, one row a fact."""
    visit, draft = _asked_visit(slug), read_draft()
    kept = draft.time(visit)
    if kept and kept.reference:
        return _see("site.appointment", reference=kept.reference)
    if kept is None or not draft.says_who:
        return _see("site.details", **visit.address)
    person = dict(draft.person)
    reread = person["document_type"] == "dni" and dni_check_is_wrong(person["document_number"])
    return render_template(
        "site/book/check.html",
        target=office_service(slug, visit.service),
        visit=visit,
        kept=_live(kept),
        citizen=citizen_of(person),
        preferential=person["preferential"],
        reread=reread,
    )


@public
@limiter.limit(REFUSED_PER_ADDRESS, deduct_when=lambda _answer: g.get("refused_person", False))
def confirm(slug: str) -> ResponseReturnValue:
    """Book. A second click finds the same appointment by the time's own token."""
    visit, draft = _asked_visit(slug), read_draft()
    kept = draft.time(visit)
    if kept and kept.reference:
        return _see("site.appointment", reference=kept.reference)
    if kept is None or not draft.says_who:
        return _see("site.details", **visit.address)
    try:
        reference = _book(kept, draft)
    except SubmissionReused as refusal:  # booked already; the answer was lost, and the details were changed
        reference = str(refusal.facts["reference"])
    except TIME_IS_GONE as refusal:
        return _times_again(visit, refusal, draft.without(kept))
    except AlreadyBooked:
        return _already_booked(visit, draft)
    except InvalidCitizen:  # the rules changed since the form was sent
        return _see("site.details", **visit.address)
    answer = _see("site.appointment", reference=reference)
    draft.done(kept, reference).store(answer)
    let_see(answer, reference)
    return answer


def _already_booked(visit: AskedVisit, draft: Draft) -> ResponseReturnValue:
    """Nothing about the other appointment: its own contact is written to, here the words never differ."""
    g.refused_person = True
    with transaction():
        warn_holder(citizen_of(dict(draft.person)), visit.service, actor=ACTOR)
    target = office_service(visit.office, visit.service)
    hours = WARNED_EVERY // timedelta(hours=1)
    page = render_template("site/book/already_booked.html", target=target, visit=visit, hours=hours)
    return page, AlreadyBooked.status


def _book(kept: KeptTime, draft: Draft) -> str:
    person = dict(draft.person)
    with transaction(begins_late=True):
        appointment = book(
            office=kept.office,
            service=kept.service,
            starts_at=kept.starts_at,
            citizen=citizen_of(person),
            policy=booking_policy(),
            actor=ACTOR,
            channel="site",
            submission=kept.submission,
            hold=kept.hold,
            documents=kept.documents,
            preferential=person["preferential"],
            guidance=asked_code(),
        )
    return appointment.reference


def _asked_visit(slug: str) -> AskedVisit:
    """The visit that a form or an address names; 400 when it can be none."""
    try:
        return AskedVisit.of(slug, request.form if "start" in request.form else request.args)
    except (NotADate, NotANumber):
        abort(400)


def _see(endpoint: str, **values: Any) -> Response:
    return make_response(redirect(url_for(endpoint, **values), 303))  # 303: reloading sends nothing again


def _live(kept: KeptTime | None) -> KeptTime | None:
    """The kept time while its hold still runs."""
    return kept if kept and kept.until > clock.now() else None


def _details_page(form: DetailsForm, visit: AskedVisit, draft: Draft) -> ResponseReturnValue:
    kept = draft.time(visit)
    page = render_template(
        "site/book/details.html",
        form=form,
        target=office_service(visit.office, visit.service),
        visit=visit,
        kept=_live(kept),
        lost=kept is not None and _live(kept) is None,
        booked=draft.booked(visit.service),
    )
    return page, form.answer_status


def _times_again(visit: AskedVisit, refusal: Refusal, draft: Draft) -> ResponseReturnValue:
    """The calendar on the day that was wanted, and why that time is gone; what was typed stays in the draft."""
    timezone = office_service(visit.office, visit.service).timezone
    day = local(visit.starts_at, timezone).date()
    asked = AskedDay(day=day, documents=visit.documents, preferential=draft.preferential)
    page = calendar_page(visit.office, visit.service, asked)
    notice = gone_words(refusal, others_left=page.soonest is not None)
    answer = make_response(
        render_template("site/book/calendar.html", page=page, notice=notice), refusal.status
    )
    draft.store(answer)
    return answer
