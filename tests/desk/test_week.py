"""The week at the desk: seats of each slot, more and fewer, never a taken one, never from an old page."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from consular.appointments.booking import book
from consular.appointments.holding import hold_places
from consular.appointments.rules import Policy
from consular.audit.models import JournalEntry
from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.schedule.claiming import SlotTaken
from tests.databases import on_both_databases
from tests.desk.conftest import NINE
from tests.desk.steps import WEEK, booked, signed_in
from tests.factories import JULIO, ROSA
from tests.page_client import PageClient, filled
from tests.page_tree import Element, Page


def cell(page: Page, row: str, column: int) -> Element:
    """The only slot that begins at that time on that day (0 is Monday)."""
    (line,) = [tr for tr in page.one("tbody").all("tr") if tr.one("th").text == row]
    return line.all("td")[column].one("a")


def seats(page: Page, row: str, column: int) -> tuple[int, int, int]:
    """Taken, held and free, as a screen reader says them."""
    words = [word for word in cell(page, row, column).text.split() if word.isdigit()]
    taken, held, free = (int(word) for word in words)
    return taken, held, free


def chosen(client: PageClient, row: str, column: int, monday: str = "2026-11-30") -> Page:
    page = client.get(f"{WEEK}?from={monday}")
    return client.get(cell(page, row, column)["href"].partition("#")[0])


def save(client: PageClient, page: Page, number: str, *, status: int) -> Page:
    """Write a number of seats and press the button."""
    (form,) = [form for form in page.all("form") if form.all("input", id="seats")]
    return client.submit(form, {"seats": number}, status=status)


def step(client: PageClient, page: Page, words: str, *, status: int = 303) -> Page:
    (form,) = [form for form in page.all("form") if form.all("button", name="seats")]
    return client.submit(form, button=words, status=status)


@on_both_databases
def test_the_week_shows_every_slot_and_its_seats(app, mirta, rosa, julio):
    with app.app_context(), transaction():
        hold_places(office="cusco", service="apostille", starts_at=NINE, policy=Policy())
    page = mirta.get(WEEK)
    assert page.heading == "Semana del lunes 30 de noviembre de 2026"
    assert [th.text for th in page.one("thead").all("th")][1:] == [
        "lun 30 nov",
        "mar 1 dic",
        "mié 2 dic",
        "jue 3 dic",
        "vie 4 dic",
    ]
    assert len(page.one("tbody").all("tr")) == 12
    assert seats(page, "9:00 a. m.", 0) == (1, 1, 0)
    assert seats(page, "9:30 a. m.", 0) == (1, 0, 1)
    assert seats(page, "11:45 a. m.", 4) == (0, 0, 2)


def test_any_day_leads_to_its_week(mirta):
    assert mirta.get(f"{WEEK}?from=2026-12-05").heading == mirta.get(WEEK).heading
    assert mirta.get(f"{WEEK}?from=2026-12-07").heading == "Semana del lunes 7 de diciembre de 2026"


def test_a_week_without_slots_says_so(mirta):
    assert "No hay horarios" in mirta.get(f"{WEEK}?from=2030-01-01").one("main").text


def test_what_is_no_day_is_said_and_the_present_week_shown(mirta):
    for day in ["2026-13-01", "ayer", "9999-12-31", "0001-01-01"]:
        page = mirta.get(f"{WEEK}?from={day}", status=404)
        assert page.one(role="alert").text
        assert page.heading == mirta.get(WEEK).heading


def test_a_slot_that_is_not_in_the_week_is_not_shown(mirta):
    for slot in ["", "0", "x", "-1", "9" * 40]:
        assert not mirta.get(f"{WEEK}?slot={slot}").all(id="slot")


def test_one_seat_more_can_be_booked(app, mirta, rosa):
    booked(app, JULIO, NINE)
    page = mirta.follow(step(mirta, chosen(mirta, "9:00 a. m.", 0), "+ Un cupo más"))
    assert seats(page, "9:00 a. m.", 0) == (2, 0, 1)
    assert page.one(id="slot")
    with app.app_context():
        entry = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
        assert entry is not None
        assert (entry.actor, entry.action) == ("staff:mirta@example.pe", "set_seats")
        assert entry.details == {"before": 2, "after": 3}


def test_one_seat_fewer_is_no_longer_offered(app, mirta, world):
    page = mirta.follow(save(mirta, chosen(mirta, "9:00 a. m.", 0), "0", status=303))
    assert seats(page, "9:00 a. m.", 0) == (0, 0, 0)
    with pytest.raises(SlotTaken), app.app_context(), transaction():
        book(
            office="cusco",
            service="apostille",
            starts_at=NINE,
            citizen=ROSA,
            policy=Policy(),
            actor="citizen",
            channel="site",
        )


@on_both_databases
def test_a_taken_seat_never_goes(app, mirta, rosa):
    page = save(mirta, chosen(mirta, "9:00 a. m.", 0), "0", status=409)
    assert "1" in page.one(role="alert").text
    assert seats(page, "9:00 a. m.", 0) == (1, 0, 1)
    assert page.one("input", id="seats")["value"] == "0"  # what was typed is still there
    booked(app, JULIO, NINE)
    full = chosen(mirta, "9:00 a. m.", 0)
    assert not [button for button in full.all("button") if "menos" in button.text]


def test_a_held_seat_stays_until_its_hold_ends(app, mirta, world):
    with app.app_context(), transaction():
        hold_places(office="cusco", service="apostille", starts_at=NINE, policy=Policy(), people=2)
    save(mirta, chosen(mirta, "9:00 a. m.", 0), "1", status=409)
    with clock.stopped(clock.now() + Policy().hold + timedelta(seconds=1)):
        save(mirta, chosen(mirta, "9:00 a. m.", 0), "1", status=303)


@on_both_databases
def test_a_change_from_an_old_page_is_refused_and_the_present_shown(app, mirta, world):
    old = chosen(mirta, "9:00 a. m.", 0)
    colleague = signed_in(app, "ines")
    save(colleague, chosen(colleague, "9:00 a. m.", 0), "5", status=303)
    refused = save(mirta, old, "3", status=409)
    assert "5" in refused.one(role="alert").text
    assert seats(refused, "9:00 a. m.", 0) == (0, 0, 5)
    assert refused.one("input", id="seats")["value"] == "3"
    # The page that was shown again is the present one: now it can be decided.
    assert seats(mirta.follow(save(mirta, refused, "3", status=303)), "9:00 a. m.", 0) == (0, 0, 3)


def test_what_is_no_number_of_seats_is_said_beside_the_field(mirta):
    for typed in ["", "dos", "-1", "1.5", "1000", "99999999999", "٣", " "]:
        page = save(mirta, chosen(mirta, "9:00 a. m.", 0), typed, status=422)
        assert set(page.errors) == {"seats"}, typed
        assert page.one("input", id="seats").get("value") == typed
        assert seats(page, "9:00 a. m.", 0) == (0, 0, 2)


def test_more_seats_than_any_slot_may_have(mirta):
    page = save(mirta, chosen(mirta, "9:00 a. m.", 0), "201", status=422)
    assert "200" in page.one(role="alert").text


def test_a_forged_slot_changes_nothing(mirta):
    for slot in ["0", "", "x", "9" * 18, "9" * 40]:
        page = chosen(mirta, "9:00 a. m.", 0)
        (form,) = [form for form in page.all("form") if form.all("input", id="seats")]
        answer = mirta.http.post(form["action"], data={**filled(form), "slot": slot, "seats": "9"})
        assert answer.status_code in (404, 422), slot
        assert seats(mirta.get(WEEK), "9:00 a. m.", 0) == (0, 0, 2)


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 40])
def test_a_page_that_does_not_say_what_it_showed_is_refused_in_words(mirta, seen):
    page = chosen(mirta, "9:00 a. m.", 0)
    (form,) = [form for form in page.all("form") if form.all("input", id="seats")]
    refused = mirta.post(form["action"], {**filled(form), "seats": "9", "seen": seen}, status=422)
    assert refused.one(role="alert").text
    assert seats(refused, "9:00 a. m.", 0) == (0, 0, 2)


def test_a_slot_of_another_office_is_not_ours(app, mirta, ines):
    page = ines.get("/desk/offices/tacna/week")
    theirs = cell(page, "9:00 a. m.", 0)["href"].partition("slot=")[2].partition("&")[0].partition("#")[0]
    ours = chosen(mirta, "9:00 a. m.", 0)
    (form,) = [form for form in ours.all("form") if form.all("input", id="seats")]
    mirta.post(form["action"], {**filled(form), "slot": theirs, "seats": "9"}, status=404)
    assert seats(ines.get("/desk/offices/tacna/week"), "9:00 a. m.", 0) == (0, 0, 2)


def test_a_slot_that_has_begun_offers_no_change(mirta):
    with clock.stopped(datetime(2026, 11, 30, 14, 1, tzinfo=UTC)):
        begun = chosen(mirta, "9:00 a. m.", 0)
        ahead = chosen(mirta, "9:15 a. m.", 0)
    assert not begun.one(id="slot").all("form")
    assert ahead.one(id="slot").all("form")


def test_many_seats_are_said_in_figures(mirta):
    page = mirta.follow(save(mirta, chosen(mirta, "9:00 a. m.", 0), "40", status=303))
    assert "40" in cell(page, "9:00 a. m.", 0).text
    assert not cell(page, "9:00 a. m.", 0).all(class_="dot")


def test_the_page_costs_the_same_for_any_week(mirta, count_statements):
    with count_statements() as busy:
        mirta.get(WEEK)
    with count_statements() as empty:
        mirta.get(f"{WEEK}?from=2030-01-01")
    assert len(busy) <= 5, busy
    assert len(empty) <= len(busy), empty
