"""The staff's guard: who has signed in, and which office they may act on, resolved before the view runs.

    @staff_only(Action.SEE_TODAY)
    def page(account: StaffAccount, office: DeskOffice) -> ResponseReturnValue: ...

A view whose address names an office (`<slug>`) is given that office; any other is given the account alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

import flask_login
from flask import Flask, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin

from consular.foundation import clock
from consular.staff.permissions import Action, DeskOffice, StaffAccount, require
from consular.staff.queries import account_in_session, desk_office
from consular.staff.signing_in import SignedIn
from consular.web.guards import mark
from consular.web.languages import speak

SIGN_IN = "desk.sign_in_page"
HOME = "desk.home"
# A working day: whoever forgets to sign out of a shared computer is signed out by the next morning.
LASTS = timedelta(hours=12)

_OWN_ADDRESS = re.compile(r"/desk(?:/[A-Za-z0-9-]+)*(?:\?[A-Za-z0-9=&-]*)?", re.ASCII)
_TOKEN = re.compile(r"(\d{1,18})\.(\d{1,9})\.(\d{1,12})", re.ASCII)


@dataclass(frozen=True)
class _SessionUser(UserMixin):  # type: ignore[misc]  # flask-login publishes no types
    """What flask-login keeps: the account, its session version and when it signed in, in one text."""

    token: str
    account: StaffAccount | None = None

    def get_id(self) -> str:
        return self.token


def start_session(who: SignedIn) -> None:
    """Begin a session; nothing of an earlier one survives, so a planted cookie gains nothing."""
    session.clear()
    began = int(clock.now().timestamp())
    flask_login.login_user(_SessionUser(f"{who.account_id}.{who.session_version}.{began}"))


def end_session() -> None:
    """Sign out of this browser."""
    flask_login.logout_user()
    session.clear()


def signed_in_account() -> StaffAccount | None:
    """The account of this request's session, or None. One statement, once a request."""
    user = flask_login.current_user
    return user.account if user.is_authenticated else None


def safe_next(target: str | None) -> str:
    """Where to go after signing in: an address of the desk, or the desk's first page.

    Only what the desk's own addresses are made of is taken: a link that somebody sends must not lead
    elsewhere, whatever a browser makes of dots, backslashes and escapes.
    """
    return target if target and _OWN_ADDRESS.fullmatch(target) else url_for(HOME)


def staff_only(action: Action) -> Callable[[Callable[..., ResponseReturnValue]], Callable[..., Any]]:
    """Let a view run only for an account that may do `action`, at the office that the address names.

    Not signed in: 303 to the sign-in page, which comes back here.

    Raises:
        NotAllowed: the account may not do it, or not there (403).
        DeskOfficeUnknown: there is no such office (404).
    """

    def guard(view: Callable[..., ResponseReturnValue]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(**values: Any) -> ResponseReturnValue:
            account = signed_in_account()
            if account is None:
                return redirect(url_for(SIGN_IN, next=_come_back_to()), 303)
            speak(account.language)
            slug = values.pop("slug", None)
            if slug is None:
                require(account, action)
                return view(account, **values)
            return view(account, _office(account, action, slug), **values)

        return mark(guarded, f"staff_only({action.value})")

    return guard


def install_sign_in(app: Flask) -> None:
    """Wire flask-login into the application."""
    manager = LoginManager()
    # Freshness and its fingerprint of network addresses are not used: phones change address all day.
    manager.session_protection = None
    # Not init_app: besides this it only looks into the session after every answer for a "remember me" that we
    # do not have, and a session that was looked into keeps every open answer out of shared caches (Vary: Cookie).
    app.login_manager = manager  # type: ignore[attr-defined]
    manager.user_loader(_user_of)


def _user_of(token: str) -> _SessionUser | None:
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        return None
    account_id, version, began = (int(part) for part in parts.groups())
    if clock.now().timestamp() - began > LASTS.total_seconds():
        return None
    account = account_in_session(account_id, version)
    return _SessionUser(token, account) if account else None


def _office(account: StaffAccount, action: Action, slug: str) -> DeskOffice:
    require(account, action, slug)
    return account.office or desk_office(slug)


def _come_back_to() -> str | None:
    """A page can be opened again after signing in; a sent form cannot."""
    if request.method != "GET":
        return None
    return request.full_path.rstrip("?")
