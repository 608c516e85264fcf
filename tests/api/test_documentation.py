"""The document and the pages that describe the API: complete, true, and with nothing from elsewhere."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from apiflask import APIFlask
from flask import Flask

from consular.api.problems import PROBLEMS
from consular.api.v1 import document as document_module
from consular.api.v1.document import document
from tests.api.program import Program
from tests.page_client import PageClient

DESCRIBED = {
    ("GET", "/api/v1/offices"),
    ("GET", "/api/v1/offices/{slug}"),
    ("GET", "/api/v1/offices.geojson"),
    ("GET", "/api/v1/offices.csv"),
    ("GET", "/api/v1/places"),
    ("GET", "/api/v1/services"),
    ("GET", "/api/v1/services/{code}/papers"),
    ("GET", "/api/v1/offices/{slug}/slots"),
    ("GET", "/api/v1/offices/{slug}/days"),
    ("POST", "/api/v1/appointments"),
    ("GET", "/api/v1/appointments/{reference}"),
    ("DELETE", "/api/v1/appointments/{reference}"),
    ("POST", "/api/v1/appointments/{reference}/move"),
    ("POST", "/api/v1/holds"),
    ("DELETE", "/api/v1/holds/{hold}"),
}


def _calls() -> dict[tuple[str, str], dict]:
    return {
        (method.upper(), path): call
        for path, methods in document()["paths"].items()
        for method, call in methods.items()
    }


def test_the_document_describes_the_api_and_no_page(world, stranger: Program):
    answer = stranger.http.get("/api/v1/openapi.json")
    assert answer.get_json() == document()
    assert document()["openapi"].startswith("3.1")
    assert set(_calls()) == DESCRIBED


def test_every_route_of_the_api_is_described(app: Flask):
    rules = {
        (method, rule.rule.replace("<string:", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api_v1.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert rules == DESCRIBED


def test_writes_and_only_writes_need_a_key():
    keyed = {name for name, call in _calls().items() if call.get("security")}
    assert keyed == {name for name in DESCRIBED if name[0] != "GET"}


def test_every_parameter_and_every_answer_is_explained():
    for name, call in _calls().items():
        assert call["summary"], name
        assert all(
            parameter["description"] for parameter in call["parameters"] if parameter["name"] != "service"
        ), name
        for status, response in call["responses"].items():
            assert response["description"], (name, status)


def test_every_reference_of_the_document_leads_somewhere():
    shapes = document()["components"]["schemas"]
    for target in _references(document()):
        assert target.startswith("#/components/schemas/")
        assert target.rpartition("/")[2] in shapes


def _references(node: object) -> list[str]:
    if isinstance(node, list):
        return [target for each in node for target in _references(each)]
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [target for each in node.values() for target in _references(each)]
    return []


def test_the_manual_names_every_call_and_every_problem(client: PageClient):
    page = client.get("/api/docs")
    text = page.response.get_data(as_text=True)
    for _, path in DESCRIBED:
        assert f"<code>{path}</code>" in text
    for name in PROBLEMS:
        assert f'id="problem-{name}"' in text
    assert " None" not in page.one("main").text  # a value that a template had not got


def test_the_manual_asks_nothing_of_other_servers_and_holds_no_script(client: PageClient):
    page = client.get("/api/docs")
    for element in page.all("script", "link", "img", "iframe"):
        address = element.get("src") or element.get("href") or ""
        assert address.startswith(("/static/", "/")), address
    assert not [script for script in page.all("script") if script.text.strip()]
    assert not [element for element in page.all("main", "div", "a", "p") if element.get("style")]


def test_the_manual_is_english_whatever_the_browser_asks(client: PageClient):
    page = client.get("/api/docs", headers={"Accept-Language": "es"})
    assert page.one("html").get("lang") == "en"


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_address_of_a_problem_explains_it(client: PageClient, name):
    page = client.get(f"/api/problems/{name}")
    assert page.one("h1").text == PROBLEMS[name].title


def test_a_problem_that_is_not_has_no_page(app: Flask):
    answer = app.test_client().get("/api/problems/world-hunger")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_programs_that_ask_at_once_wait_for_one_document(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.11 may fail when two threads parse the rules of addresses at once (gh-106905)."""
    inside, most, together = 0, 0, Barrier(4)

    def counted(name: str) -> APIFlask:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.05)
        inside -= 1
        raise LookupError(name)

    monkeypatch.setattr(document_module, "APIFlask", lambda name, **_options: counted(name))
    document_module._document.cache_clear()

    def ask() -> None:
        together.wait(10)
        with pytest.raises(LookupError):
            document()

    with ThreadPoolExecutor(4) as pool:
        for asked in [pool.submit(ask) for _ in range(4)]:
            asked.result(10)
    assert most == 1


def test_a_long_choice_is_told_by_its_beginning_and_number(client: PageClient) -> None:
    page = client.get("/api/docs")
    assert "AD | AE | AF … (250 in all, in openapi.json)" in page.text
    assert "given | address | street" in page.text, "a short one is told whole"
