"""An office's address at the desk: the plan, the position that is found, writing it, and what keeps it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from consular.audit.models import JournalEntry
from consular.foundation.database import db
from consular.offices.geocoding.models import CorrectedOffice
from consular.offices.models import Office, Source
from consular.offices.seeding import load_all
from tests.databases import know_the_places, on_both_databases
from tests.desk.steps import TODAY
from tests.factories import World
from tests.offices.conftest import SEEDS
from tests.offices.geocoding.nominatim import Nominatim, hanging_up, place, running, silent
from tests.page_client import PageClient, filled
from tests.page_tree import Page

FORM = "/desk/offices/cusco/address"
PLAN = f"{FORM}/plan"
DOOR = (-13.521, -71.968)
TYPED = {"address": "Av. El Sol 612", "source_title": "Aviso en la puerta", "step_free": "yes"}


@pytest.fixture
def database_kind() -> str:
    return "settled"


@pytest.fixture
def seeded(app: Flask, world: World) -> Flask:
    """An installation that knows the towns, with a clerk in Cusco."""
    with app.app_context():
        know_the_places()
        db.session.rollback()
    return app


@pytest.fixture
def nominatim(seeded: Flask) -> Iterator[Nominatim]:
    with running() as server:
        config = seeded.extensions["consular"]
        seeded.extensions["consular"] = replace(
            config, geocoder_url=server.url, geocoder_contact="nobody@example.org", geocoder_seconds=0.4
        )
        server.answer = (200, [place(lat=str(DOOR[0]), lon=str(DOOR[1]))])
        yield server


def planned(client: PageClient, *, status: int = 200, form: str = FORM, **typed: str) -> Page:
    """The page that follows the form."""
    sent = client.get(form).form(action=f"{form}/plan")
    return client.post(f"{form}/plan", {**filled(sent), **TYPED, **typed}, status=status)


def publish(client: PageClient, plan: Page, *, status: int = 303, **altered: str) -> Page:
    """Press the button of the plan."""
    return client.post(FORM, {**filled(plan.form(action=FORM)), **altered}, status=status)


def cusco(app: Flask) -> Office:
    with app.app_context():
        return db.session.scalars(select(Office).where(Office.slug == "cusco")).one()


@on_both_databases
def test_the_plan_writes_nothing_and_publishing_writes_all_of_it(
    seeded: Flask, nominatim: Nominatim, mirta: PageClient
) -> None:
    before = cusco(seeded)
    plan = planned(mirta)
    assert "Plazoleta Limacpampa Grande 565" in plan.text
    assert "Av. El Sol 612" in plan.text
    assert "-13.52100, -71.96800" in plan.text
    assert nominatim.asked[0]["q"] == "Av. El Sol 612, Cusco, Cusco, Perú"
    assert cusco(seeded).address == before.address

    shown = mirta.follow(publish(mirta, plan))
    assert len(nominatim.asked) == 1, "publishing asks nobody"
    assert shown.one("input", id="address")["value"] == "Av. El Sol 612"
    office = cusco(seeded)
    assert (office.address, office.step_free) == ("Av. El Sol 612", "yes")
    assert (office.latitude, office.longitude, office.location_precision) == (*DOOR, "address")
    assert office.confirmed_on == "2026-11-30"
    with seeded.app_context():
        source = db.session.scalars(select(Source).where(Source.code == office.source_code)).one()
        entry = db.session.scalars(select(JournalEntry).where(JournalEntry.action == "correct-office")).one()
    assert (source.title, source.consulted_on) == ("Aviso en la puerta", "2026-11-30")
    assert (entry.actor, entry.subject) == ("staff:mirta@example.pe", "cusco")
    assert entry.details["address_before"] == before.address
    assert entry.details["address"] == "Av. El Sol 612"
    assert entry.details["position_before"] == f"{before.latitude},{before.longitude}"
    assert entry.details["position"] == f"{DOOR[0]},{DOOR[1]}"
    public = mirta.get("/es/oficinas/cusco")
    assert "Av. El Sol 612" in public.text
    assert "Aviso en la puerta" in public.text


@on_both_databases
def test_seeding_does_not_undo_it(seeded: Flask, nominatim: Nominatim, mirta: PageClient) -> None:
    publish(mirta, planned(mirta, phone="(084) 111111"))
    written = cusco(seeded)
    with seeded.app_context():
        counts = {each.file: each for each in load_all(SEEDS)}
    assert counts["offices.csv"].changed == 0
    kept = cusco(seeded)
    for name in ("address", "phone", "latitude", "longitude", "source_code", "confirmed_on", "step_free"):
        assert getattr(kept, name) == getattr(written, name), name


@on_both_databases
def test_an_office_that_changed_meanwhile_is_shown_anew(
    seeded: Flask, nominatim: Nominatim, mirta: PageClient, ines: PageClient
) -> None:
    mine, theirs = planned(mirta), planned(ines, address="Calle Nueva 1")
    publish(ines, theirs)
    anew = publish(mirta, mine, status=409)
    assert "No se cambió nada" in anew.one(role="alert").text
    assert "Calle Nueva 1" in anew.one("table").text, "what is there now"
    assert cusco(seeded).address == "Calle Nueva 1"
    publish(mirta, anew)
    assert cusco(seeded).address == "Av. El Sol 612"


@pytest.mark.parametrize(
    "altered",
    [
        {"placement": "-12.0 -77.0 address OSM house"},
        {"placement": "nan nan address OSM house"},
        {"placement": "x"},
        {"version": "0" * 64},
        {"version": "ñ"},
        {"address": "Calle Falsa 123"},
        {"source_title": "Otra"},
    ],
)
def test_a_plan_that_was_altered_is_refused(
    seeded: Flask, nominatim: Nominatim, mirta: PageClient, altered: dict[str, str]
) -> None:
    before = cusco(seeded)
    publish(mirta, planned(mirta), status=409, **altered)
    assert cusco(seeded).address == before.address
    with seeded.app_context():
        assert db.session.scalars(select(CorrectedOffice)).all() == []


@pytest.mark.parametrize("how", [silent, hanging_up, (429, b""), (200, b"[{"), (200, [])])
def test_a_bad_service_leaves_the_office_in_its_town_and_says_so(
    seeded: Flask, nominatim: Nominatim, mirta: PageClient, how: object
) -> None:
    nominatim.answer = how  # type: ignore[assignment]
    before = cusco(seeded)
    plan = planned(mirta)
    assert "El servicio de direcciones no conoce esta dirección, o no respondió." in plan.text
    publish(mirta, plan)
    office = cusco(seeded)
    assert (office.address, office.location_precision) == ("Av. El Sol 612", "city")
    assert (office.latitude, office.longitude) == (before.latitude, before.longitude)


def test_a_new_address_never_keeps_the_position_of_the_old_door(
    seeded: Flask, nominatim: Nominatim, mirta: PageClient
) -> None:
    publish(mirta, planned(mirta))
    nominatim.answer = (200, [place(place_rank=26, address={"road": "Av. Grau", "country_code": "pe"})])
    plan = planned(mirta, address="Av. Grau 5")
    assert "solo la calle" in plan.text
    publish(mirta, plan)
    office = cusco(seeded)
    assert office.location_precision == "city"
    assert (office.latitude, office.longitude) != DOOR


def test_a_door_far_from_its_town_is_not_believed(
    seeded: Flask, nominatim: Nominatim, mirta: PageClient
) -> None:
    nominatim.answer = (200, [place(lat="-12.05", lon="-77.04")])
    assert "demasiado lejos" in planned(mirta).text


def test_without_a_service_another_town_moves_the_office_there(seeded: Flask, mirta: PageClient) -> None:
    publish(mirta, planned(mirta, city="Sicuani"))
    office = cusco(seeded)
    assert (office.city, office.location_precision, office.ubigeo_inei) == ("Sicuani", "city", None)
    assert round(office.latitude, 1) == -14.3


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("address", "x" * 201),
        ("address", "12345"),
        ("address", "Jr. Uno\x07 1"),
        ("city", "Atlantis"),
        ("city", "Tacna"),
        ("city", ""),
        ("email", "nobody"),
        ("phone", "9" * 81),
        ("step_free", "perhaps"),
        ("source_title", ""),
        ("source_url", "javascript:alert(1)"),
        ("source_url", "https://[broken"),
        ("confirmed_on", "2026-12-01"),
        ("confirmed_on", "1999-01-01"),
        ("confirmed_on", "yesterday"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(
    seeded: Flask, mirta: PageClient, field: str, typed: str
) -> None:
    page = planned(mirta, status=422, **{"phone": "(084) 222222", field: typed})
    assert field in page.errors
    if field != "phone":
        assert page.one("input", id="phone")["value"] == "(084) 222222"
    if field not in ("step_free", "source_title") and "\x07" not in typed:
        assert page.one("input", id=field)["value"] == typed


def test_one_may_go_back_from_the_plan_with_everything_typed(seeded: Flask, mirta: PageClient) -> None:
    form = planned(mirta).form(action=FORM)
    page = mirta.post(PLAN, {**filled(form), "again": "1"}, status=200)
    assert page.one("input", id="address")["value"] == "Av. El Sol 612"
    assert page.one("input", id="source_title")["value"] == "Aviso en la puerta"


def test_a_clerk_corrects_their_own_office_and_an_administrator_any(
    seeded: Flask, mirta: PageClient, ines: PageClient
) -> None:
    token = filled(mirta.get(FORM).form(action=PLAN))
    mirta.get("/desk/offices/tacna/address", status=403)
    mirta.post("/desk/offices/tacna/address/plan", {**token, **TYPED}, status=403)
    mirta.post("/desk/offices/tacna/address", {**token, **TYPED}, status=403)
    assert "Av. El Sol 612" in planned(ines, form="/desk/offices/tacna/address").text
    mirta.get(PLAN, status=405)


def test_it_costs_few_statements(seeded: Flask, mirta: PageClient, count_statements) -> None:
    with count_statements() as statements:
        mirta.get(FORM)
    assert len(statements) == 3, statements
    plan = planned(mirta)
    with count_statements() as statements:
        planned(mirta)
    assert len(statements) <= 3 + 3, statements
    with count_statements() as statements:
        publish(mirta, plan)
    assert len(statements) <= 9, statements


def test_the_navigation_leads_there(mirta: PageClient) -> None:
    assert mirta.get(TODAY).link("Dirección") == FORM
