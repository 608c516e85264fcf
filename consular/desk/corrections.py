"""What readers say is wrong about an office: the staff check it, and say what they found."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import AnyOf, Length, Regexp

from consular.foundation import clock
from consular.foundation.database import transaction
from consular.foundation.errors import Refusal
from consular.offices.corrections import (
    CorrectionUnknown,
    DealtWithAlready,
    Outcome,
    count_open,
    deal_with,
    dealt_reports,
    open_reports,
)
from consular.staff.permissions import Action, DeskOffice, StaffAccount
from consular.web.form_fields import PostForm
from consular.web.staff_guard import signed_in_account, staff_only

LONGEST_NOTE = 500


class OutcomeForm(PostForm):
    """What was found about one report, and a sentence for whoever sent it."""

    code = HiddenField(validators=[Regexp(r"[0-9a-f]{16}\Z")])
    outcome = RadioField(
        _l("What did you find?"),
        [AnyOf([each.value for each in Outcome], message=_l("Choose what you found"))],
        validate_choice=False,
    )
    note = TextAreaField(
        _l("Note"),
        [Length(max=LONGEST_NOTE, message=_l("Write the note in %(max)d characters at most"))],
        filters=[lambda typed: (typed or "").replace("\r\n", "\n").strip()],
    )

    def offer(self) -> None:
        """The answers, in the language of the account."""
        words = {
            Outcome.CORRECTED: gettext("It was wrong: corrected, or on its way to be"),
            Outcome.RIGHT: gettext("What is published is right"),
            Outcome.UNCLEAR: gettext("It cannot be found out now"),
        }
        self.outcome.choices = [SelectChoice(outcome.value, said) for outcome, said in words.items()]


@staff_only(Action.SEE_CORRECTIONS)
def all_corrections(account: StaffAccount) -> ResponseReturnValue:
    """The reports about every office; a clerk goes to their own."""
    if account.office is not None:
        return redirect(url_for(".corrections", slug=account.office.slug), 303)
    return _page(account, None)


@staff_only(Action.SEE_CORRECTIONS)
def corrections(account: StaffAccount, office: DeskOffice) -> ResponseReturnValue:
    """The reports about one office: those that wait, and the last that were dealt with."""
    return _page(account, office)


@staff_only(Action.DEAL_WITH_CORRECTIONS)
def deal_with_correction(account: StaffAccount, office: DeskOffice) -> ResponseReturnValue:
    """Say what was found about a report. It leaves the list; whoever left an address is told."""
    form = OutcomeForm()
    form.offer()
    if not form.validate():
        forged = _refusal_words(CorrectionUnknown()) if form.code.errors else None
        return _page(account, office, form, forged), 422
    try:
        with transaction():
            deal_with(
                form.code.data or "",
                Outcome(form.outcome.data),
                form.note.data or None,
                office_id=office.id,
                actor=account.actor,
                now=clock.now(),
            )
    except (CorrectionUnknown, DealtWithAlready) as refusal:
        return _page(account, office, form, _refusal_words(refusal)), refusal.status
    return redirect(url_for(".corrections", slug=office.slug, dealt=form.code.data, _anchor="dealt"), 303)


def _page(
    account: StaffAccount,
    office: DeskOffice | None,
    form: OutcomeForm | None = None,
    refused: str | None = None,
) -> str:
    reports = open_reports(office.id if office else None)
    waiting = {report.code for report in reports}
    if form is not None and form.code.data not in waiting:
        form = None  # the report that it was about is not on this page any more
    return render_template(
        "desk/corrections.html",
        account=account,
        office=office,
        reports=reports,
        dealt=dealt_reports(office.id if office else None),
        just_dealt=request.args.get("dealt"),
        form=form,
        refused=refused,
    )


def outcome_form(report_code: str, sent: OutcomeForm | None) -> OutcomeForm:
    """The form of one report: as it was sent, when it was this one's, or empty."""
    if sent is not None and sent.code.data == report_code:
        return sent
    form = OutcomeForm(formdata=None, code=report_code)
    form.offer()
    return form


def waiting_corrections() -> int:
    """How many reports wait for the account of this request, for the desk's navigation. One statement."""
    account = signed_in_account()
    if account is None:
        return 0
    return count_open(account.office.id if account.office else None)


def for_templates() -> dict[str, Any]:
    """What the desk's templates may ask about reports."""
    return {"waiting_corrections": waiting_corrections, "outcome_form": outcome_form}


def _refusal_words(refusal: Refusal) -> str:
    if isinstance(refusal, DealtWithAlready):
        return str(
            gettext(
                "Nothing was changed: %(who)s dealt with that report before.",
                who=str(refusal.facts["by"]).removeprefix("staff:"),
            )
        )
    return str(gettext("Nothing was changed: that report is not on this list."))
