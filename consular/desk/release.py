"""Cancel somebody's appointment at the desk: they ask for it, or somebody else used their document."""

from flask import current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from consular.appointments.changing import cancel
from consular.appointments.queries import AppointmentUnknown, appointment_by_reference
from consular.appointments.rules import NothingToChange
from consular.appointments.view import AppointmentView
from consular.foundation import clock
from consular.foundation.database import transaction
from consular.staff.permissions import Action, DeskOffice, StaffAccount
from consular.web.staff_guard import staff_only


@staff_only(Action.RELEASE)
def release_page(account: StaffAccount, office: DeskOffice, reference: str) -> ResponseReturnValue:
    """Whose appointment it is and what cancelling does, before the button."""
    return _page(account, office, _of_office(office, reference))


@staff_only(Action.RELEASE)
def release(account: StaffAccount, office: DeskOffice, reference: str) -> ResponseReturnValue:
    """Cancel it: the place is free again, the document can be used, and its contact is told."""
    view = _of_office(office, reference)
    try:
        with transaction():
            cancel(view.reference, policy=current_app.extensions["consular"].policy, actor=account.actor)
    except NothingToChange as refusal:
        words = gettext("Nothing was changed: its time has come, or it has ended.")
        return _page(account, office, appointment_by_reference(reference), words), refusal.status
    return redirect(url_for(".release_page", slug=office.slug, reference=view.reference), 303)


def _of_office(office: DeskOffice, reference: str) -> AppointmentView:
    view = appointment_by_reference(reference)
    if view.office_slug != office.slug:
        raise AppointmentUnknown()
    return view


def _page(
    account: StaffAccount, office: DeskOffice, appointment: AppointmentView, refused: str | None = None
) -> str:
    return render_template(
        "desk/release.html",
        account=account,
        office=office,
        appointment=appointment,
        day=clock.day_in(office.timezone, appointment.starts_at),
        possible=appointment.status == "displaced"
        or (appointment.status == "booked" and appointment.starts_at > clock.now()),
        refused=refused,
    )
