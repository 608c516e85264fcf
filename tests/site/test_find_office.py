"""Finding an office: the list and the page say exactly what is known, in few statements, whatever is typed."""

from datetime import date
from urllib.parse import quote

import pytest
from flask import Flask

from consular.foundation.database import transaction
from consular.offices.models import Office
from consular.schedule import known_free
from consular.schedule.models import Seat
from consular.web.kept_answers import install_kept_answers
from tests.databases import on_both_databases
from tests.factories import World, make_offer, make_office, make_service
from tests.page_client import PageClient
from tests.site.finding import change, names, offer_of, rows

# --- Home -----------------------------------------------------------------------------------------


def test_home_asks_two_questions_and_lists_every_office(client: PageClient, places: World) -> None:
    page = client.get("/es")
    assert page.heading == "Su oficina consular más cercana"
    listed = page.one(id="all-offices")
    assert [link["href"] for link in listed.all("a")] == [
        "/es/oficinas/ancash",
        "/es/oficinas/cusco",
        "/es/oficinas/tacna",
    ]
    assert "Anunciada; todavía sin fecha de apertura" in listed.text


def test_the_form_leads_to_the_list(client: PageClient, places: World) -> None:
    form = client.get("/es").form(action="/es/oficinas")
    page = client.submit(form, {"service": "apostille", "near": "Caraz"}, status=200)
    assert page.heading == "Apostille cerca de Caraz, Áncash"


# --- The list -------------------------------------------------------------------------------------


def test_the_nearest_comes_first_with_its_distance_and_next_place(client: PageClient, places: World) -> None:
    page = client.get("/es/oficinas?near=San+Sebasti%C3%A1n&service=apostille")
    assert names(page) == ["Cusco", "Tacna"]
    cusco = rows(page)[0]
    assert cusco.one(class_="row__far").text == "4.1 km"
    # The clock stands at 7:00 with an hour's lead, and the office opens at 9:00.
    assert "Próximo cupo: hoy, lun 30 nov, 9:00 a. m." in cusco.text
    assert cusco.one("a")["href"] == "/es/oficinas/cusco?service=apostille"


def test_the_list_and_the_map_have_the_same_numbers(client: PageClient, places: World) -> None:
    page = client.get("/es/oficinas?near=Caraz")
    assert [row["data-number"] for row in rows(page)] == ["1", "2"]
    assert [row.one(class_="row__number").text for row in rows(page)] == ["1", "2"]
    holder = page.one(class_="map")
    assert holder["data-origin"] == "-9.05,-77.81"
    assert all(float(row["data-lat"]) < 0 for row in rows(page))


def test_an_announced_office_is_shown_beside_never_as_the_answer(
    app: Flask, client: PageClient, places: World
) -> None:
    page = client.get("/es/oficinas?near=Caraz&service=apostille")
    assert names(page) == ["Cusco", "Tacna"]
    assert "Anunciada; todavía sin fecha de apertura" in page.one(class_="soon").text
    change(app, "ancash", opens_on=date(2026, 12, 10), city="Huaraz")
    soon = client.get("/es/oficinas?near=Caraz&service=apostille").one(class_="soon")
    assert soon.one("a").text == "Áncash (Huaraz)"
    assert "61 km" in soon.text
    assert "Abre el jueves 10 de diciembre" in soon.text


def test_unknown_is_said_and_no_is_left_out(app: Flask, client: PageClient, places: World) -> None:
    offer_of(app, "cusco", "apostille", offers="unknown")
    offer_of(app, "tacna", "apostille", offers="no")
    page = client.get("/es/oficinas?near=Cusco&service=apostille")
    assert names(page) == ["Cusco"]
    assert "Confirme antes de viajar" in rows(page)[0].text


@pytest.mark.parametrize(
    ("attendance", "words"),
    [
        ("unknown", "Todavía no da citas aquí"),
        ("walk-in", "Sin cita: vaya en el horario de atención"),
        ("appointment", "Sin cupos hasta el viernes 29 de enero"),
    ],
)
def test_an_office_without_places_says_why(
    app: Flask, client: PageClient, places: World, attendance: str, words: str
) -> None:
    with app.app_context(), transaction() as session:
        passport = make_service("passport")
        cusco = session.query(Office).filter_by(slug="cusco").one()
        make_offer(cusco, passport, attendance=attendance)
    page = client.get("/es/oficinas?near=Cusco&service=passport")
    assert words in rows(page)[0].text
    assert "Próximo cupo" not in rows(page)[0].text


