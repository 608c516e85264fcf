"""Today's list at the desk: groups, buttons, undo, search, other days, and what it costs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from consular.appointments.changing import cancel
from consular.appointments.people import Citizen
from consular.appointments.rules import Policy
from consular.foundation import clock
from consular.foundation.database import transaction
from tests.databases import on_both_databases
from tests.desk.conftest import NINE
from tests.desk.steps import TODAY, booked, buttons, count, group, press, signed_in
from tests.factories import JULIO, ROSA
from tests.page_client import PageClient, filled
from tests.page_tree import Page

TOMORROW = f"{TODAY}?day=2026-12-01"


def citizen(number: str, given_names: str) -> Citizen:
    return replace(ROSA, document_number=number, given_names=given_names, family_names="Flores", email=None)


def search(client: PageClient, sought: str) -> Page:
    form = client.get(TODAY).one("form", role="search")
    return client.submit(form, {"sought": sought}, status=200)


def test_who_comes_is_listed_by_time(mirta, julio, rosa):
    page = mirta.get(TODAY)
    assert page.heading == "Hoy, lunes 30 de noviembre"
    assert group(page, "booked") == ["Rosa María Quispe Ñahui", "Julio Condori Mamani"]
    line = page.one("li", id=rosa)
    assert line.one(class_="person__time").text == "9:00 a. m."
    assert "410" in line.text
    assert rosa in line.text


def test_a_page_shows_no_more_of_a_person_than_it_needs(mirta, rosa):
    page = mirta.get(TODAY)
    assert ROSA.document_number not in page.html
    assert ROSA.email not in page.html
    assert "984000001" not in page.html


@on_both_databases
def test_the_day_of_one_person(mirta, rosa, ten_past_nine):
    """Arrived, to the counter, attended; every step moves the line and the counts."""
    page = mirta.get(TODAY)
    for button, status in (("Llegó", "arrived"), ("A ventanilla", "serving"), ("Atendido", "served")):
        page = mirta.follow(press(mirta, page, rosa, button))
        assert group(page, status) == ["Rosa María Quispe Ñahui"]
        assert [count(page, each) for each in ("booked", "arrived", "serving", "served")].count(1) == 1


def test_every_step_can_be_undone(mirta, rosa, ten_past_nine):
    page = mirta.get(TODAY)
    for button in ("Llegó", "A ventanilla", "Atendido"):
        page = mirta.follow(press(mirta, page, rosa, button))
    for status in ("serving", "arrived", "booked"):
        page = mirta.follow(press(mirta, page, rosa, "Deshacer"))
        assert group(page, status) == ["Rosa María Quispe Ñahui"]
    assert "Deshacer" not in buttons(page, rosa)


def test_somebody_who_did_not_come_may_still_come(mirta, rosa, julio, ten_past_nine):
    page = mirta.get(TODAY)
    assert "No vino" not in buttons(page, julio)  # nobody is absent before their time
    page = mirta.follow(press(mirta, page, rosa, "No vino"))
    assert group(page, "no_show") == ["Rosa María Quispe Ñahui"]
    assert group(mirta.follow(press(mirta, page, rosa, "Llegó")), "arrived") == ["Rosa María Quispe Ñahui"]


def test_after_a_button_the_page_says_what_happened_and_offers_to_undo(mirta, rosa, ten_past_nine):
    answer = press(mirta, mirta.get(TODAY), rosa, "Llegó")
    assert answer.response.headers["Location"].endswith(f"#{rosa}")
    page = mirta.follow(answer)
    notice = page.one(role="status")
    assert notice.text.startswith("Rosa María Quispe Ñahui : ahora en «Esperando».")
    (undo,) = notice.all("button")
    form = page.form(id=undo["form"])
    mirta.post(form["action"], {**filled(form), "mark": undo["value"]}, status=303)
    assert group(mirta.get(TODAY), "booked") == ["Rosa María Quispe Ñahui"]


def test_pressing_twice_is_pressing_once(mirta, rosa, ten_past_nine):
    page = mirta.get(TODAY)
    press(mirta, page, rosa, "Llegó")
    press(mirta, page, rosa, "Llegó")
    assert group(mirta.get(TODAY), "arrived") == ["Rosa María Quispe Ñahui"]


def test_a_button_of_an_old_page_is_refused_in_words(app, mirta, rosa, ten_past_nine):
    old = mirta.get(TODAY)
    colleague = signed_in(app, "ines")
    page = colleague.follow(press(colleague, colleague.get(TODAY), rosa, "Llegó"))
    colleague.follow(press(colleague, page, rosa, "A ventanilla"))
    refused = press(mirta, old, rosa, "No vino", status=409)
    assert "En ventanilla" in refused.one(role="alert").text
    assert group(refused, "serving") == ["Rosa María Quispe Ñahui"]


def test_an_appointment_that_was_cancelled_meanwhile_is_refused_in_words(app, mirta, rosa):
    page = mirta.get(TODAY)
    with app.app_context(), transaction():
        cancel(rosa, policy=Policy(), actor="citizen")
    refused = press(mirta, page, rosa, "Llegó", status=404)
    assert refused.one(role="alert").text
    assert rosa not in refused.html


@on_both_databases
def test_preferential_people_are_called_first(app, mirta, rosa, julio, ten_past_nine):
    elena = booked(app, citizen("40000001", "Elena"), NINE + timedelta(minutes=75), preferential=True)
    page = mirta.get(TODAY)
    for reference in (julio, rosa, elena):
        page = mirta.follow(press(mirta, page, reference, "Llegó"))
    assert group(page, "arrived") == ["Elena Flores", "Rosa María Quispe Ñahui", "Julio Condori Mamani"]
    assert "Preferente" in page.one("li", id=elena).text
    (call,) = [button for button in page.all("button") if button.text.startswith("Llamar al siguiente")]
    form = page.form(id="marks")
    page = mirta.follow(mirta.post(form["action"], {**filled(form), "mark": call["value"]}, status=303))
    assert group(page, "serving") == ["Elena Flores"]


def test_how_long_somebody_waits(mirta, rosa, ten_past_nine):
    press(mirta, mirta.get(TODAY), rosa, "Llegó")
    with clock.stopped(ten_past_nine + timedelta(minutes=7, seconds=50)):
        assert "7 min" in mirta.get(TODAY).one("li", id=rosa).text


def test_a_later_day_is_shown_without_buttons(app, mirta, world):
    reference = booked(app, ROSA, NINE + timedelta(days=1))
    assert "No hay citas" in mirta.get(TODAY).one("main").text
    page = mirta.get(TOMORROW)
    assert page.heading == "Martes 1 de diciembre de 2026"
    assert group(page, "booked") == ["Rosa María Quispe Ñahui"]
    assert buttons(page, reference) == []
    form = page.form(id="marks")
    sent = {**filled(form), "mark": f"arrived {reference}"}
    assert mirta.post(form["action"], sent, status=409).one(role="alert").text
    assert group(mirta.get(TOMORROW), "booked") == ["Rosa María Quispe Ñahui"]


def test_the_day_is_the_offices_not_the_servers(app, rosa):
    late_evening = datetime(2026, 12, 1, 4, 30, tzinfo=UTC)  # 23:30 of 30 November in Lima
    with clock.stopped(late_evening):
        page = signed_in(app, "mirta").get(TODAY)
    assert page.heading == "Hoy, lunes 30 de noviembre"
    assert group(page, "booked") == ["Rosa María Quispe Ñahui"]


def test_what_is_no_day_is_said_and_the_present_one_shown(mirta, rosa):
    for day in ["2026-02-30", "mañana", "0001-01-01", "9999-12-31", "20261130T", "1", "x" * 500]:
        page = mirta.get(f"{TODAY}?day={day}", status=404)
        assert page.one(role="alert").text
        assert group(page, "booked") == ["Rosa María Quispe Ñahui"]


def test_an_empty_day_says_so(mirta):
    assert "No hay citas" in mirta.get(TODAY).one("main").text


def test_searching_finds_one_person(mirta, rosa, julio):
    for sought in [
        "quispe",
        "QUISPE rosa",
        "ñahui",
        "nahui",
        "410",
        "10117410",
        "10117410-2",
        "{reference}",
        "{loose}",
        "{link}",
    ]:
        forms = {
            "reference": rosa,
            "loose": rosa.lower().replace("-", " "),
            "link": f"https://citas.example.pe/es/mi-cita/{rosa}?x=1",
        }
        page = search(mirta, sought.format(**forms))
        assert group(page, "booked") == ["Rosa María Quispe Ñahui"], sought
        assert count(page, "booked") == 2  # the heading still counts everybody


def test_searching_may_find_nobody(mirta, rosa, julio):
    for sought in ["zzz", "10", "999", "K7QM-4T3X", "quispe condori", "%", "'; --"]:
        page = search(mirta, sought)
        assert group(page, "booked") == [], sought
        assert sought in page.one(role="status").text


def test_an_empty_search_shows_everybody(mirta, rosa, julio):
    assert len(group(search(mirta, "  "), "booked")) == 2


def test_a_name_that_is_sought_stands_in_no_address(mirta, rosa):
    form = mirta.get(TODAY).one("form", role="search")
    assert form["method"] == "post"


def test_marking_in_a_search_works(mirta, rosa, julio, ten_past_nine):
    page = mirta.follow(press(mirta, search(mirta, rosa), rosa, "Llegó"))
    assert group(page, "arrived") == ["Rosa María Quispe Ñahui"]
    assert group(page, "booked") == ["Julio Condori Mamani"]


def test_a_forged_button_changes_nothing(mirta, rosa):
    for mark in [
        "",
        "arrived",
        "arrived ",
        "arrived K7QM-4T3X",
        "cancelled {rosa}",
        "x" * 500,
        "serving {rosa}",
        "{rosa} arrived",
    ]:
        form = mirta.get(TODAY).form(id="marks")
        answer = mirta.http.post(form["action"], data={**filled(form), "mark": mark.format(rosa=rosa)})
        assert answer.status_code in (404, 409, 422), mark
        assert group(mirta.get(TODAY), "booked") == ["Rosa María Quispe Ñahui"], mark


def test_an_appointment_of_another_office_is_not_ours(app, mirta, world):
    reference = booked(app, JULIO, NINE, office="tacna")
    booked(app, ROSA, NINE)
    form = mirta.get(TODAY).form(id="marks")
    mirta.post(form["action"], {**filled(form), "mark": f"arrived {reference}"}, status=404)
    omar = signed_in(app, "omar")
    assert group(omar.get("/desk/offices/tacna/today"), "booked") == ["Julio Condori Mamani"]


@pytest.mark.parametrize(("name", "budget"), [("mirta", 4), ("ines", 5)])
def test_the_page_costs_the_same_for_any_number_of_people(app, world, rosa, count_statements, name, budget):
    staff = signed_in(app, name)
    with count_statements() as few:
        staff.get(TODAY)
    for n in range(12):
        booked(app, citizen(f"410000{n:02d}", "Elena"), NINE + timedelta(minutes=15 * (1 + n % 6)))
    with count_statements() as many:
        page = staff.get(TODAY)
    assert len(group(page, "booked")) == 13
    assert len(few) == len(many) == budget, many
