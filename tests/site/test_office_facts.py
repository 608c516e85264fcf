"""The page of one office as people read it: address, hours, what to bring; unknown offices; what it costs."""

from datetime import date, time

import pytest
from flask import Flask

from consular.foundation.database import transaction
from consular.offices.models import OpeningHours
from tests.databases import on_both_databases
from tests.factories import SOURCE, World
from tests.page_client import PageClient
from tests.site.test_office_page import change


def test_the_page_of_an_office(app: Flask, client: PageClient, world: World) -> None:
    change(app, "cusco", languages=["es", "quz"], step_free="yes", email="cusco@example.pe")
    page = client.get("/es/oficinas/cusco?service=apostille")
    assert page.heading == "Cusco"
    assert "Plaza de Armas 100, Cusco" in page.text
    assert page.one(class_="office__when").text == "hoy, lunes 30 de noviembre, 9:00 a. m."
    assert page.link("Pedir cita") == "/es/oficinas/cusco/cita?service=apostille&day=2026-11-30"
    assert "español, quechua" in page.text
    assert "El punto del mapa es la ciudad, no la puerta." in page.text
    assert "Horario no publicado: confirme antes de viajar" in page.text
    assert "Invented for the tests" in page.text
    assert "Confirmado: 1 de noviembre de 2026" in page.text
    assert page.one("details", open="").one("h3").text == "Qué traer"


def test_hours_show_their_midday_break_and_whether_it_is_open(
    app: Flask, client: PageClient, world: World
) -> None:
    with app.app_context(), transaction() as session:
        for opens, closes in ((6, 13), (15, 18)):
            session.add(
                OpeningHours(
                    office_id=world.offices["cusco"],
                    weekday=0,
                    opens=time(opens),
                    closes=time(closes),
                    source_code=SOURCE,
                    confirmed_on="2026-06",
                )
            )
    page = client.get("/es/oficinas/cusco")
    assert "Abierta hoy hasta las 1 p. m." in page.text
    assert "6 a. m. – 1 p. m." in page.text
    assert "3 p. m. – 6 p. m." in page.text
    assert "Confirmado: junio de 2026" in page.text


def test_an_announced_office_gives_no_appointment(client: PageClient, world: World) -> None:
    page = client.get("/es/oficinas/ancash")
    assert page.heading == "Áncash"
    assert "Anunciada; todavía sin fecha de apertura" in page.text
    assert not [link for link in page.all("a") if "/ancash/cita" in link["href"]]


def test_an_office_that_opens_soon_says_when_and_can_be_booked_for_then(
    app: Flask, client: PageClient, world: World
) -> None:
    change(app, "cusco", opens_on=date(2026, 12, 10))
    assert "Abre el jueves 10 de diciembre" in client.get("/es/oficinas/cusco").text
    assert "Abre el jueves 10 de diciembre" in client.get("/es/oficinas").text
    cusco = next(each for each in client.get("/es").all("li") if each.get("data-name") == "Cusco")
    assert (cusco["data-tag"], cusco["data-status"]) == ("nueva", "announced")


def test_a_suspended_and_a_closed_office_say_so(app: Flask, client: PageClient, world: World) -> None:
    change(app, "tacna", status="suspended")
    assert "Sin atención por ahora" in client.get("/es/oficinas/tacna").text
    change(app, "tacna", status="closed", successor_id=world.offices["cusco"])
    page = client.get("/es/oficinas/tacna")
    assert page.link("Ver Cusco") == "/es/oficinas/cusco"
    assert not [link for link in page.all("a") if "/tacna/cita" in link["href"]]


def test_a_service_that_the_page_does_not_know_is_ignored(client: PageClient, world: World) -> None:
    assert client.get("/es/oficinas/cusco?service=visa").heading == "Cusco"


@pytest.mark.parametrize("slug", ["lima", "CUSCO", "9" * 400, "cusco'--", "%C3%A1ncash", "%ED%A0%80"])
def test_an_unknown_office_is_a_page_with_all_of_them(client: PageClient, world: World, slug: str) -> None:
    page = client.get(f"/es/oficinas/{slug}", status=404)
    assert page.heading == "No existe esa oficina"
    assert page.link("Cusco") == "/es/oficinas/cusco"


@on_both_databases
def test_the_page_of_an_office_takes_a_fixed_number_of_statements(
    client: PageClient, world: World, count_statements
) -> None:
    with count_statements() as statements:
        client.get("/es/oficinas/cusco?service=apostille")
    assert len(statements) == 7, statements


def test_an_office_without_contact_says_so_and_names_the_headquarters_published_one(
    app: Flask, client: PageClient, world: World
) -> None:
    change(app, "cusco", address=None)
    page = client.get("/es/oficinas/cusco")
    assert "Dirección no publicada." in page.one("address").text
    assert page.link("Cómo preguntar") == "#reach"
    reach = page.one("section", class_="office__reach")
    assert "Esta oficina no publica teléfono ni correo." in reach.text
    assert "sede central" not in reach.text, "none that publishes a contact is known"
    change(app, "tacna", kind="headquarters", name="Sede", phone="(01) 204-2400")
    reach = client.get("/es/oficinas/cusco").one("section", class_="office__reach")
    # One text beside its mark: each link of it would be a column of its own, and the page wider than a phone.
    words = reach.all("p", class_="state")[-1].one("span").text
    assert "Para la sede central, Sede, sí se publica: (01) 204-2400" in words
    change(app, "cusco", email="cusco@example.pe")
    assert "no publica teléfono" not in client.get("/es/oficinas/cusco").text


def test_the_headquarters_do_not_send_to_themselves(app: Flask, client: PageClient, world: World) -> None:
    change(app, "tacna", kind="headquarters", name="Sede", phone=None, email=None)
    assert "Esta oficina no publica teléfono ni correo." in client.get("/es/oficinas/tacna").text
