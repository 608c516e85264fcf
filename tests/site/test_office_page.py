"""The page of one office in each state of its life, where its facts come from, and what machines are told of it."""

import json
from datetime import date, time

import pytest
from flask import Flask
from sqlalchemy import update

from consular.foundation.database import transaction
from consular.offices.models import Offer, Office, OpeningHours
from tests.databases import on_both_databases
from tests.factories import SOURCE, World
from tests.page_client import PageClient
from tests.page_tree import Page


def change(app: Flask, slug: str, **facts: object) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(Office).where(Office.slug == slug).values(**facts))


def head(page: Page) -> str:
    return page.one("header", class_="office__head").text


def next_(page: Page) -> str:
    return page.one("section", class_="office__next").text


def told(page: Page) -> dict:
    """What search engines are told."""
    (block,) = page.all("script", type="application/ld+json")
    return json.loads(block.text)


@on_both_databases
def test_an_announced_office_without_a_date_shows_the_nearest_that_attends(
    client: PageClient, app: Flask, world: World
) -> None:
    change(app, "ancash", status_since="2025-12-10", location_precision="region-capital")
    page = client.get("/es/oficinas/ancash?service=apostille")
    assert "sin fecha de apertura" in head(page)
    assert "Anunciada: 10 de diciembre de 2025" in head(page)
    assert "Mientras tanto, la más cercana que atiende" in next_(page)
    assert "Cusco" in next_(page)
    assert "km en línea recta desde la capital de la región" in next_(page)
    assert "lunes 30 de noviembre, 9:00 a. m." in next_(page)
    assert page.link("Pedir cita en Cusco") == "/es/oficinas/cusco/cita?service=apostille"


def test_an_announced_office_whose_day_has_passed_does_not_pretend_to_be_open(
    client: PageClient, app: Flask, world: World
) -> None:
    change(app, "ancash", opens_on=date(2026, 11, 1))
    page = client.get("/en/offices/ancash")
    assert "It was to open on Sunday 1 November 2026; nobody has confirmed that it did" in head(page)


@on_both_databases
def test_an_office_that_opens_on_a_day_is_bookable_from_then(
    client: PageClient, app: Flask, world: World
) -> None:
    change(app, "cusco", opens_on=date(2026, 12, 2))
    page = client.get("/es/oficinas/cusco")
    assert "Abre el miércoles 2 de diciembre" in head(page)
    assert "Mientras tanto" in next_(page)
    assert "Tacna" in next_(page)
    assert "miércoles 2 de diciembre, 9:00 a. m." in next_(page)  # bookable from that day on
    assert page.link("Pedir cita") == "/es/oficinas/cusco/cita"
    calendar = client.get("/es/oficinas/cusco/cita?service=apostille")
    assert calendar.one(class_="soonest").one("a").text == "miércoles 2 de diciembre"
    ancash = client.get("/es/oficinas/ancash")
    assert "Tacna" in next_(ancash)  # Cusco is nearer, and does not attend yet


@on_both_databases
def test_a_suspended_office_says_since_when_and_where_to_go(
    client: PageClient, app: Flask, world: World
) -> None:
    change(app, "cusco", status="suspended", status_since="2026-11")
    page = client.get("/es/oficinas/cusco")
    assert "hasta nuevo aviso, desde noviembre de 2026" in head(page)
    assert "La más cercana que atiende" in next_(page)
    assert "Tacna" in next_(page)
    assert "Pedir cita" not in [link.text for link in page.one("main").all("a")]
    calendar = client.get("/es/oficinas/cusco/cita?service=apostille")
    assert calendar.heading == "Cusco no atiende"
    assert calendar.link("Desde cuándo y quién atiende en su lugar") == "/es/oficinas/cusco?service=apostille"


def test_a_suspended_office_with_a_day_says_when_it_opens_again(
    client: PageClient, app: Flask, world: World
) -> None:
    change(app, "cusco", status="suspended", opens_on=date(2026, 12, 14))
    assert "vuelve a atender el lunes 14 de diciembre" in head(client.get("/es/oficinas/cusco"))


@on_both_databases
def test_a_closed_office_leads_to_the_end_of_its_chain(client: PageClient, app: Flask, world: World) -> None:
    change(app, "ancash", status="closed", status_since="2026-10-31", successor_id=world.offices["cusco"])
    change(app, "cusco", status="closed", successor_id=world.offices["tacna"])
    page = client.get("/es/oficinas/ancash")
    assert "cerró definitivamente, desde el 31 de octubre de 2026" in head(page)
    assert "fuente" in head(page)
    assert page.link("Ver Tacna") == "/es/oficinas/tacna"
    assert not page.all(class_="office__facts")  # no hours and no procedures of an office that is no more
    assert not page.all("script", type="application/ld+json")


def test_a_closed_office_without_successor_shows_the_nearest(
    client: PageClient, app: Flask, world: World
) -> None:
    change(app, "cusco", status="closed")
    assert "La más cercana que atiende Tacna" in next_(client.get("/es/oficinas/cusco"))


def test_without_any_open_office_there_is_still_a_way_on(
    client: PageClient, app: Flask, world: World
) -> None:
    for slug in ("cusco", "tacna"):
        change(app, slug, status="suspended")
    assert client.get("/es/oficinas/cusco").link("Ver todas las oficinas") == "/es/oficinas"


