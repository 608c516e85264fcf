"""The papers of a service and the signatures that each needs first, as programs see them."""

import pytest

from consular.foundation.database import transaction
from consular.staff.api_keys import issue
from tests.api.bodies import appointment
from tests.api.program import Program


@pytest.fixture
def database_kind() -> str:
    return "seeded"


@pytest.fixture
def program(app) -> Program:
    """A program that needs no key: these are facts for everybody."""
    return Program(app, "")


def test_the_signatures_of_every_paper_in_order(program, count_statements):
    with count_statements() as statements:
        listed = program.get("/services/apostille/papers")
    assert len(statements) == 2, statements
    papers = {paper["code"]: paper for paper in listed.body["papers"]}
    assert len(papers) == 25
    assert [step["at"] for step in papers["birth-municipality"]["steps"]] == ["Municipalidad", "Reniec"]
    assert papers["birth-municipality"]["source"]["code"] == "S15"
    assert all(paper["depends_on_country"] for paper in papers.values())


def test_they_speak_the_language_that_was_asked_for(program):
    listed = program.get("/services/translation-apostille/papers", headers={"Accept-Language": "en"})
    assert listed.headers["Content-Language"] == "en"
    assert listed.body["papers"][0]["name"] == "A sworn public translator"


def test_a_service_without_papers_has_none_and_an_unknown_one_is_refused(program):
    assert program.get("/services/digital-apostille/papers").body["papers"] == []
    program.refused("GET", "/services/visa/papers", "service-unknown")


@pytest.mark.parametrize(
    ("guidance", "service"),
    [
        ("birth-municipality.zz", "apostille"),  # no country
        ("peruvian-consulate", "apostille"),  # of another service
        ("birth", "apostille"),
    ],
)
def test_what_is_brought_must_be_a_paper_of_the_service(app, guidance, service):
    with app.app_context(), transaction():
        kiosk = Program(app, issue("kiosk", "book"))
    body = appointment(guidance=guidance, service=service)
    assert kiosk.refused("POST", "/appointments", "guidance-unknown", body=body)["guidance"] == guidance


def test_the_codes_that_are_listed_are_the_codes_that_can_be_booked(program, app):
    """Everything fits but the hour: what is refused is not the paper."""
    with app.app_context(), transaction():
        kiosk = Program(app, issue("kiosk", "book"))
    for paper in program.get("/services/apostille/papers").body["papers"]:
        for guidance in (paper["code"], f"{paper['code']}.es"):
            kiosk.refused("POST", "/appointments", "slot-unknown", body=appointment(guidance=guidance))
