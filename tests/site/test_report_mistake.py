"""Telling an office what is wrong about it: kept once, sealed, limited; nothing typed is lost."""

import pytest
from flask import Flask
from sqlalchemy import select, text

from consular.foundation.database import db
from consular.offices.correction_models import Correction
from consular.offices.corrections import Fact
from consular.site.report_mistake import LONGEST, MOST_IN_AN_HOUR
from tests.databases import on_both_databases
from tests.factories import World
from tests.page_client import PageClient
from tests.page_tree import Page

ADDRESS = "/es/oficinas/cusco/avisar"
SAID = "Atienden desde las 8:30.\nLo dice un aviso en la puerta."


def reports(app: Flask) -> list[Correction]:
    with app.app_context():
        return list(db.session.scalars(select(Correction).order_by(Correction.id)))


def send(client: PageClient, page: Page | None = None, *, status: int = 303, **typed: str) -> Page:
    page = page or client.get(ADDRESS)
    return client.submit(page.form(action=ADDRESS), {"fact": "hours", "said": SAID, **typed}, status=status)


@on_both_databases
def test_a_report_is_kept_and_the_reader_told_what_happens_next(
    client: PageClient, app: Flask, world: World
) -> None:
    page = client.follow(send(client, contact="rosa@example.pe"))
    assert page.heading == "Gracias: su aviso llegó"
    assert "le escribimos al correo que dejó" in page.text
    (kept,) = reports(app)
    assert (kept.office_id, kept.fact, kept.language) == (world.offices["cusco"], "hours", "es")
    assert (kept.said, kept.contact) == (SAID, "rosa@example.pe")
    with app.app_context():
        raw = db.session.execute(text("SELECT said, contact, submission FROM correction")).one()
        journal = db.session.execute(text("SELECT actor, action, details FROM journal")).all()
    assert not any("8:30" in cell or "rosa" in cell for cell in raw)
    assert [(entry.actor, entry.action) for entry in journal] == [("citizen", "report-mistake")]
    assert "8:30" not in str(journal)


def test_without_an_address_nobody_is_promised_a_letter(client: PageClient, app: Flask, world: World) -> None:
    page = client.follow(send(client))
    assert "nadie le escribirá" in page.text
    assert reports(app)[0].contact is None


@on_both_databases
def test_the_same_form_twice_is_one_report(client: PageClient, app: Flask, world: World) -> None:
    page = client.get(ADDRESS)
    send(client, page)
    send(client, page)
    assert len(reports(app)) == 1
    send(client)
    assert len(reports(app)) == 2


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"fact": ""}, "Elija qué está mal"),
        ({"fact": "weather"}, "Elija qué está mal"),
        ({"said": "  \n "}, "Escriba lo correcto"),
        ({"said": "x" * (LONGEST + 1)}, f"en {LONGEST} caracteres como máximo"),
        ({"contact": "rosa at home"}, "Escriba un correo como"),
        ({"contact": f"{'x' * 5000}@example.pe"}, "Escriba un correo como"),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_typed_is_lost(
    client: PageClient, app: Flask, world: World, typed: dict[str, str], message: str
) -> None:
    given = {"fact": "address", "said": "<b>Plaza & 12</b>", "contact": "rosa@example.pe", **typed}
    page = send(client, status=422, **given)
    assert any(message in each.text for each in page.all(class_="govuk-error-message"))
    assert page.one("input", name="contact")["value"] == given["contact"]
    if given["said"].strip():
        assert page.one("textarea", name="said").text == given["said"]
    if given["fact"] == "address":
        assert "checked" in page.one("input", value="address").attributes
    assert not reports(app)


def test_a_stale_form_is_shown_again_with_what_was_typed(
    client: PageClient, app: Flask, world: World
) -> None:
    page = send(client, status=400, csrf_token="forged", contact="rosa@example.pe")
    assert page.one("textarea", name="said").text.split() == SAID.split()
    send(client, page, contact="rosa@example.pe")
    assert len(reports(app)) == 1


def test_too_many_from_one_sender_wait_and_keep_what_was_typed(
    client: PageClient, app: Flask, world: World
) -> None:
    for _ in range(MOST_IN_AN_HOUR):
        send(client)
    refused = send(client, status=429)
    assert refused.response.headers["Retry-After"] == "3600"
    assert "Espere 60 minutos" in refused.one(class_="govuk-error-summary").text
    assert refused.one("textarea", name="said").text.split() == SAID.split()
    assert len(reports(app)) == MOST_IN_AN_HOUR


def test_the_form_shows_what_is_published_and_speaks_english(client: PageClient, world: World) -> None:
    page = client.get("/en/offices/cusco/report?fact=address")
    assert page.heading == "Cusco: what is wrong about the office?"
    assert "Plaza de Armas 100" in page.one("form", action="/en/offices/cusco/report").text
    assert "checked" in page.one("input", value="address").attributes
    assert len(page.all("input", name="fact")) == len(Fact)
    assert page.one("meta", name="robots")["content"] == "noindex"


def test_every_office_page_leads_to_the_form(client: PageClient, world: World) -> None:
    assert client.get("/es/oficinas/ancash").link("Avisar de un error") == "/es/oficinas/ancash/avisar"


def test_an_unknown_office_has_no_form(client: PageClient, world: World) -> None:
    client.get("/es/oficinas/atlantis/avisar", status=404)
