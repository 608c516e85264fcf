"""The rules of the guided path: every combination of answers has exactly one end, and every end is reached."""

import json
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consular.offices.cards import SourceInfo
from consular.offices.guidance import (
    Answer,
    Certificate,
    Chain,
    Convention,
    Country,
    GuidanceCode,
    Kind,
    Route,
    answer,
    certificate_for,
)

from .conftest import SEEDS, rows

TODAY = date(2026, 11, 23)
SOURCE = SourceInfo("T1", "Invented for the tests", None, None)


def chain(route: Route = Route.PERUVIAN, *, digital: bool = False) -> Chain:
    return Chain(
        code="paper",
        paper="papers",
        route=route,
        service=None if route == Route.ELSEWHERE else "apostille",
        digital_service="digital-apostille" if digital else None,
        texts={},
        source=SOURCE,
        confirmed_on=None,
    )


def country(convention: Convention, since: date | None = None) -> Country:
    return Country("XX", convention, since, {}, SOURCE, None)


def real_chains() -> Iterator[Chain]:
    for row in json.loads((SEEDS / "chains.json").read_text(encoding="utf-8")):
        yield Chain(
            code=row["code"],
            paper=row["paper"],
            route=Route(row["route"]),
            service=row["service"],
            digital_service=row["digital_service"],
            texts=row["texts"],
            source=SOURCE,
            confirmed_on=row["confirmed_on"],
        )


def real_countries() -> Iterator[Country]:
    for row in rows("countries.csv"):
        since = date.fromisoformat(row["in_force_from"]) if row["in_force_from"] else None
        yield Country(row["code"], Convention(row["convention"]), since, {}, SOURCE, row["confirmed_on"])


COUNTRIES = {each.code: each for each in real_countries()}
CHAINS = {each.code: each for each in real_chains()}


class TestCertificate:
    @pytest.mark.parametrize(
        ("convention", "certificate"),
        [
            (Convention.HOME, Certificate.NONE),
            (Convention.OBJECTION, Certificate.LEGALISATION),
            (Convention.NO, Certificate.LEGALISATION),
            (Convention.UNKNOWN, Certificate.ASK),
            (Convention.MEMBER, Certificate.ASK),  # with no date nobody knows whether it has begun
        ],
    )
    def test_by_what_the_convention_is_there(self, convention: Convention, certificate: Certificate) -> None:
        assert certificate_for(country(convention), TODAY) == certificate

    def test_from_the_first_day_in_force_and_not_before(self) -> None:
        member = country(Convention.MEMBER, TODAY)
        assert certificate_for(member, TODAY) == Certificate.APOSTILLE
        assert certificate_for(member, TODAY - timedelta(days=1)) == Certificate.LEGALISATION

    @pytest.mark.parametrize(
        ("code", "certificate"),
        [
            ("ES", Certificate.APOSTILLE),
            ("US", Certificate.APOSTILLE),  # a member, whatever is said to be asked for in practice
            ("DE", Certificate.APOSTILLE),
            ("CN", Certificate.APOSTILLE),
            ("VN", Certificate.APOSTILLE),  # since 11 September 2026
            ("TH", Certificate.LEGALISATION),  # from 28 February 2027
            ("AE", Certificate.LEGALISATION),
            ("CU", Certificate.LEGALISATION),
            ("XK", Certificate.LEGALISATION),  # Peru objected
            ("GR", Certificate.ASK),  # it objected to Peru; whether it still does is not known
            ("PR", Certificate.ASK),  # a territory
            ("PE", Certificate.NONE),
        ],
    )
    def test_of_countries_that_we_ship(self, code: str, certificate: Certificate) -> None:
        assert certificate_for(COUNTRIES[code], TODAY) == certificate


