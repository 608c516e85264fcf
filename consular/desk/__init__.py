"""The staff's door: sign in, run the day, open and close places. Every address begins with /desk."""

from flask import Blueprint, Flask, Response

from consular.desk import address, corrections, offices, refusals, release, schedule, sign_in, today, words
from consular.staff.permissions import NotAllowed
from consular.staff.queries import DeskOfficeUnknown
from consular.web.staff_guard import install_sign_in


def register(app: Flask) -> None:
    """Give the application its desk: the one list of the door's addresses."""
    install_sign_in(app)
    desk = Blueprint("desk", __name__, url_prefix="/desk")
    at_office = "/offices/<slug>"
    for rule, endpoint, view, method in (
        ("", "home", offices.home, "GET"),
        ("/sign-in", "sign_in_page", sign_in.sign_in_page, "GET"),
        ("/sign-in", "sign_in", sign_in.sign_in, "POST"),
        ("/sign-out", "sign_out", sign_in.sign_out, "POST"),
        (f"{at_office}/today", "today", today.today_page, "GET"),
        (f"{at_office}/today/search", "search", today.search, "POST"),
        (f"{at_office}/today/attendance", "attend", today.attend, "POST"),
        (f"{at_office}/appointments/<reference>/cancel", "release_page", release.release_page, "GET"),
        (f"{at_office}/appointments/<reference>/cancel", "release", release.release, "POST"),
        (f"{at_office}/week", "week", schedule.week_page, "GET"),
        (f"{at_office}/week/seats", "change_seats", schedule.change_seats, "POST"),
        (f"{at_office}/address", "address", address.address_page, "GET"),
        (f"{at_office}/address/plan", "plan_address", address.plan_address, "POST"),
        (f"{at_office}/address", "correct_address", address.correct_address, "POST"),
        ("/corrections", "all_corrections", corrections.all_corrections, "GET"),
        (f"{at_office}/corrections", "corrections", corrections.corrections, "GET"),
        (
            f"{at_office}/corrections/outcome",
            "deal_with_correction",
            corrections.deal_with_correction,
            "POST",
        ),
    ):
        desk.add_url_rule(rule, endpoint, view, methods=[method])
    desk.register_error_handler(NotAllowed, refusals.not_allowed)
    desk.register_error_handler(DeskOfficeUnknown, refusals.office_unknown)
    desk.context_processor(words.for_templates)
    desk.context_processor(corrections.for_templates)
    desk.context_processor(address.for_templates)
    desk.after_request(_keep_no_copy)
    app.register_blueprint(desk)


def _keep_no_copy(response: Response) -> Response:
    """Names of citizens must not stay in the cache of a computer that several people use."""
    response.headers["Cache-Control"] = "no-store"
    return response
