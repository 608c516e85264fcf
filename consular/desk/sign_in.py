"""Sign in and out of the desk."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consular.desk.forms import SignInForm
from consular.desk.refusals import sign_in_words
from consular.foundation.tries import TooManyTries
from consular.staff import signing_in
from consular.staff.permissions import Action, StaffAccount
from consular.staff.signing_in import WrongCredentials
from consular.web import reshows_stale_form
from consular.web.guards import public
from consular.web.staff_guard import end_session, safe_next, signed_in_account, staff_only, start_session


@public
def sign_in_page() -> ResponseReturnValue:
    """The form; somebody who is signed in already goes on."""
    target = request.args.get("next")
    if signed_in_account() is not None:
        return redirect(safe_next(target), 303)
    return render_template("desk/sign_in.html", form=SignInForm(formdata=None, next=target), refused=None)


@reshows_stale_form
@public
def sign_in() -> ResponseReturnValue:
    """Check the password, begin a session, go where the person wanted to go."""
    form = SignInForm()
    if not form.validate():
        return render_template("desk/sign_in.html", form=form, refused=None), form.answer_status
    try:
        who = signing_in.sign_in(form.email.data or "", form.password.data or "", request.remote_addr or "")
    except (WrongCredentials, TooManyTries) as refusal:
        page = render_template("desk/sign_in.html", form=form, refused=sign_in_words(refusal))
        response = make_response(page, refusal.status)
        if isinstance(refusal, TooManyTries):
            response.headers["Retry-After"] = str(int(str(refusal.facts["wait_minutes"])) * 60)
        return response
    start_session(who)
    return redirect(safe_next(form.next.data), 303)


@staff_only(Action.OPEN_DESK)
def sign_out(account: StaffAccount) -> ResponseReturnValue:
    """End this browser's session."""
    end_session()
    return redirect(url_for("desk.sign_in_page"), 303)
