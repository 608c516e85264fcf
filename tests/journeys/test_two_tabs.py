"""What people do with browsers: two tabs, Back, reload, two clicks, and a form that was left open for too long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select, update

from consular.appointments.models import Appointment
from consular.foundation import clock
from consular.foundation.database import FAR_FUTURE, db, transaction
from consular.offices.models import Office
from consular.schedule.models import Seat
from tests.journeys.steps import WORDS, choose_day, choose_time, fill_details, go_on, reference
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]
ES = WORDS["es"]
DONE = "Su cita está confirmada"
CHECK = "Revise antes de confirmar"


def appointments(ministry: Flask) -> int:
    with ministry.app_context():
        return db.session.scalar(select(func.count()).select_from(Appointment)) or 0


def to_the_check(citizen: Visitor, document: str, *, last: bool = False) -> None:
    """From the calendar to the last page before the appointment."""
    citizen.go(ES.calendar("tacna"))
    choose_day(citizen)
    choose_time(citizen, last=last)
    fill_details(citizen, document)
    go_on(citizen)
    assert citizen.heading == CHECK


@contextmanager
def lost_while_waiting(ministry: Flask) -> Iterator[None]:
    """The time that was kept ran out, and somebody else took it and all the others."""
    with ministry.app_context(), transaction():
        tacna = db.session.scalars(select(Office.id).where(Office.slug == "tacna")).one()
        open_seats = update(Seat).where(Seat.office_id == tacna, Seat.appointment_id.is_(None))
        later = FAR_FUTURE - timedelta(days=400)
        db.session.execute(open_seats.values(hold="somebody-quicker", free_from=later))
    try:
        yield
    finally:
        with ministry.app_context(), transaction():
            theirs = update(Seat).where(Seat.hold == "somebody-quicker")
            db.session.execute(theirs.values(hold=None, free_from=clock.now()))


def test_two_clicks_are_one_appointment(visit: Visit, ministry: Flask) -> None:
    citizen, before = visit(), appointments(ministry)
    to_the_check(citizen, "70809101")
    citizen.leads(lambda: citizen.page.get_by_role("button", name="Confirmar la cita").dblclick())
    citizen.page.wait_for_load_state("networkidle")
    assert citizen.heading == DONE
    assert appointments(ministry) == before + 1


def test_back_and_reload_after_it_is_done_change_nothing(visit: Visit, ministry: Flask) -> None:
    citizen, before = visit(), appointments(ministry)
    to_the_check(citizen, "70809102")
    go_on(citizen)
    code = reference(citizen)
    citizen.leads(lambda: citizen.page.reload())
    assert reference(citizen) == code
    citizen.page.go_back(wait_until="load")
    if citizen.heading == CHECK:  # shown from the browser's own memory, and pressed once more
        go_on(citizen)
    assert (citizen.heading, reference(citizen)) == (DONE, code)
    citizen.go(f"{ES.offices}/tacna/{ES.visit}/revisar", status=400)  # an address without its time says so
    assert appointments(ministry) == before + 1


def test_two_tabs_are_one_appointment_for_one_person(visit: Visit, ministry: Flask) -> None:
    """Each tab keeps a time; the one that is confirmed first counts, and the other says how things are."""
    first, before = visit(), appointments(ministry)
    second = Visitor(first.context)
    to_the_check(first, "70809103")
    to_the_check(second, "70809103", last=True)
    go_on(second)
    assert second.heading == DONE
    code = reference(second)
    go_on(first)
    assert first.heading == "¿Quién viene?", "the draft was used up by the other tab"
    assert "acaba de sacar una cita" in first.page.locator("main").inner_text()
    assert code in (first.page.get_by_role("link", name="Ver esa cita").get_attribute("href") or "")
    fill_details(first, "70809103")
    go_on(first)
    go_on(first, status=409)
    assert "ya tiene" in first.page.locator("main").inner_text().lower()
    assert second.complaints == []
    assert appointments(ministry) == before + 1
    assert reference(second) == code


def test_a_form_left_open_until_the_time_was_taken(visit: Visit, ministry: Flask) -> None:
    """The calendar again, with the reason; when there is room, what was typed is still there."""
    citizen, before = visit(), appointments(ministry)
    to_the_check(citizen, "70809104")
    with lost_while_waiting(ministry):
        go_on(citizen, status=410)
        said = citizen.page.locator("main").inner_text()
        assert "Era la última" in said
        assert "Elija otra" not in said
        assert appointments(ministry) == before
    citizen.go(ES.calendar("tacna"))
    choose_day(citizen)
    choose_time(citizen)
    assert citizen.page.locator("[name=document_number]").input_value() == "70809104"
    assert citizen.page.locator("[name=given_names]").input_value() == "Rosa María"
    go_on(citizen)
    go_on(citizen)
    assert citizen.heading == DONE
    assert appointments(ministry) == before + 1


def test_a_form_of_another_session_is_shown_again(visit: Visit) -> None:
    """Cookies were deleted while the form was open."""
    citizen = visit()
    citizen.go(ES.calendar("cusco"))
    choose_day(citizen)
    # Neither the first nor the last: the place that is kept for the lost cookie must not be the only one.
    citizen.leads(lambda: citizen.page.locator("button.time").nth(6).click())
    fill_details(citizen, "70809105")
    citizen.context.clear_cookies()
    go_on(citizen, status=400)
    assert citizen.page.locator("[name=document_number]").input_value() == "70809105"
    go_on(citizen)
    assert citizen.heading == CHECK
