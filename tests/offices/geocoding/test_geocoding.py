"""Addresses: a good service helps, a bad one harms nobody, and its usage policy is kept."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from geopy import Location
from sqlalchemy import select

from consular.foundation import clock
from consular.foundation.database import db
from consular.offices.geocoding.chain import locate, spot_of
from consular.offices.geocoding.gazetteer_geocoder import GazetteerGeocoder
from consular.offices.geocoding.models import Geocoded, GeocoderTurn
from consular.offices.geocoding.service import Service
from consular.offices.geocoding.turns import note_failure, note_success, take_turn
from consular.offices.place_queries import gazetteer
from consular.offices.places import PlaceUnknown
from tests.databases import know_the_places, on_both_databases
from tests.factories import MORNING
from tests.offices.geocoding.nominatim import (
    Nominatim,
    dripping,
    hanging_up,
    huge,
    place,
    redirecting,
    running,
    silent,
)

ADDRESS = "Plazoleta Limacpampa Grande 565, Cusco"


@pytest.fixture
def nominatim() -> Iterator[Nominatim]:
    with running() as server:
        yield server


@pytest.fixture
def database_kind() -> str:
    return "seeded"


@pytest.fixture
def country(app: Flask) -> Iterator[Flask]:
    """An installation that knows every place of the seeds."""
    with app.app_context():
        know_the_places()
        db.session.rollback()
        yield app


@pytest.fixture
def service(nominatim: Nominatim, country: Flask) -> Service:
    return Service(nominatim.url, "consular-offices (test; nobody@example.org)", patience=0.4)


@on_both_databases
def test_a_street_address_is_found_and_remembered_rounded(nominatim: Nominatim, service: Service) -> None:
    found = locate(ADDRESS, service)
    assert (found.place.label, found.place.precision, found.place.kind) == (ADDRESS, "address", "address")
    assert (found.place.position.latitude, found.place.position.longitude) == (-13.52, -71.97)
    assert (found.place.region, found.exact) == ("Cusco", True)
    assert locate(ADDRESS.upper(), service).place.position == found.place.position
    assert len(nominatim.asked) == 1, "the second answer comes from memory"


def test_each_address_has_an_answer_of_its_own(nominatim: Nominatim, service: Service) -> None:
    """Of two addresses, and of one address for a citizen and for an office, whose position is exact."""
    other = "Avenida El Sol 612, Cusco"
    first = locate(ADDRESS, service).place.position
    with clock.stopped(clock.now() + timedelta(seconds=2)):
        nominatim.answer = (200, [place(lat="-13.53764", lon="-71.95734")])
        second = locate(other, service).place.position
    with clock.stopped(clock.now() + timedelta(seconds=4)):
        exact = spot_of("office", ADDRESS, service)
    assert len(nominatim.asked) == 3
    assert ((first.latitude, first.longitude), (second.latitude, second.longitude)) == (
        (-13.52, -71.97),
        (-13.54, -71.96),
    )
    assert exact is not None
    assert (exact.position.latitude, exact.position.longitude) == (-13.53764, -71.95734)
    assert locate(ADDRESS, service).place.position == first, "the second and the third did not take its place"
    assert locate(other, service).place.position == second
    assert len(nominatim.asked) == 3


def test_it_is_asked_as_its_usage_policy_wants(nominatim: Nominatim, service: Service) -> None:
    locate(ADDRESS, service)
    assert nominatim.agents == ["consular-offices (test; nobody@example.org)"]
    asked = nominatim.asked[0]
    assert (asked["q"], asked["countrycodes"], asked["addressdetails"]) == (ADDRESS, "pe", "1")


@pytest.mark.parametrize("typed", ["Caraz", "Guaraz", "Cusco, Cusco", "020101", "-9.53,-77.53", "Santa Rosa"])
def test_a_known_place_is_never_asked_for(typed: str, nominatim: Nominatim, service: Service) -> None:
    locate(typed, service)
    assert nominatim.asked == []


def test_nothing_of_the_text_is_kept(service: Service) -> None:
    locate(ADDRESS, service)
    (row,) = _kept(*Geocoded.__table__.columns)
    assert len(row["asked"]) == 64
    assert "Limacpampa" not in str(row)
    assert row["expires_at"] - clock.now() < timedelta(days=31)


def test_what_expired_is_asked_again_and_forgotten(nominatim: Nominatim, service: Service) -> None:
    with clock.stopped(MORNING):
        locate(ADDRESS, service)
    with clock.stopped(MORNING + timedelta(days=31)):
        locate(ADDRESS, service)
    assert len(nominatim.asked) == 2
    assert len(_kept(Geocoded.asked)) == 1


def _kept(*columns: object) -> list[dict[str, object]]:
    """Rows as everybody sees them at this moment."""
    with db.engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(*columns)).mappings()]


BAD = {
    "says nothing": silent,
    "drips": dripping,
    "answers megabytes": huge,
    "redirects for ever": redirecting,
    "hangs up": hanging_up,
    "is rate limited": (429, b""),
    "refuses": (403, b"<html>Access blocked</html>"),
    "is broken": (500, b"<html>oops</html>"),
    "answers a page": (200, b"<!doctype html><title>Down for maintenance</title>"),
    "answers half a list": (200, b'[{"lat": "-13.5"'),
    "answers nested lists": (200, b"[" * 100_000),
    "answers a number": (200, 7),
    "answers words for numbers": (200, [place(lat="south", lon="west")]),
    "answers no address": (200, [place(address="Cusco")]),
    "says that there is an error": (200, {"error": "Unknown"}),
}


@pytest.mark.parametrize("how", BAD)
def test_a_bad_service_leaves_the_gazetteers_answer(how: str, nominatim: Nominatim, service: Service) -> None:
    nominatim.answer = BAD[how]
    found = locate(ADDRESS, service)
    assert not nominatim.waited_for, "a page does not stay until the service has done"
    assert (found.place.label, found.place.precision, found.exact) == ("Cusco, Cusco", "locality", False)
    assert len(nominatim.asked) == 1
    locate("Av. El Sol 200, Cusco", service)
    assert len(nominatim.asked) == 1, "after a failure it is left alone"


def test_a_dead_service_is_like_none(country: Flask) -> None:
    dead = Service("http://127.0.0.1:9", "consular-offices (test)", patience=0.4)
    assert locate(ADDRESS, dead).place.label == "Cusco, Cusco"
    with pytest.raises(PlaceUnknown):
        locate("zzzzzz", dead)


@pytest.mark.parametrize(
    ("kept", "answer"),
    [
        ("an empty list", []),
        ("another country", [place(address={"country_code": "cl", "house_number": "1"})]),
        ("outside the country's box", [place(lat="40.4", lon="-3.7")]),
        ("a place without a position", [{"display_name": "Cusco"}]),
        ("not a number", [place(lat="NaN", lon="NaN")]),
        ("the same street in another town", [place(lat="-12.05", lon="-77.04")]),
        ("no finer than the town", [place(place_rank=16, address={"country_code": "pe"})]),
    ],
)
def test_an_answer_that_is_of_no_help_is_not_used(
    kept: str, answer: list[object], nominatim: Nominatim, service: Service
) -> None:
    nominatim.answer = (200, answer)
    assert locate(ADDRESS, service).place.label == "Cusco, Cusco", kept
    locate(ADDRESS, service)
    assert len(nominatim.asked) == 1, "that it does not help is remembered too"


@pytest.mark.parametrize(
    ("rank", "precision"),
    [(30, "street"), (26, "street"), (19, "locality"), (14, "district"), (10, "province")],
)
def test_what_the_gazetteer_does_not_know_is_taken_with_its_precision(
    rank: int, precision: str, nominatim: Nominatim, service: Service
) -> None:
    nominatim.answer = (200, [place(place_rank=rank, address={"country_code": "pe"})])
    found = locate("Qwertyuiop", service)
    assert (found.place.label, found.place.precision) == ("Qwertyuiop", precision)


def test_a_refusal_gives_it_the_rest_that_it_asked_for(nominatim: Nominatim, service: Service) -> None:
    nominatim.answer, nominatim.headers = (429, b""), {"Retry-After": "3600"}
    with clock.stopped(MORNING):
        locate(ADDRESS, service)
    nominatim.answer = (200, [place()])
    with clock.stopped(MORNING + timedelta(minutes=59)):
        assert locate(ADDRESS, service).place.precision == "locality"
    with clock.stopped(MORNING + timedelta(minutes=61)):
        assert locate(ADDRESS, service).place.precision == "address"
    assert _kept(GeocoderTurn.failures) == [{"failures": 0}]


def test_failures_in_a_row_lengthen_the_rest(country: Flask) -> None:
    rests = []
    for _ in range(4):
        take_turn(MORNING, timedelta(days=1))
        note_failure(MORNING, None)
        rests += [row["rests_until"] - MORNING for row in _kept(GeocoderTurn.rests_until)]
    assert [rest.total_seconds() for rest in rests] == [15, 30, 60, 120]
    note_success()
    note_failure(MORNING, None)
    assert _kept(GeocoderTurn.rests_until) == [{"rests_until": MORNING + timedelta(seconds=15)}]


@on_both_databases
def test_turns_are_a_second_apart_whoever_asks(country: Flask) -> None:
    waits: list[timedelta | None] = []

    def worker() -> None:
        with country.app_context():
            waits.append(take_turn(MORNING, timedelta(seconds=10)))

    workers = [threading.Thread(target=worker) for _ in range(8)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sorted(wait.total_seconds() for wait in waits if wait is not None) == list(range(8))
    assert take_turn(MORNING, timedelta(seconds=2)) is None, "nobody waits longer than they want to"


def test_two_requests_at_once_reach_it_a_second_apart(
    nominatim: Nominatim, service: Service, country: Flask
) -> None:
    patient = replace(service, patience=20, wait=20)  # a busy machine must not look like a server that fails

    def ask(number: int) -> None:
        with country.app_context():
            locate(f"Av. El Sol {number}, Cusco", patient)

    workers = [threading.Thread(target=ask, args=(number,)) for number in (1, 2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    first, second = nominatim.at
    assert second - first > 0.9  # how much later is for the machine to say; the turns are counted above


def test_the_gazetteer_is_a_geocoder_of_geopy(country: Flask) -> None:
    geocoder = GazetteerGeocoder(gazetteer())
    caraz = geocoder.geocode("caraz")
    assert isinstance(caraz, Location)
    assert (caraz.address, round(caraz.latitude)) == ("Caraz, Áncash", -9)
    assert len(geocoder.geocode("Santa Rosa", exactly_one=False)) > 10
    assert geocoder.geocode("zzzz") is None
    assert geocoder.geocode("-91,0") is None
