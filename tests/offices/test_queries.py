"""Reads about the real offices of seeds/, on both databases, each within its number of statements."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, time
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from consular.foundation.database import transaction
from consular.offices.gazetteer import PlaceUnknown
from consular.offices.models import Locality, Offer, Office, Service
from consular.offices.place_models import District, Province
from consular.offices.place_queries import read_places_ahead
from consular.offices.queries import (
    OfficeUnknown,
    ServiceUnknown,
    forget_gazetteer,
    gazetteer,
    office_by_slug,
    office_list,
    office_page,
    service_by_code,
    services,
    sources,
)
from tests.databases import on_both_databases

pytestmark = on_both_databases
Counting = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def database_kind() -> str:
    return "seeded"


def _office(session: Session, slug: str) -> Office:
    return session.execute(select(Office).where(Office.slug == slug)).scalar_one()


def _offer(session: Session, slug: str, service: str) -> Offer:
    return session.execute(
        select(Offer)
        .join(Office, Office.id == Offer.office_id)
        .join(Service, Service.id == Offer.service_id)
        .where(Office.slug == slug, Service.code == service)
    ).scalar_one()


@pytest.mark.parametrize("service", [None, "apostille"])
def test_the_list_of_offices_is_one_statement(
    session: Session, count_statements: Counting, service: str | None
) -> None:
    with count_statements() as statements:
        offices = office_list(service)
    assert len(statements) == 1, statements
    assert [office.slug for office in offices] == sorted(office.slug for office in offices)
    assert len(offices) == 19


def test_a_card_says_what_is_known_and_leaves_the_rest_unknown(session: Session) -> None:
    cards = {card.slug: card for card in office_list()}
    cusco, ancash = cards["cusco"], cards["ancash"]
    assert (cusco.name, cusco.region, cusco.city) == ("Oficina Desconcentrada de Cusco", "Cusco", "Cusco")
    assert (cusco.position.latitude, cusco.position.longitude) == (-13.53188, -71.96701)
    assert cusco.services == ("apostille", "humanitarian-aid")
    assert (cusco.languages, cusco.step_free, cusco.demonstration) == (None, "unknown", False)
    assert (cusco.offers, cusco.attendance) == (None, None)
    assert (ancash.status, ancash.opens_on, ancash.city, ancash.address) == ("announced", None, None, None)
    assert ancash.location_precision == "region-capital"


def test_with_a_service_a_card_says_whether_it_is_offered(session: Session) -> None:
    offers = {card.slug: card.offers for card in office_list("apostille")}
    assert offers["cusco"] == "yes"
    assert offers["moquegua"] == "unknown"
    assert {card.attendance for card in office_list("apostille")} == {"unknown"}
    # Nothing at all was published about this one.
    assert {card.offers for card in office_list("translation-apostille")} == {"unknown"}


def test_no_office_offers_what_is_done_online(session: Session) -> None:
    assert {card.offers for card in office_list("digital-apostille")} == {"no"}


def test_what_an_office_does_not_offer_leaves_its_codes(session: Session) -> None:
    with transaction():
        _offer(session, "cusco", "apostille").offers = "no"
    cards = {card.slug: card for card in office_list("apostille")}
    assert (cards["cusco"].offers, cards["cusco"].services) == ("no", ("humanitarian-aid",))


def test_suspended_offices_are_listed_and_closed_ones_only_found(session: Session) -> None:
    with transaction():
        _office(session, "puno").status = "suspended"
        _office(session, "tacna").status = "closed"
        _office(session, "tacna").successor_id = _office(session, "moquegua").id
    slugs = [card.slug for card in office_list()]
    assert "puno" in slugs
    assert "tacna" not in slugs
    assert office_by_slug("tacna").status == "closed"
    assert office_page("tacna").successor == "moquegua"


def test_languages_come_back_as_they_went_in(session: Session) -> None:
    with transaction():
        _office(session, "cusco").languages = ["es", "quz"]
        _office(session, "cusco").opens_on = date(2026, 12, 1)
    card = office_by_slug("cusco")
    assert (card.languages, card.opens_on) == (("es", "quz"), date(2026, 12, 1))


def test_the_page_of_an_office_is_three_statements(session: Session, count_statements: Counting) -> None:
    with count_statements() as statements:
        page = office_page("puno")
    assert len(statements) == 3, statements
    assert (page.phone, page.email, page.ubigeo_inei) == ("(051) 367074", "puno@rree.gob.pe", "210101")
    assert (page.source.code, page.source.consulted_on, page.confirmed_on) == ("S2", "2026-06", "2026-06")
    assert [(row.service, row.weekday) for row in page.hours] == [("apostille", day) for day in range(5)]
    assert {(row.opens, row.closes) for row in page.hours} == {(time(9), time(12))}
    assert [(row.service, row.offers) for row in page.offers] == [
        ("apostille", "yes"),
        ("consular-signature", "unknown"),
        ("translation-apostille", "unknown"),
        ("humanitarian-aid", "yes"),
        ("assistance-abroad", "unknown"),
    ]


def test_a_midday_break_is_two_rows(session: Session) -> None:
    monday = [(row.opens, row.closes) for row in office_page("cusco").hours if row.weekday == 0]
    assert monday == [(time(9), time(13)), (time(15), time(18))]


def test_services_are_one_statement(session: Session, count_statements: Counting) -> None:
    with count_statements() as statements:
        listed = services()
    assert len(statements) == 1, statements
    assert [service.position for service in listed] == [1, 2, 3, 4, 5, 6]
    apostille = service_by_code("apostille")
    assert apostille == listed[0]
    assert (apostille.fee, apostille.duration_minutes, apostille.extra_minutes) == (
        Decimal("31.00"),
        None,
        None,
    )
    assert len(apostille.texts["es"]["documents"]) == len(apostille.texts["en"]["documents"]) == 4
    assert service_by_code("humanitarian-aid").fee == 0
    assert service_by_code("assistance-abroad").fee is None
    assert [service.code for service in listed if not service.bookable] == ["digital-apostille"]


@pytest.mark.parametrize("name", ["nowhere", "", "CUSCO", "cusco ", "x" * 5_000])
def test_what_is_not_there_is_refused(session: Session, name: str) -> None:
    with pytest.raises(OfficeUnknown):
        office_by_slug(name)
    with pytest.raises(OfficeUnknown):
        office_page(name)
    with pytest.raises(ServiceUnknown):
        service_by_code(name)
    with pytest.raises(ServiceUnknown):
        office_list(name)


def test_the_gazetteer_is_built_once_from_four_statements(
    session: Session, count_statements: Counting
) -> None:
    with count_statements() as statements:
        places = gazetteer()
        assert gazetteer() is places
    assert len(statements) == 4, statements
    assert places.find("Caraz").place.label == "Caraz, Áncash"
    forget_gazetteer()
    assert gazetteer() is not places


def test_places_are_read_ahead_once_there_are_any(session: Session, count_statements: Counting) -> None:
    """A server that was started before its places were loaded, by another process, knows them at their first use."""
    forget_gazetteer()
    with transaction():
        for model in (Locality, District, Province):
            session.query(model).delete()
        read_places_ahead()
        session.rollback()
    assert gazetteer().find("Caraz").place.region == "Áncash"
    forget_gazetteer()
    read_places_ahead()
    with count_statements() as statements:
        assert gazetteer().find("Caraz").place.region == "Áncash"
    assert len(statements) == 0, statements


def test_loaded_places_are_seen_once_the_gazetteer_is_forgotten(session: Session) -> None:
    with transaction():
        session.query(Locality).delete()
        session.query(District).delete()
        session.query(Province).delete()
        forget_gazetteer()
        with pytest.raises(PlaceUnknown):
            gazetteer().find("Caraz")
        session.rollback()
    forget_gazetteer()
    assert gazetteer().find("Caraz").place.region == "Áncash"


def test_the_sources_are_one_statement_with_what_is_known_of_each(
    session: Session, count_statements: Counting
) -> None:
    with count_statements() as statements:
        listed = sources()
    assert len(statements) == 1, statements
    assert [source.title for source in listed] == sorted(source.title for source in listed)
    known = {source.code: source for source in listed}
    assert known["S2"].consulted_on == "2026-06"
    assert known["S83"].url is None
