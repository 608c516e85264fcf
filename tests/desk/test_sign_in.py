"""Signing in and out of the desk, and what each page does with somebody who has not."""

from datetime import timedelta

import pytest

from consular.foundation import clock
from consular.foundation.database import transaction
from consular.staff import accounts
from consular.staff.signing_in import TRIES_PER_ACCOUNT
from consular.web.staff_guard import safe_next
from tests.desk.steps import TODAY, WEEK, signed_in
from tests.factories import MORNING, PASSWORDS

FORM = "/desk/sign-in"
MIRTA = {"email": "mirta@example.pe", "password": PASSWORDS["mirta"]}


def test_a_clerk_signs_in_and_lands_at_their_day(client, world):
    answer = client.submit(client.get(FORM).form(action=FORM), MIRTA, status=303)
    assert answer.location == "/desk"
    answer = client.get("/desk", status=303)
    assert answer.location == TODAY
    assert "Mirta" in client.follow(answer).one("header").text


@pytest.mark.parametrize(
    "page", ["/desk", TODAY, WEEK, f"{TODAY}?day=2026-12-01", "/desk/offices/nowhere/today"]
)
def test_a_page_asks_to_sign_in_and_comes_back(client, world, page):
    answer = client.get(page, status=303)
    form = client.follow(answer).form(action=FORM)
    assert client.submit(form, MIRTA, status=303).location == page


@pytest.mark.parametrize(
    "path", [f"{TODAY}/attendance", f"{TODAY}/search", f"{WEEK}/seats", "/desk/sign-out"]
)
def test_a_form_of_somebody_signed_out_goes_to_sign_in(client, world, path):
    token = client.get(FORM).one("input", name="csrf_token")["value"]
    answer = client.post(path, {"csrf_token": token, "mark": "arrived K7QM-4T3X"}, status=303)
    assert answer.location == FORM


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"email": "", "password": ""}, {"email", "password"}),
        ({"email": "mirta@example.pe", "password": ""}, {"password"}),
        ({"email": "x" * 300, "password": "x"}, {"email"}),
    ],
)
def test_what_is_missing_is_said_beside_its_field(client, world, typed, errors):
    page = client.submit(client.get(FORM).form(action=FORM), typed, status=422)
    assert set(page.errors) == errors
    assert page.one("input", name="email").get("value") == typed["email"]


def test_a_wrong_password_keeps_the_email_and_the_way_back(client, world):
    form = client.get(f"{FORM}?next={WEEK}").form(action=FORM)
    page = client.submit(form, {**MIRTA, "password": "wrong"}, status=401)
    again = page.form(action=FORM)
    assert again.one("input", name="email")["value"] == MIRTA["email"]
    assert again.one("input", name="password").get("value") == ""
    assert "wrong" not in page.html
    assert client.submit(again, MIRTA, status=303).location == WEEK


def test_an_unknown_email_gets_the_same_page(client, world):
    form = client.get(FORM).form(action=FORM)
    known = client.submit(form, {**MIRTA, "password": "wrong"}, status=401)
    unknown = client.submit(form, {"email": "nadie@example.pe", "password": "wrong"}, status=401)
    assert unknown.errors == known.errors


def test_too_many_tries_are_refused_with_the_time_to_wait(client, world):
    form = client.get(FORM).form(action=FORM)
    for _ in range(TRIES_PER_ACCOUNT):
        client.submit(form, {**MIRTA, "password": "wrong"}, status=401)
    page = client.submit(form, MIRTA, status=429)
    assert page.response.headers["Retry-After"] == "900"
    assert "15" in page.errors["email"]


def test_signing_out_ends_the_session(mirta):
    page = mirta.get(TODAY)
    answer = mirta.submit(page.form(action="/desk/sign-out"), status=303)
    assert answer.location == FORM
    mirta.get(TODAY, status=303)


def test_links_cannot_sign_anybody_out(mirta):
    mirta.get("/desk/sign-out", status=405)
    mirta.get(TODAY)


def test_another_password_signs_the_other_browsers_out(app, world):
    first, second = signed_in(app, "mirta"), signed_in(app, "mirta")
    first.get(TODAY)
    with app.app_context(), transaction():
        accounts.set_password("mirta@example.pe", "otra-frase-bien-larga")
    first.get(TODAY, status=303)
    second.get(TODAY, status=303)


def test_a_closed_account_is_out_at_once(app, mirta):
    with app.app_context(), transaction():
        accounts.deactivate("mirta@example.pe")
    mirta.get(TODAY, status=303)


def test_a_session_lasts_a_working_day(mirta):
    with clock.stopped(MORNING + timedelta(hours=12)):
        mirta.get(TODAY)
    with clock.stopped(MORNING + timedelta(hours=12, seconds=1)):
        mirta.get(TODAY, status=303)


def test_whoever_is_in_does_not_sign_in_again(mirta):
    assert mirta.get(f"{FORM}?next={WEEK}", status=303).location == WEEK


def test_a_session_cookie_is_for_this_site_and_not_for_scripts(client, world):
    answer = client.submit(client.get(FORM).form(action=FORM), MIRTA, status=303)
    (cookie,) = (
        line for line in answer.response.headers.getlist("Set-Cookie") if line.startswith("session=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_nothing_of_a_planted_session_survives(client, world):
    with client.http.session_transaction() as session:
        session["planted"] = "by somebody else"
    client.submit(client.get(FORM).form(action=FORM), MIRTA, status=303)
    with client.http.session_transaction() as session:
        assert "planted" not in session


def test_a_broken_session_is_no_session(client, world):
    for token in ["", "1", "1.1", "1.1.x", "٣.1.1764500000", f"{'9' * 30}.1.1764500000", "1.1.-5"]:
        with client.http.session_transaction() as session:
            session["_user_id"] = token
        client.get(TODAY, status=303)


def test_pages_of_the_desk_stay_in_no_cache(mirta):
    assert mirta.get(TODAY).response.headers["Cache-Control"] == "no-store"


def test_signing_in_leads_nowhere_else(app):
    for elsewhere in [
        "https://example.com/desk",
        "//example.com/desk",
        "/\\example.com",
        "/desk/../es",
        "/desk\n//example.com",
        "/deskish",
        "/es/oficinas",
        "javascript:alert(1)",
        "desk",
        "",
        None,
    ]:
        with app.test_request_context():
            assert safe_next(elsewhere) == "/desk", elsewhere


def test_signing_in_leads_to_pages_of_the_desk(app):
    with app.test_request_context():
        assert safe_next(f"{TODAY}?day=2026-12-01") == f"{TODAY}?day=2026-12-01"
