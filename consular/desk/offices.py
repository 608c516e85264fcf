"""The desk's first page: a clerk goes to their office, an administrator chooses one."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from consular.staff.permissions import Action, StaffAccount
from consular.staff.queries import desk_offices
from consular.web.staff_guard import staff_only


@staff_only(Action.OPEN_DESK)
def home(account: StaffAccount) -> ResponseReturnValue:
    """To the clerk's day, or the list of offices."""
    if account.office is not None:
        return redirect(url_for("desk.today", slug=account.office.slug), 303)
    return render_template("desk/offices.html", account=account, offices=desk_offices())