class TestAnswer:
    def test_an_unknown_country_is_asked_about_and_not_guessed(self) -> None:
        assert answer(chain(), None, digital=False, on=TODAY) == Answer(
            Kind.ASK, Certificate.ASK, "apostille"
        )

    def test_what_stays_at_home_needs_nothing(self) -> None:
        for route in (Route.PERUVIAN, Route.TRANSLATION):
            found = answer(chain(route, digital=True), country(Convention.HOME), digital=True, on=TODAY)
            assert (found.kind, found.service) == (Kind.AT_HOME, None)

    def test_online_only_for_papers_that_are_done_online(self) -> None:
        there = country(Convention.NO)
        assert answer(chain(digital=True), there, digital=True, on=TODAY).service == "digital-apostille"
        assert answer(chain(digital=True), there, digital=False, on=TODAY).kind == Kind.LEGALISATION
        assert answer(chain(), there, digital=True, on=TODAY).kind == Kind.LEGALISATION

    def test_a_translation_says_what_its_country_accepts(self) -> None:
        found = answer(chain(Route.TRANSLATION), country(Convention.NO), digital=False, on=TODAY)
        assert (found.kind, found.certificate) == (Kind.TRANSLATION, Certificate.LEGALISATION)


@given(
    chain=st.sampled_from(list(CHAINS.values())),
    there=st.none() | st.sampled_from(list(COUNTRIES.values())),
    digital=st.booleans(),
    on=st.dates(date(2026, 1, 1), date(2036, 1, 1)),
)
def test_every_combination_has_one_end_that_makes_sense(
    chain: Chain, there: Country | None, digital: bool, on: date
) -> None:
    found = answer(chain, there, digital=digital, on=on)
    assert found == answer(chain, there, digital=digital, on=on)
    assert (found.service is None) == (found.kind in (Kind.AT_HOME, Kind.ELSEWHERE))
    assert (found.certificate is None) == (not chain.needs_country)
    if found.kind == Kind.APOSTILLE:
        assert there is not None
        assert there.convention == Convention.MEMBER
        assert there.in_force_from is not None
        assert there.in_force_from <= on


def test_every_end_is_reached_by_what_we_ship() -> None:
    ends = {
        answer(each, there, digital=digital, on=TODAY).kind
        for each in CHAINS.values()
        for there in (None, *COUNTRIES.values())
        for digital in (True, False)
    }
    assert ends == set(Kind)


class TestCode:
    @given(st.sampled_from(list(CHAINS)), st.none() | st.sampled_from(list(COUNTRIES)))
    def test_is_read_as_it_was_written(self, chain: str, there: str | None) -> None:
        code = GuidanceCode(chain, there)
        assert GuidanceCode.read(str(code)) == code
        assert len(str(code)) <= 63

    @pytest.mark.parametrize(
        "written",
        [None, "", "A", "a.ESP", "a.es.es", "a b", "../a", "a" * 80, "a.é", "-a", "a--b", "a\n", "a.e"],
    )
    def test_what_is_none_is_nothing(self, written: str | None) -> None:
        assert GuidanceCode.read(written) is None


class TestFacts:
    """What is shipped about papers and countries."""

    def test_every_party_of_the_status_table_is_there(self) -> None:
        """130 parties: 127 as they are, Germany by its day with Peru, Kosovo, Greece and Peru apart; HK and MO."""
        members = [each for each in COUNTRIES.values() if each.convention == Convention.MEMBER]
        assert len(members) == 129
        assert {"GR", "XK", "PE"}.isdisjoint(each.code for each in members)
        assert COUNTRIES["DE"].in_force_from == date(2014, 1, 1)
        assert all(each.in_force_from for each in members)

    def test_both_languages_say_the_same_things(self) -> None:
        for each in CHAINS.values():
            spanish, english = each.texts["es"], each.texts["en"]
            assert spanish.keys() == english.keys(), each.code
            for name in ("steps", "checks"):
                assert len(spanish.get(name, ())) == len(english.get(name, ())), each.code
            for ours, theirs in zip(spanish.get("steps", ()), english.get("steps", ()), strict=True):
                assert ours.keys() == theirs.keys(), each.code

    def test_a_paper_with_several_chains_asks_which(self) -> None:
        papers = json.loads((SEEDS / "papers.json").read_text(encoding="utf-8"))
        for paper in papers:
            chains = [each for each in CHAINS.values() if each.paper == paper["code"]]
            asked = {language for language, words in paper["texts"].items() if "question" in words}
            assert chains, paper["code"]
            assert asked == ({"es", "en"} if len(chains) > 1 else set()), paper["code"]