def test_soonest_first_keeps_the_rest_of_the_question(app: Flask, client: PageClient, places: World) -> None:
    page = client.get("/es/oficinas?near=Cusco&service=apostille")
    sooner = page.link("Más pronto")
    assert sooner == "/es/oficinas?sort=soonest&service=apostille&near=Cusco"
    assert client.get(sooner).one(class_="sorts").one("span").text == "Más pronto"


def test_an_order_that_nobody_offered_is_distance(client: PageClient, places: World) -> None:
    assert names(client.get("/es/oficinas?near=Cusco&sort=price")) == ["Cusco", "Tacna"]


def test_a_name_that_two_places_have_offers_the_other(client: PageClient, places: World) -> None:
    page = client.get("/es/oficinas?near=San+Sebasti%C3%A1n")
    assert "Hay otros lugares con ese nombre" in page.text
    other = client.get(page.link("San Sebastián, Tacna"))
    assert names(other) == ["Tacna", "Cusco"]


def test_a_misspelt_place_says_what_was_understood(client: PageClient, places: World) -> None:
    page = client.get("/es/oficinas?near=Karas")
    assert "Usted escribió «Karas». Entendimos Caraz, Áncash." in page.text


def test_coordinates_are_your_position(client: PageClient, places: World) -> None:
    page = client.get("/es/oficinas?near=-13.53,-71.97")
    assert page.heading == "Oficinas cerca de su posición"
    assert names(page)[0] == "Cusco"


def test_without_a_place_every_office_is_listed_without_distances(client: PageClient, places: World) -> None:
    page = client.get("/es/oficinas")
    assert page.heading == "Todas las oficinas"
    assert names(page) == ["Cusco", "Tacna"]
    assert page.all(class_="row__far") == []


def test_a_position_with_the_longitude_first_leads_to_the_right_one(
    client: PageClient, places: World
) -> None:
    page = client.get("/es/oficinas?near=-71.97,-13.53&service=apostille", status=404)
    assert "primero la latitud" in page.text
    right = page.one(class_="choices").one("a")
    assert right["href"] == "/es/oficinas?near=-13.53,+-71.97&service=apostille"
    assert names(client.get(right["href"]))[0] == "Cusco"


def test_a_position_far_from_every_office_is_said_in_words(client: PageClient, places: World) -> None:
    page = client.get("/es/oficinas?near=40.4,-3.7")
    assert "queda lejos de todas estas oficinas" in page.text
    assert not page.one(class_="map").get("data-origin")
    assert "lejos de todas" not in client.get("/es/oficinas?near=Cusco").text


def test_when_the_nearest_makes_people_wait_the_soonest_is_named(
    app: Flask, client: PageClient, places: World
) -> None:
    assert client.get("/es/oficinas?near=Cusco&service=apostille&sort=distance").all(class_="sooner") == []
    with app.app_context(), transaction() as session:
        office = session.query(Office).filter_by(slug="cusco").one()
        for seat in session.query(Seat).filter_by(office_id=office.id):
            session.delete(seat)
    page = client.get("/es/oficinas?near=Cusco&service=apostille&sort=distance")
    assert page.one(class_="sooner").text.startswith("Más pronto: Tacna")
    assert ", el lunes 30 de noviembre, a 5" in page.one(class_="sooner").text
    assert page.one(class_="sooner").one("a")["href"] == "/es/oficinas/tacna?service=apostille"
    assert client.get("/es/oficinas?near=Cusco&sort=soonest").all(class_="sooner") == []
    assert client.get("/es/oficinas?service=apostille").all(class_="sooner") == []


def test_what_is_done_online_needs_no_office(app: Flask, client: PageClient, places: World) -> None:
    with app.app_context(), transaction():
        make_service("digital-apostille", bookable=False)
    page = client.get("/es/oficinas?near=Cusco&service=digital-apostille")
    assert "Se hace en línea" in page.text
    assert "Ninguna oficina hace esto en persona" in page.text


