"""An office's address: what is published, what correcting it would do, and doing it."""

import math
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from consular.desk.address_form import AddressForm
from consular.foundation import clock
from consular.foundation.database import transaction
from consular.foundation.geography import Position
from consular.offices.address_correction import (
    OfficeChanged,
    Plan,
    PublishedOffice,
    correct_office,
    plan_correction,
    published_office,
)
from consular.offices.geocoding.office_positions import SOURCES
from consular.offices.geocoding.placement import Placement, TownUnknown
from consular.offices.vocabulary import LocationPrecision
from consular.staff.permissions import Action, DeskOffice, StaffAccount
from consular.web.places import geocoding_service
from consular.web.staff_guard import staff_only

CHANGED = _l(
    "Nothing was changed: the data of the office are no longer those of the page that you saw. "
    "This is what would change now."
)


@staff_only(Action.CORRECT_OFFICE)
def address_page(account: StaffAccount, office: DeskOffice) -> ResponseReturnValue:
    """What is published now, in the fields of the form."""
    form = AddressForm(formdata=None)
    published = published_office(office.id)
    form.show(published.facts, _today(office))
    return _form_page(account, office, form, published)


@staff_only(Action.CORRECT_OFFICE)
def plan_address(account: StaffAccount, office: DeskOffice) -> ResponseReturnValue:
    """What would change, and where the office would be; nothing is written. Or the form again, to go on with it."""
    form = AddressForm(latest=_today(office))
    if "again" in request.form:
        return _form_page(account, office, form)
    if not form.validate():
        return _form_page(account, office, form), 422
    return _plan_page(account, office, form)


@staff_only(Action.CORRECT_OFFICE)
def correct_address(account: StaffAccount, office: DeskOffice) -> ResponseReturnValue:
    """Write what the plan showed, if the office is still what it was made from; else show the plan anew."""
    form = AddressForm(latest=_today(office))
    if not form.validate():
        return _form_page(account, office, form), 422
    placement = _read_placement(form.placement.data or "")
    try:
        if placement is None:
            raise OfficeChanged(office=office.slug)
        with transaction():
            correct_office(
                office.id,
                form.facts,
                form.source,
                placement,
                version=form.version.data or "",
                actor=account.actor,
                now=clock.now(),
            )
    except OfficeChanged as refusal:
        return _plan_page(account, office, form, str(CHANGED), refusal.status)
    return redirect(url_for(".address", slug=office.slug, done=1), 303)


def _plan_page(
    account: StaffAccount,
    office: DeskOffice,
    form: AddressForm,
    refused: str | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    try:
        plan = plan_correction(office.id, form.facts, form.source, geocoding_service())
    except TownUnknown as refusal:
        words = gettext(
            "No town of that name is known in %(region)s. Write the town's name as the map has it",
            region=refusal.facts["region"],
        )
        form.city.errors = [words]
        return _form_page(account, office, form), refusal.status
    page = render_template(
        "desk/address_plan.html",
        account=account,
        office=office,
        form=form,
        plan=plan,
        placement=_written(plan),
        refused=refused,
        whence=SOURCES.get(plan.placement.source or "", (None, None)),
    )
    return page, status


def _form_page(
    account: StaffAccount, office: DeskOffice, form: AddressForm, published: PublishedOffice | None = None
) -> str:
    return render_template(
        "desk/address.html",
        account=account,
        office=office,
        form=form,
        published=published or published_office(office.id),
        done="done" in request.args,
    )


def _today(office: DeskOffice) -> date:
    return clock.day_in(office.timezone, clock.now())


def _written(plan: Plan) -> str:
    """The placement as a hidden field carries it; the plan's version holds whoever alters it off."""
    place = plan.placement
    position = (repr(place.position.latitude), repr(place.position.longitude))
    return " ".join((*position, place.precision, place.source or "-", place.why))


def _read_placement(sent: str) -> Placement | None:
    """What `_written` wrote; None when it is not of that shape."""
    parts = sent.split(" ")
    if len(parts) != 5:
        return None
    try:
        position = Position(float(parts[0]), float(parts[1]))
        precision = LocationPrecision(parts[2]).value
    except ValueError:
        return None
    if not (math.isfinite(position.latitude) and math.isfinite(position.longitude)):
        return None
    return Placement(position, precision, None if parts[3] == "-" else parts[3], parts[4])


def for_templates() -> dict[str, Any]:
    """The desk's words for how true a position is, and for why the door was not found."""
    return {"precision_words": _precision_words, "why_words": _why_words}


def _precision_words(precision: str) -> str:
    return {
        "address": gettext("at its door"),
        "district": gettext("in its district, not at its door"),
        "city": gettext("in its town, not at its door"),
        "region-capital": gettext("in the capital of its region"),
    }[precision]


def _why_words(why: str) -> str:
    return {
        "house": gettext("The house with that number was found."),
        "same": gettext("Address and town are the same, so the position stays."),
        "no-address": gettext("Without an address there is no door to look for."),
        "no-service": gettext("Doors cannot be looked for here: no address service is set up."),
        "no-answer": gettext("The address service does not know this address, or did not answer."),
        "street": gettext("Only the street was found, not the house."),
        "town": gettext("Only a place of that name was found, not the house."),
        "far": gettext("What was found is too far from the town to be this office."),
    }[why]
