"""The ranked list: its orders, what a row says of what is known and what is not, and its filters."""

from datetime import UTC, datetime, time

import pytest
from flask import Flask

from consular.foundation.database import transaction
from consular.offices.models import OpeningHours
from tests.factories import SOURCE, World
from tests.page_client import PageClient
from tests.site.finding import change, fill, names, offer_of, rows


def test_within_reach_is_the_order_when_both_are_asked(app: Flask, client: PageClient, places: World) -> None:
    page = client.get("/es/oficinas?near=Cusco&service=apostille")
    assert page.one(class_="sorts").one("span").text == "Conviene"
    assert names(page) == ["Cusco", "Tacna"]
    assert page.one(class_="rows__rest").text.startswith("Las demás")  # Tacna is farther on the same day
    fill(app, places, "cusco", until=datetime(2026, 12, 2, tzinfo=UTC))
    page = client.get("/es/oficinas?near=Cusco&service=apostille")
    assert names(page) == ["Cusco", "Tacna"]  # neither beats the other now
    assert page.all(class_="rows__rest") == []
    fill(app, places, "cusco")
    page = client.get("/es/oficinas?near=Cusco&service=apostille")
    assert names(page) == ["Tacna", "Cusco"]
    assert "Sin cupos hasta el viernes 29 de enero" in rows(page)[1].text
    nearest = client.get(page.link("Más cerca"))
    assert names(nearest) == ["Cusco", "Tacna"]


def test_a_row_says_what_is_known_and_what_is_not(app: Flask, client: PageClient, places: World) -> None:
    change(app, "tacna", step_free="yes")
    row = rows(client.get("/es/oficinas?near=Cusco&service=apostille"))[0]
    for words in ("en la misma ciudad", "Idiomas: español", "Sin confirmar: acceso sin gradas"):
        assert words in row.text
    with app.app_context(), transaction() as session:
        for opens, closes in ((time(9), time(13)), (time(15), time(18))):
            session.add(
                OpeningHours(
                    office_id=places.offices["cusco"],
                    weekday=0,
                    opens=opens,
                    closes=closes,
                    source_code=SOURCE,
                    confirmed_on="2026-11",
                )
            )
    change(app, "cusco", step_free="yes", languages=None, location_precision="address")
    row = rows(client.get("/es/oficinas?near=Cusco&service=apostille"))[0]
    for words in ("Abre hoy a las 9 a. m.", "Acceso sin gradas", "Sin confirmar: idiomas"):
        assert words in row.text
    assert "centro de la ciudad" not in row.text
    assert len(row.all("a")) == 1


def test_attendance_that_nobody_knows_is_to_be_confirmed(
    app: Flask, client: PageClient, places: World
) -> None:
    offer_of(app, "cusco", "apostille", attendance="unknown")
    listed = rows(client.get("/es/oficinas?near=Cusco&service=apostille"))
    assert ["Confirme antes de viajar" in row.text for row in listed] == [True, False]


def test_a_walk_in_office_says_when_it_attends(app: Flask, client: PageClient, places: World) -> None:
    fill(app, places, "cusco")
    offer_of(app, "cusco", "apostille", attendance="walk-in")
    with app.app_context(), transaction() as session:
        hours = {"weekday": 1, "opens": time(9), "closes": time(13)}
        session.add(
            OpeningHours(
                office_id=places.offices["cusco"], source_code=SOURCE, confirmed_on="2026-11", **hours
            )
        )
    listed = rows(client.get("/es/oficinas?near=Cusco&service=apostille"))
    assert "Sin cita: vaya en el horario de atención Atiende: mar 1 dic, 9:00 a. m." in listed[0].text


@pytest.mark.parametrize(
    ("query", "left", "chip"),
    [
        ("spoken=qu", ["Tacna"], "En quechua"),
        ("kind=service-centre", ["Tacna"], "Centro de atención MAC"),
        ("step_free=1", ["Cusco"], "Sin gradas"),
        ("from=2026-12-03", ["Cusco", "Tacna"], "Desde el jueves 3 de diciembre"),
        (
            "from=2026-12-03&to=2026-12-04",
            ["Cusco", "Tacna"],
            "Del jueves 3 al viernes 4 de diciembre",
        ),
    ],
)
def test_a_filter_is_shown_and_can_be_taken_off(
    app: Flask, client: PageClient, places: World, query: str, left: list[str], chip: str
) -> None:
    change(app, "tacna", kind="service-centre", languages=None, step_free="no")
    page = client.get(f"/es/oficinas?near=Cusco&service=apostille&{query}")
    named = ["Tacna" if name.startswith("Tacna") else name for name in names(page)]
    assert named == left
    filters = page.one(class_="filters")
    assert chip in filters.text
    off = client.get(filters.one("a")["href"])
    assert off.all(class_="filters") == []
    assert len(rows(off)) == 2


