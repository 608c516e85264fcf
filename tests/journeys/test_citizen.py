"""A citizen finds an office, books, finds the appointment again, moves it and cancels it, on a phone in Spanish."""

from collections.abc import Callable

import pytest

from tests.journeys.steps import WORDS, choose_day, choose_time, fill_details, find, go_on, reference, search
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
SERVICE = "Apostilla o legalización de un documento peruano"
DNI = {True: "70809011", False: "70809022"}  # a person each, with and without JavaScript


def stands(visitor: Visitor, heading: str) -> None:
    """The page is the one that was wanted, fits the phone, and its title says the same."""
    assert visitor.heading == heading
    assert heading in visitor.page.title()
    assert visitor.too_wide() == []


def find_an_office(citizen: Visitor) -> None:
    citizen.go("/es")
    stands(citizen, "Su oficina consular más cercana")
    search(citizen, "pisac")
    stands(citizen, f"{SERVICE} cerca de Pisac, Cusco")
    assert citizen.page.locator(".row__link").first.inner_text() == "Cusco"
    citizen.leads(lambda: citizen.page.locator(".row__link").first.click())
    stands(citizen, "Cusco")


def take_a_time(citizen: Visitor, document: str, *, scripts: bool) -> None:
    citizen.press("Pedir cita", role="link")
    stands(citizen, "Elija una hora")
    assert citizen.page.locator("a.day[aria-current], button.time").count() > 1  # the first free day, chosen
    citizen.leads(lambda: citizen.page.locator("a.turn--on").click())
    stands(citizen, "Elija un día")
    choose_day(citizen, turn=False)
    stands(citizen, "Elija una hora")
    assert citizen.focused == "times"
    choose_time(citizen)
    stands(citizen, "¿Quién viene?")
    citizen.press("Continuar", status=422)
    stands(citizen, "¿Quién viene?")
    assert citizen.page.title().startswith("Error: ")
    if scripts:
        assert citizen.focused.startswith("Revise lo siguiente")
    fill_details(citizen, document)
    citizen.press("Continuar")
    stands(citizen, "Revise antes de confirmar")
    assert document in citizen.page.locator("main").inner_text()
    citizen.press("Confirmar la cita")
    stands(citizen, "Su cita está confirmada")


def come_back(citizen: Visitor, code: str, document: str) -> None:
    """On another day, on a phone that has forgotten."""
    citizen.press("Cerrar esta cita en este equipo")
    citizen.go(f"/es/mi-cita/{code}")
    assert citizen.heading == "Buscar mi cita"
    find(citizen, WORDS["es"], code, "70809099", status=404)
    stands(citizen, "Buscar mi cita")
    find(citizen, WORDS["es"], code, document)
    stands(citizen, "Su cita está confirmada")


def move_and_cancel(citizen: Visitor, code: str) -> None:
    before = citizen.page.locator(".pass__day").inner_text(), citizen.page.locator(".pass__hour").inner_text()
    citizen.press("Cambiarla a otra hora", role="link")
    stands(citizen, "Elija la nueva hora")  # of the first free day, chosen
    choose_time(citizen, last=True)
    stands(citizen, "¿Cambiar la cita?")
    go_on(citizen)
    stands(citizen, "Su cita está confirmada")
    after = citizen.page.locator(".pass__day").inner_text(), citizen.page.locator(".pass__hour").inner_text()
    assert after != before
    assert reference(citizen) == code
    citizen.press("Cancelarla", role="link")
    stands(citizen, "¿Cancelar esta cita?")
    citizen.press("Cancelar la cita")
    stands(citizen, "Su cita está cancelada")


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_the_citizens_journey(visit: Visit, scripts: bool) -> None:
    citizen = visit(java_script_enabled=scripts)
    find_an_office(citizen)
    take_a_time(citizen, DNI[scripts], scripts=scripts)
    code = reference(citizen)
    come_back(citizen, code, DNI[scripts])
    move_and_cancel(citizen, code)
    assert reference(citizen) == code
