"""How people write countries: only a right name is taken, anything like one is offered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consular.offices.country_names import SUGGESTIONS, country_name, find_country

from .conftest import rows

LOCALES = ("es", "en")
COUNTRIES = {
    row["code"]: tuple(name for name in row["other_names"].split("|") if name)
    for row in rows("countries.csv")
}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("España", "ES"),
        ("espana", "ES"),
        (" SPAIN ", "ES"),
        ("EEUU", "US"),
        ("ee. uu.", "US"),
        ("Estados Unidos", "US"),
        ("USA", "US"),
        ("Holanda", "NL"),
        ("Inglaterra", "GB"),
        ("república checa", "CZ"),
        ("corea del sur", "KR"),
        ("Japon", "JP"),
        ("Emiratos", "AE"),
        ("pe", "PE"),
        ("Côte d’Ivoire", "CI"),
    ],
)
def test_a_name_that_is_written_right(typed: str, code: str) -> None:
    assert find_country(typed, COUNTRIES, LOCALES).code == code


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("Alemaina", ("DE",)),
        ("Corea", ("KP", "KR")),
        ("Portugual", ("PT",)),
        ("Venesuela", ("VE",)),
        ("dominicana", ("DO",)),
        ("lima", ()),
        ("x", ()),
        ("", ()),
        ("🦙", ()),
    ],
)
def test_what_is_no_name_is_offered_what_is_like_it(typed: str, offered: tuple[str, ...]) -> None:
    found = find_country(typed, COUNTRIES, LOCALES)
    assert (found.code, found.alike) == (None, offered)


def test_every_country_is_found_by_its_name_in_each_language() -> None:
    for code in COUNTRIES:
        for locale in LOCALES:
            assert find_country(country_name(code, locale), COUNTRIES, LOCALES).code == code, (code, locale)


def test_a_code_that_has_no_name_is_its_own() -> None:
    assert country_name("QX", "es") == "QX"


@given(st.text(max_size=100))
def test_whatever_is_typed_is_answered(typed: str) -> None:
    found = find_country(typed, COUNTRIES, LOCALES)
    assert len(found.alike) <= SUGGESTIONS
    assert {found.code, *found.alike} <= {None, *COUNTRIES}
