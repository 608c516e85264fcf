"""Something is wrong here: anybody tells the office which published fact is wrong and what is right."""

import re
import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import DataRequired, Length

from consular.appointments.people import read_email
from consular.foundation import clock
from consular.foundation.database import transaction
from consular.foundation.tries import Limit, TooManyTries, count_try
from consular.offices.corrections import Fact, report
from consular.offices.queries import OfficePage, office_page
from consular.site.forms import squeezed
from consular.web import reshows_stale_form, sender
from consular.web.fact_words import fact_words
from consular.web.form_fields import PostForm
from consular.web.guards import public
from consular.web.languages import current_language, localised

LONGEST = 1000
# A person who reads a whole page finds a few mistakes; a family or an office may share an address.
MOST_IN_AN_HOUR = 12

_ATTEMPT = re.compile(r"[\w-]{8,64}", re.ASCII)


def add_pages(door: Blueprint) -> None:
    """Give the door its addresses."""
    office = {"es": "/es/oficinas/<slug>", "en": "/en/offices/<slug>"}
    for endpoint, es, en, view, methods in (
        ("report_mistake", "/avisar", "/report", report_mistake, ["GET", "POST"]),
        ("mistake_reported", "/avisar/gracias", "/report/thanks", mistake_reported, ["GET"]),
    ):
        localised(door, endpoint, {"es": office["es"] + es, "en": office["en"] + en}, view, methods)


def _trimmed(typed: str | None) -> str:
    return (typed or "").replace("\r\n", "\n").strip()


class MistakeForm(PostForm):
    """Which fact, what is right, and an e-mail address if the reader wants to be told."""

    fact = RadioField(_l("What is wrong?"), validate_choice=False)
    said = TextAreaField(
        _l("What is right?"),
        [
            DataRequired(_l("Write what is right, as far as you know")),
            Length(max=LONGEST, message=_l("Write it in %(max)d characters at most")),
        ],
        filters=[_trimmed],
    )
    contact = EmailField(_l("Your e-mail, if you want to be told (optional)"), filters=[squeezed])
    attempt = HiddenField()
    address: str | None = None

    def show(self, page: OfficePage) -> None:
        """Offer every fact, each with what the page says of it."""
        self.fact.choices = [SelectChoice(fact.value, fact_words(fact)) for fact in Fact]
        card = page.card
        published = {
            Fact.ADDRESS.value: card.address,
            Fact.CONTACT.value: " · ".join(filter(None, (page.phone, page.email))),
        }
        hints = {fact: words or gettext("Not published") for fact, words in published.items()}
        setattr(self.fact, "item_hints", hints)  # noqa: B010 - WTForms' types know no attribute of ours

    @property
    def submission(self) -> str:
        """What is the same in a second click on the same form."""
        typed = self.attempt.data or ""
        return typed if _ATTEMPT.fullmatch(typed) else secrets.token_urlsafe(12)

    def validate_fact(self, field: RadioField) -> None:
        if field.data not in [fact.value for fact in Fact]:
            raise ValidationError(gettext("Choose what is wrong"))

    def validate_contact(self, field: EmailField) -> None:
        address, wrong = read_email(field.data)
        if wrong:
            raise ValidationError(gettext("Write an e-mail address like name@example.pe, or leave it empty"))
        self.address = address


@reshows_stale_form
@public
def report_mistake(slug: str) -> ResponseReturnValue:
    """The form; a POST keeps the report and leads to the page that says what happens next."""
    page = office_page(slug)
    form = MistakeForm(fact=request.args.get("fact"), attempt=secrets.token_urlsafe(12))
    form.show(page)
    if not form.validate_on_submit():
        return _form_page(form, page, form.answer_status)
    try:
        count_try(Limit("mistake reports", sender(), MOST_IN_AN_HOUR, timedelta(hours=1)))
    except TooManyTries as refusal:
        minutes = int(str(refusal.facts["wait_minutes"]))
        form.form_errors = [_too_many(minutes)]
        return _form_page(form, page, refusal.status, {"Retry-After": str(minutes * 60)})
    with transaction():
        _keep(form, slug)
    return redirect(url_for("site.mistake_reported", slug=slug, told=1 if form.address else None), 303)


def _keep(form: MistakeForm, slug: str) -> None:
    report(
        office=slug,
        fact=Fact(form.fact.data),
        said=form.said.data or "",
        contact=form.address,
        language=current_language().code,
        submission=form.submission,
        now=clock.now(),
    )


def _too_many(minutes: int) -> str:
    return str(
        ngettext(
            "Many reports came from here. Wait %(num)d minute and send it again: nothing is lost.",
            "Many reports came from here. Wait %(num)d minutes and send it again: nothing is lost.",
            minutes,
        )
    )


def _form_page(
    form: MistakeForm, page: OfficePage, status: int, headers: dict[str, Any] | None = None
) -> ResponseReturnValue:
    shown = render_template("site/report_mistake.html", form=form, page=page, card=page.card, longest=LONGEST)
    return make_response(shown, status, headers or {})


@public
def mistake_reported(slug: str) -> ResponseReturnValue:
    """Thanks, and what happens next."""
    page = office_page(slug)
    return render_template("site/mistake_reported.html", card=page.card, told=request.args.get("told") == "1")
