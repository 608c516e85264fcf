"""Every page and state that a person can come to, without an axe violation, in both languages, light and dark."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from sqlalchemy import delete

from consular.foundation.database import transaction
from consular.foundation.tries import CountedTry
from tests.journeys.desk_steps import TODAY, WEEK, sign_in
from tests.journeys.ministry import TRAINING, everything_taken
from tests.journeys.steps import (
    WORDS,
    Words,
    book,
    choose_day,
    choose_time,
    fill_details,
    find,
    go_on,
)
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
LAPTOP = {"viewport": {"width": 1280, "height": 800}}
DOCUMENTS = {"es": "70809061", "en": "70809071"}
TOO_MANY_TRIES = 61  # one more than an address may do in an hour

PAPER = "getComputedStyle(document.body).backgroundColor"

# Classes of govuk-frontend on the page, without its variants: their styles must have been built.
WORN = """() => [...new Set([...document.querySelectorAll('[class*=govuk-]')].flatMap((each) =>
    [...each.classList].filter((name) => name.startsWith('govuk-')).map((name) => name.split('--')[0])))]"""
BUILT = Path(__file__).parents[2] / "consular/static/vendor/govuk-frontend.min.css"
UNDRESSED = {
    "govuk-error-summary__body",
    "govuk-radios",
    "govuk-checkboxes",
}  # in the original neither has styles


def violations(axe: Axe, visitor: Visitor) -> list[str]:
    """What axe finds: all its rules in the light, and the contrast in the dark when the pages have a dark."""
    found = complaints(axe, visitor, "light")
    paper = visitor.page.evaluate(PAPER)
    visitor.page.emulate_media(color_scheme="dark")
    if visitor.page.evaluate(PAPER) != paper:
        found += complaints(axe, visitor, "dark", runOnly=["color-contrast"])
    visitor.page.emulate_media(color_scheme="light")
    return found


def complaints(axe: Axe, visitor: Visitor, scheme: str, **options: list[str]) -> list[str]:
    answer = axe.run(visitor.page, options={**options, "resultTypes": ["violations"]})
    return [
        f"{scheme}: {each['id']}: {node['html'][:120]}"
        for each in answer.response["violations"]
        for node in each["nodes"]
    ]


def undressed(visitor: Visitor) -> set[str]:
    """Parts of govuk-frontend that the page wears and the assets build left out (PARTS in .ci/assets)."""
    dressed = {name.split("--")[0] for name in re.findall(r"\.(govuk-[a-z_-]+)", BUILT.read_text("utf-8"))}
    return set(visitor.page.evaluate(WORN)) - dressed - UNDRESSED


def everything_is_right(visitor: Visitor, states: Iterator[str]) -> None:
    axe, wrong, seen = Axe(), [], []
    for state in states:
        seen.append(state)
        wrong += [f"{state}: {each}" for each in violations(axe, visitor)]
        wrong += [f"{state}: {each} has no styles" for each in undressed(visitor)]
    assert not wrong, "\n".join(wrong)
    assert len(seen) > 3


def finding(citizen: Visitor, words: Words) -> Iterator[str]:
    """Home, results, offices, and the pages about the service."""
    for name, path, status in (
        ("home", words.home, 200),
        ("results near a place", f"{words.offices}?near=pisac&service=apostille", 200),
        ("results by name", words.offices, 200),
        ("soonest first", f"{words.offices}?near=pisac&service=apostille&sort=soonest", 200),
        ("unknown place", f"{words.offices}?near=xqzwv", 404),
        ("ambiguous place", f"{words.offices}?near=santa+rosa", 200),
        ("done online", f"{words.offices}?near=pisac&service=digital-apostille", 200),
        ("unreadable search", f"{words.offices}?near={'x' * 200}", 422),
        ("office", words.office("cusco"), 200),
        ("announced office", words.office("ancash"), 200),
        ("unknown office", words.office("atlantis"), 404),
        *((path, path, 200) for path in words.about),
        ("nothing there", f"/{words.language}/nothing-there", 404),
        (
            "unreadable time",
            f"{words.offices}/cusco/{words.visit}/{words.details}?service=apostille&start=x",
            400,
        ),
    ):
        citizen.go(path, status=status)
        yield name


def booking(citizen: Visitor, words: Words, ministry: Flask, document: str) -> Iterator[str]:
    """The calendar in all its states, the details, the check, the appointment."""
    for name, asked in (
        ("procedures", f"{words.offices}/cusco/{words.visit}"),
        ("full calendar", words.calendar("puno")),
        ("not open yet", words.calendar("ancash")),
        ("closed day", words.calendar("cusco", day=str(TRAINING))),
        ("calendar", words.calendar("cusco")),
    ):
        citizen.go(asked)
        yield name
    choose_day(citizen)
    yield "times"
    choose_time(citizen)
    yield "details"
    go_on(citizen, status=422)
    yield "details with errors"
    fill_details(citizen, document)
    go_on(citizen)
    yield "check"
    go_on(citizen)
    yield "done"
    citizen.go(words.calendar("tacna"))
    choose_day(citizen)
    with everything_taken(ministry, "tacna"):
        choose_time(citizen, status=409)
    yield "the time is gone"
    citizen.go(words.calendar("cusco"))
    choose_day(citizen)
    choose_time(citizen)
    fill_details(citizen, document)
    go_on(citizen)
    go_on(citizen, status=409)
    yield "already booked"


def keeping(citizen: Visitor, words: Words, code: str, document: str) -> Iterator[str]:
    """Find the appointment, move it, cancel it."""
    citizen.leads(lambda: citizen.page.locator(f"form[action='{words.mine}/{words.leave}'] button").click())
    citizen.go(words.mine)
    yield "find"
    go_on(citizen, status=422)
    yield "find with errors"
    find(citizen, words, "K7QM-4T3X", document, status=404)
    yield "found nothing"
    citizen.go(f"{words.mine}/{code}/not-the-secret", status=404)
    yield "broken link"
    find(citizen, words, code, document)
    yield "my appointment"
    citizen.leads(lambda: citizen.page.locator(".ways-on a").first.click())
    yield "move"
    choose_day(citizen, turn=False)
    yield "new times"
    choose_time(citizen, last=True)
    yield "move?"
    go_on(citizen)
    yield "moved"
    citizen.leads(lambda: citizen.page.locator(".ways-on a").last.click())
    yield "cancel?"
    go_on(citizen)
    yield "cancelled"


@pytest.mark.parametrize("language", ["es", "en"])
def test_finding_an_office_has_no_violation(visit: Visit, language: str) -> None:
    everything_is_right(citizen := visit(), finding(citizen, WORDS[language]))


@pytest.mark.parametrize("language", ["es", "en"])
def test_booking_has_no_violation(visit: Visit, ministry: Flask, language: str) -> None:
    citizen, words, document = visit(), WORDS[language], DOCUMENTS[language]
    everything_is_right(citizen, booking(citizen, words, ministry, document))


@pytest.mark.parametrize("language", ["es", "en"])
def test_keeping_an_appointment_has_no_violation(visit: Visit, language: str) -> None:
    citizen, words, document = visit(), WORDS[language], f"9{DOCUMENTS[language][1:]}"
    code = book(citizen, words, document)
    everything_is_right(citizen, keeping(citizen, words, code, document))


def desk(clerk: Visitor) -> Iterator[str]:
    """Mirta's desk in Spanish; omar's, in English, is the same."""
    clerk.go("/desk/sign-in")
    yield "sign in"
    clerk.leads(lambda: clerk.page.locator("main button[type=submit]").click(), status=422)
    yield "sign in with errors"
    sign_in(clerk, "mirta")
    yield "today"
    clerk.go(f"{TODAY}?day=2026-12-06")
    yield "an empty day"
    clerk.go(WEEK)
    yield "week"
    clerk.leads(lambda: clerk.page.locator("table.grid a.cell:not(.cell--past)").first.click())
    yield "slot"
    clerk.page.fill("#seats", "many")
    clerk.leads(lambda: clerk.page.locator(".slot__number button").click(), status=422)
    yield "slot with errors"
    clerk.go("/desk/offices/tacna/today", status=403)
    yield "another's office"


def english_desk(clerk: Visitor) -> Iterator[str]:
    """Omar's desk."""
    sign_in(clerk, "omar")
    yield "today"
    clerk.go("/desk/offices/tacna/week")
    yield "week"
    clerk.go("/desk/offices/cusco/today", status=403)
    yield "another's office"
    clerk.go("/api/docs")
    yield "the API's documentation"


def test_the_desk_has_no_violation(visit: Visit) -> None:
    for states in (desk, english_desk):
        everything_is_right(clerk := visit(**LAPTOP), states(clerk))


def test_being_told_to_wait_has_no_violation(visit: Visit, ministry: Flask) -> None:
    stranger, client = visit(), ministry.test_client()
    for _try in range(TOO_MANY_TRIES):
        client.get("/es/mi-cita/K7QM-4T3X/not-the-secret")
    try:
        for path in ("/es/mi-cita/K7QM-4T3X/not-the-secret", "/en/my-appointment/K7QM-4T3X/not-the-secret"):
            stranger.go(path, status=429)
            assert violations(Axe(), stranger) == []
    finally:
        with ministry.app_context(), transaction() as session:
            session.execute(delete(CountedTry))


def test_a_violation_would_be_seen(visit: Visit) -> None:
    page = (visitor := visit()).go("/es/acerca")
    page.evaluate(
        "document.querySelector('main').innerHTML += '<img src=\"data:,\"><p class=govuk-panel>Pale</p>'"
    )
    assert any("image-alt" in each for each in violations(Axe(), visitor))
    assert undressed(visitor) == {"govuk-panel"}