def test_the_list_says_which_offices_are_closed_for_now(client: PageClient, app: Flask, world: World) -> None:
    assert "Cerradas por ahora" not in client.get("/es/oficinas").text
    change(app, "tacna", status="suspended")
    change(app, "ancash", opens_on=date(2026, 11, 1))
    page = client.get("/es/oficinas?service=apostille")
    assert page.one("section", **{"aria-labelledby": "paused"}).one("a")["href"] == (
        "/es/oficinas/tacna?service=apostille"
    )
    assert "Tacna" not in [link.text for link in page.one(id="found").all("a")]
    assert "Debía abrir el domingo 1 de noviembre de 2026" in page.text
    change(app, "tacna", status="closed")
    assert not client.get("/es/oficinas").all("section", **{"aria-labelledby": "paused"})


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("announced", "todavía no abre y no da citas"),
        ("suspended", "está cerrada por ahora y no da citas"),
        ("closed", "cerró definitivamente"),
    ],
)
def test_a_booking_is_refused_in_the_words_of_the_state(
    client: PageClient, app: Flask, world: World, status: str, words: str
) -> None:
    page = client.get("/es/oficinas/cusco/cita?service=apostille&day=2026-11-30")
    form = page.one("form", class_="choosing__times")
    change(app, "cusco", status=status)
    data = {field["name"]: field.get("value") for field in form.all("input")}
    again = client.post(form["action"], {**data, "start": form.all("button")[0]["value"]}, status=409)
    assert words in again.one(role="alert").text


def test_a_booking_before_the_opening_day_is_refused_with_the_day(
    client: PageClient, app: Flask, world: World
) -> None:
    page = client.get("/es/oficinas/cusco/cita?service=apostille&day=2026-11-30")
    form = page.one("form", class_="choosing__times")
    change(app, "cusco", opens_on=date(2026, 12, 2))
    data = {field["name"]: field.get("value") for field in form.all("input")}
    again = client.post(form["action"], {**data, "start": form.all("button")[0]["value"]}, status=409)
    assert "abre el miércoles 2 de diciembre" in again.one(role="alert").text


@pytest.mark.parametrize(("typed", "slug"), [("cuzco", "cusco"), ("oficina-tacna", None), ("tacma", "tacna")])
def test_an_unknown_office_suggests_the_likely_one(
    client: PageClient, world: World, typed: str, slug: str | None
) -> None:
    page = client.get(f"/es/oficinas/{typed}", status=404)
    assert ("Quizá busca" in page.text) == (slug is not None)
    if slug:
        assert page.one(class_="lead").all("a")[0]["href"] == f"/es/oficinas/{slug}"


def test_every_group_of_facts_says_when_it_was_confirmed_and_leads_to_its_source(
    client: PageClient, app: Flask, world: World
) -> None:
    with app.app_context(), transaction() as session:
        session.add(
            OpeningHours(
                office_id=world.offices["cusco"],
                weekday=0,
                opens=time(9),
                closes=time(13),
                source_code=SOURCE,
                confirmed_on=None,
            )
        )
        session.execute(update(Offer).values(confirmed_on="2026-06-12"))
    page = client.get("/es/oficinas/cusco")
    lines = [line.text for line in page.all(class_="whence")]
    assert "Confirmado: noviembre de 2026" not in lines[0]  # the day is known there
    assert any("1 de noviembre de 2026" in line for line in lines)
    assert any("Sin fecha de confirmación: confirme antes de viajar" in line for line in lines)
    assert any("12 de junio de 2026" in line for line in lines)
    targets = {line.one("a")["href"] for line in page.all(class_="whence")}
    assert targets == {f"#source-{SOURCE}"}
    assert "Invented for the tests" in page.one("li", id=f"source-{SOURCE}").text


def test_what_nobody_published_is_said(client: PageClient, world: World) -> None:
    facts = client.get("/es/oficinas/ancash").one("section", class_="office__reach").text
    assert "No publicada" in facts  # the address
    assert facts.count("Ninguno publicado") == 2  # telephone, e-mail
    assert "No se sabe" in facts


def test_machines_are_told_what_is_known_and_nothing_else(
    client: PageClient, app: Flask, world: World
) -> None:
    change(app, "cusco", name="Cusco </script><b>&", phone="(084) 22", location_precision="address")
    with app.app_context(), transaction() as session:
        session.add(
            OpeningHours(
                office_id=world.offices["cusco"],
                weekday=0,
                opens=time(9),
                closes=time(13),
                source_code=SOURCE,
            )
        )
    page = client.get("/es/oficinas/cusco")
    said = told(page)
    assert said["@type"] == "GovernmentOffice"
    assert said["name"] == "Cusco </script><b>&"
    assert "</script><b>" not in page.html
    assert said["telephone"] == "(084) 22"
    assert said["geo"]["latitude"] == pytest.approx(-13.5226)
    assert said["openingHoursSpecification"][0]["dayOfWeek"] == "https://schema.org/Monday"
    assert said["openingHoursSpecification"][0]["opens"] == "09:00"
    assert {offer["itemOffered"]["name"] for offer in said["makesOffer"]} == {"Apostille", "Legalisation"}
    assert "email" not in said
    assert "amenityFeature" not in said
    tacna = told(client.get("/es/oficinas/tacna"))
    assert "geo" not in tacna  # the town's middle is not the door
    assert "openingHoursSpecification" not in tacna
    ancash = told(client.get("/es/oficinas/ancash"))
    assert "makesOffer" not in ancash
    assert ancash["address"] == {
        "@type": "PostalAddress",
        "addressRegion": "Áncash",
        "addressCountry": "PE",
    }


@on_both_databases
def test_the_page_costs_the_same_whatever_it_shows(
    client: PageClient, app: Flask, world: World, count_statements
) -> None:
    with count_statements() as open_:
        client.get("/es/oficinas/cusco")
    assert len(open_) == 7, open_
    with count_statements() as announced:
        client.get("/es/oficinas/ancash")
    assert len(announced) == 8, announced
