"""The first page of the desk, and the offices that an account may not open."""

import pytest

from tests.desk.steps import TODAY, WEEK


def test_an_administrator_chooses_an_office(ines):
    page = ines.get("/desk")
    names = [link.text for link in page.all("a", class_="office-list__name")]
    assert names == ["Áncash", "Cusco", "Tacna"]
    assert ines.get(page.link("Tacna")).one("header").all("a")[0].text == "Tacna"


@pytest.mark.parametrize("page", ["today", "week"])
def test_a_clerk_is_kept_to_their_office_and_shown_the_way_back(mirta, page):
    refused = mirta.get(f"/desk/offices/tacna/{page}", status=403)
    assert TODAY in [link["href"] for link in refused.one("main").all("a")]
    mirta.get(f"/desk/offices/nowhere/{page}", status=403)


@pytest.mark.parametrize("form", ["today/attendance", "today/search", "week/seats"])
def test_a_clerk_changes_nothing_elsewhere(mirta, form):
    token = mirta.get(TODAY).all("input", name="csrf_token")[0]["value"]
    mirta.post(f"/desk/offices/tacna/{form}", {"csrf_token": token}, status=403)


@pytest.mark.parametrize("page", ["today", "week"])
def test_an_office_that_does_not_exist_is_said_in_words(ines, page):
    unknown = ines.get(f"/desk/offices/nowhere/{page}", status=404)
    assert "/desk" in [link["href"] for link in unknown.one("main").all("a")]


@pytest.mark.parametrize("path", [TODAY, WEEK, "/desk"])
def test_pages_are_only_read(mirta, path):
    token = mirta.get(TODAY).all("input", name="csrf_token")[0]["value"]
    mirta.post(path, {"csrf_token": token}, status=405)


@pytest.mark.parametrize("path", [f"{TODAY}/attendance", f"{TODAY}/search", f"{WEEK}/seats"])
def test_forms_are_only_sent(mirta, path):
    mirta.get(path, status=405)


def test_the_desk_speaks_the_language_of_the_account(mirta, ines):
    page = mirta.get(TODAY, headers={"Accept-Language": "en"})
    assert page.one("html")["lang"] == "es"