def _remember_nothing(app: Flask) -> None:
    install_kept_answers(app)
    with app.app_context():
        known_free.forget()


@on_both_databases
@pytest.mark.parametrize(
    "query", ["near=Caraz&service=apostille", "near=Caraz", "", "near=Caraz&sort=soonest"]
)
def test_the_list_takes_three_statements_and_one_when_nothing_changed(
    app: Flask, client: PageClient, places: World, count_statements, query: str
) -> None:
    client.get(f"/es/oficinas?{query}")  # builds the gazetteer
    _remember_nothing(app)
    with count_statements() as statements:
        client.get(f"/es/oficinas?{query}")
    assert len(statements) == 3, statements
    with count_statements() as statements:
        client.get(f"/es/oficinas?{query}")
    assert len(statements) == 1, statements
    with app.app_context(), transaction():
        for number in range(20):
            make_office(f"office-{number}", f"Office {number}")
    client.get(f"/es/oficinas?{query}")  # reads what was published anew
    _remember_nothing(app)
    with count_statements() as statements:
        client.get(f"/es/oficinas?{query}")
    assert len(statements) == 3, statements


# --- What cannot be searched ----------------------------------------------------------------------


def test_an_unknown_place_keeps_what_was_typed_and_suggests(client: PageClient, places: World) -> None:
    page = client.get("/es/oficinas?near=Cusquito+del+Norte&service=apostille", status=404)
    assert page.heading == "No encontramos ese lugar"
    form = page.form(action="/es/oficinas")
    assert form.one("input", name="near")["value"] == "Cusquito del Norte"
    chosen = [option["value"] for option in form.all("option") if "selected" in option.attributes]
    assert chosen == ["apostille"]
    assert "near" in page.errors


def test_a_suggestion_leads_to_the_list(client: PageClient, places: World) -> None:
    page = client.get("/es/oficinas?near=Karash+x&service=apostille", status=404)
    choices = page.one(class_="choices").all("a")
    assert choices, page.text
    assert names(client.get(choices[0]["href"]))


@pytest.mark.parametrize(
    ("near", "status"),
    [
        ("Xyzzy", 404),
        ("'; DROP TABLE office; --", 404),
        ("<script>alert(1)</script>", 404),
        ("91,0", 422),
        ("0,181", 422),
        ("-999,-999", 422),
        ("x" * 10_000, 422),
        ("a" * 100, 404),
        ("٣٤,٥٦", 404),
        ("\U0001f5ff" * 40, 404),
    ],
)
def test_what_no_place_is_called_is_a_page_that_says_so(
    client: PageClient, places: World, near: str, status: int
) -> None:
    for path in ("/es/oficinas", "/en/offices"):
        page = client.get(f"{path}?near={quote(near)}", status=status)
        assert page.form(action=path).one("input", name="near")["value"] == near
        assert "near" in page.errors


def test_lone_surrogates_and_broken_utf8_are_an_unknown_place(client: PageClient, places: World) -> None:
    for near in ("%ED%A0%80", "%FF%FE", "%C3%28"):
        client.get(f"/es/oficinas?near={near}", status=404)


def test_a_null_character_is_refused(client: PageClient, places: World) -> None:
    client.get("/es/oficinas?near=Cusco%00", status=400)


def test_a_service_that_is_not_in_the_list_is_told_so(client: PageClient, places: World) -> None:
    page = client.get("/es/oficinas?near=Cusco&service=visa", status=422)
    assert page.errors == {"service": "Elija un trámite de la lista: ese no está en ella"}
    assert page.form(action="/es/oficinas").one("input", name="near")["value"] == "Cusco"


def test_blanks_are_no_place(client: PageClient, places: World) -> None:
    assert client.get("/es/oficinas?near=+++").heading == "Todas las oficinas"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_list_is_only_read(app: Flask, world: World, method: str) -> None:
    assert app.test_client().open("/es/oficinas", method=method).status_code == 405


# --- One office -----------------------------------------------------------------------------------
