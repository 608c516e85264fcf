"""Reports of mistakes at the desk: who sees which, dealing with one, telling who reported it, erasing."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.notifications.models import OutboxMessage
from consular.offices.correction_models import Correction
from consular.offices.corrections import CONTACT_KEPT, KEPT, Fact, erase_old, report
from consular.web.messages import render
from tests.databases import on_both_databases
from tests.desk.steps import TODAY, signed_in
from tests.factories import World
from tests.page_client import PageClient, filled
from tests.page_tree import Page

LIST = "/desk/offices/cusco/corrections"
Reported = Callable[..., None]


@pytest.fixture
def reported(app: Flask, world: World) -> Reported:
    """Somebody says that something is wrong."""

    def say(said: str, *, office: str = "cusco", contact: str | None = None, language: str = "es") -> None:
        with app.app_context(), transaction():
            report(
                office=office,
                fact=Fact.HOURS,
                said=said,
                contact=contact,
                language=language,
                submission=said,
                now=clock.now(),
            )

    return say


def waiting(page: Page) -> list[str]:
    return [each.text for each in page.all("blockquote")]


def deal(client: PageClient, page: Page, *, status: int = 303, **typed: str) -> Page:
    """Answer the first report of the page."""
    form = page.all("form", action=f"{LIST}/outcome")[0]
    return client.post(form["action"], {**filled(form), "outcome": "corrected", **typed}, status=status)


def letters(app: Flask) -> list[OutboxMessage]:
    with app.app_context():
        return list(db.session.scalars(select(OutboxMessage)))


@on_both_databases
def test_reports_wait_for_the_staff_of_their_office(app, mirta, ines, reported):
    reported("Abren a las 8:30")
    reported("Se mudaron", office="tacna")
    assert waiting(mirta.get(LIST)) == ["Abren a las 8:30"]
    assert waiting(ines.get("/desk/corrections")) == ["Abren a las 8:30", "Se mudaron"]
    assert mirta.get("/desk/corrections", status=303).response.headers["Location"] == LIST
    mirta.get("/desk/offices/tacna/corrections", status=403)
    mirta.get(f"{LIST}/outcome", status=405)


def test_the_navigation_counts_what_waits_for_this_account(app, mirta, ines, reported):
    assert not mirta.get(TODAY).all(class_="desk-nav__count")
    reported("Abren a las 8:30")
    reported("Se mudaron", office="tacna")
    assert mirta.get(TODAY).one(class_="desk-nav__count").text == "1 por atender"
    assert ines.get(TODAY).one(class_="desk-nav__count").text == "2 por atender"


@pytest.mark.parametrize(("name", "budget"), [("mirta", 4), ("ines", 5)])
def test_todays_screen_keeps_its_budget(app, reported, count_statements, name, budget):
    reported("Abren a las 8:30")
    client = signed_in(app, name)
    with count_statements() as statements:
        client.get(TODAY)
    assert len(statements) == budget, statements


@on_both_databases
def test_dealing_with_a_report_takes_it_off_the_list_and_is_written_down(app, mirta, reported):
    reported("Abren a las 8:30")
    page = mirta.follow(deal(mirta, mirta.get(LIST), note="Corregido el cartel"))
    assert waiting(page) == []
    dealt = page.one("section", id="dealt").text
    assert "Corregido el cartel" in dealt
    assert "mirta@example.pe" in dealt
    assert "el aviso salió de la lista" in page.one(role="status").text
    with app.app_context():
        entries = db.session.execute(
            text("SELECT actor, subject_type, details FROM journal WHERE action = 'deal-with-mistake'")
        ).all()
    assert [(entry.actor, entry.subject_type) for entry in entries] == [
        ("staff:mirta@example.pe", "correction")
    ]
    assert letters(app) == []  # nobody left an address


@on_both_databases
def test_whoever_left_an_address_is_told_and_the_address_erased(app, mirta, reported):
    reported("They open at 8:30 http://evil.example", contact="rosa@example.pe", language="en")
    deal(mirta, mirta.get(LIST), outcome="right", note="Since May it is 9.")
    (letter,) = letters(app)
    assert (letter.template, letter.recipient, letter.language) == (
        "correction-answered",
        "rosa@example.pe",
        "en",
    )
    with app.app_context():
        assert db.session.scalar(select(Correction.contact)) is None
        message = render(letter.template, letter.language, json.loads(letter.values))
    assert message.subject == "Your report about Cusco has been looked at"
    for part in (message.text, message.html):
        assert "what is published is right" in part
        assert "Since May it is 9." in part
        assert "/en/offices/cusco" in part
        assert "evil.example" not in part  # what a stranger typed is not sent to anybody's address
    assert message.attachments == ()


def test_two_clerks_cannot_both_deal_with_one(app, mirta, reported):
    reported("Abren a las 8:30", contact="rosa@example.pe")
    page = mirta.get(LIST)
    deal(mirta, page)
    refused = deal(mirta, page, status=409, outcome="unclear")
    assert "mirta@example.pe ya atendió ese aviso" in refused.one(role="alert").text
    assert len(letters(app)) == 1


def test_a_report_of_another_office_is_not_there(app, mirta, reported):
    reported("Se mudaron", office="tacna")
    reported("Abren a las 8:30")
    page = mirta.get(LIST)
    with app.app_context():
        code = db.session.scalar(select(Correction.code).where(Correction.submission.is_not(None)).limit(1))
        codes = set(db.session.scalars(select(Correction.code)))
    mine = page.all("input", name="code")[0]["value"]
    (other,) = codes - {mine}
    assert code in codes
    refused = deal(mirta, page, status=404, code=other)
    assert "ese aviso no está en esta lista" in refused.one(role="alert").text
    deal(mirta, page, status=422, code="1; DROP TABLE correction")


@pytest.mark.parametrize("wrong", [{"outcome": ""}, {"outcome": "burnt"}, {"note": "x" * 501}])
def test_what_does_not_fit_is_shown_again_with_what_was_typed(app, mirta, reported, wrong):
    reported("Abren a las 8:30")
    reported("Cierran a las 12")
    typed = {"note": "Llamé a la oficina", **wrong}
    page = deal(mirta, mirta.get(LIST), status=422, **typed)
    assert page.one(class_="govuk-error-summary")
    assert typed["note"] in [area.text for area in page.all("textarea")]
    assert len(waiting(page)) == 2


def test_html_of_a_reader_is_text(mirta, reported):
    reported("<script>alert(1)</script>")
    page = mirta.get(LIST)
    assert waiting(page) == ["<script>alert(1)</script>"]


@on_both_databases
def test_contacts_and_reports_are_erased_in_time(app, world, reported):
    reported("Abren a las 8:30", contact="rosa@example.pe")
    with app.app_context():
        now = clock.now()
        for later, erased in ((CONTACT_KEPT, 0), (CONTACT_KEPT + timedelta(1), 1), (KEPT + timedelta(1), 1)):
            with transaction():
                assert erase_old(now + later) == erased
        assert db.session.scalars(select(Correction)).all() == []