def test_days_show_the_first_place_within_them(client: PageClient, places: World) -> None:
    page = client.get("/es/oficinas?near=Cusco&service=apostille&from=2026-12-03&to=2026-12-04")
    assert "Primer cupo esos días: jue 3 dic, 9:00 a. m." in rows(page)[0].text


def test_an_empty_answer_says_which_filter_to_loosen(app: Flask, client: PageClient, places: World) -> None:
    page = client.get("/es/oficinas?near=Cusco&service=apostille&kind=headquarters&spoken=es")
    assert "Ninguna oficina cumple estos filtros" in page.text
    # Spanish is spoken everywhere here: only the other filter stands in the way.
    assert "Buscar sin «Sede central»" in page.text
    assert "Buscar sin «En español»" not in page.text
    assert len(rows(client.get(page.link("Buscar sin «Sede central»")))) == 2
    page = client.get("/es/oficinas?near=Cusco&service=apostille&from=2027-03-01")
    assert "Ninguna oficina cercana tiene cupos esos días" in page.text
    assert "El calendario está abierto hasta el viernes 29 de enero" in page.text
    assert "Desde el lunes 1 de marzo de 2027" in page.one(class_="filters").text
    assert len(rows(client.get(page.link("Buscar en cualquier fecha")))) == 2


@pytest.mark.parametrize(
    ("query", "chip"),
    [
        ("from=2026-12-01&to=2026-12-04", "Del martes 1 al viernes 4 de diciembre"),
        ("from=2026-12-01&to=2026-12-01", "El martes 1 de diciembre"),
        ("from=2026-12-31&to=2027-01-02", "Del jueves 31 de diciembre de 2026 al sábado 2 de enero de 2027"),
        ("from=2027-11-30&to=2027-12-02", "Del martes 30 de noviembre al jueves 2 de diciembre de 2027"),
        ("to=2026-12-04", "Hasta el viernes 4 de diciembre"),
        ("to=2027-01-04", "Hasta el lunes 4 de enero de 2027"),
    ],
)
def test_days_are_said_with_the_year_when_it_is_not_this_one(
    client: PageClient, places: World, query: str, chip: str
) -> None:
    filters = client.get(f"/es/oficinas?near=Cusco&service=apostille&{query}").one(class_="filters")
    assert chip in filters.text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=ma%C3%B1ana", "Escriba el día como año-mes-día"),
        ("to=2026-02-30", "Escriba el día como año-mes-día"),
        ("from=2026-12-04&to=2026-12-03", "El último día es anterior al primero"),
        ("spoken=klingon", "Elija un idioma de la lista"),
        ("kind=bakery", "Elija un tipo de oficina de la lista"),
    ],
)
def test_a_filter_that_makes_no_sense_is_told_and_nothing_is_lost(
    client: PageClient, places: World, query: str, words: str
) -> None:
    page = client.get(f"/es/oficinas?near=Cusco&service=apostille&{query}", status=422)
    assert words in page.one(class_="govuk-error-summary").text
    form = page.form(action="/es/oficinas")
    assert form.one("input", name="near")["value"] == "Cusco"


def test_when_nobody_has_a_place_the_page_says_until_when(
    app: Flask, client: PageClient, places: World
) -> None:
    fill(app, places, "cusco")
    fill(app, places, "tacna")
    page = client.get("/es/oficinas?near=Cusco&service=apostille")
    assert "Ninguna de estas oficinas tiene cupos hasta el viernes 29 de enero" in page.text


def test_what_no_row_confirms_is_said_once(app: Flask, client: PageClient, places: World) -> None:
    change(app, "cusco", languages=["es"], step_free="unknown")
    change(app, "tacna", languages=None, step_free="unknown")
    page = client.get("/es/oficinas?near=Cusco&service=apostille")
    assert "Sin confirmar en ninguna de estas oficinas: horario, acceso sin gradas." in page.text
    cusco, tacna = rows(page)
    assert "Sin confirmar" not in cusco.text
    assert "Sin confirmar: idiomas" in tacna.text
    assert "horario" not in tacna.text


def test_between_two_middles_of_towns_no_metres_are_said(
    app: Flask, client: PageClient, places: World
) -> None:
    def near(place: str) -> str:
        return rows(client.get(f"/es/oficinas?near={place}&service=apostille"))[0].text

    assert "en la misma ciudad" in near("Cusco")
    assert "menos de 1 km" not in near("Cusco")
    assert "menos de 1 km" in near("-13.53,-71.97"), "where the person stands is known"
    assert "distancia al centro de la ciudad" in near("-13.53,-71.97")
    change(app, "cusco", location_precision="district")
    assert "en el mismo distrito" in near("Cusco")
    change(app, "cusco", location_precision="address")
    assert "menos de 1 km" in near("Cusco")
