"""What a citizen types about themselves: names, e-mail, telephone; all that is wrong is told at once."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consular.appointments.people import (
    LONGEST_NAME,
    Citizen,
    InvalidCitizen,
    read_citizen,
    read_email,
    read_phone,
)
from tests.factories import ROSA


def _errors(**changes: str | None) -> dict[str, str]:
    with pytest.raises(InvalidCitizen) as refused:
        read_citizen(replace(ROSA, **changes))
    return refused.value.facts["errors"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Rosa María", "Rosa María"),
        ("  Rosa \t María\n", "Rosa María"),
        ("Ñahui", "Ñahui"),
        ("O'Higgins-Pérez", "O'Higgins-Pérez"),
        ("M.ª José", "M.ª José"),
        ("Ng", "Ng"),
        ("李小龙", "李小龙"),
        ("Đặng Thị", "Đặng Thị"),
        ("Rosa\u0301", "Rosa\u0301"),
        ("X" * LONGEST_NAME, "X" * LONGEST_NAME),
    ],
)
def test_real_names_are_kept(typed: str, kept: str) -> None:
    citizen, _document = read_citizen(replace(ROSA, given_names=typed, family_names=typed))
    assert (citizen.given_names, citizen.family_names) == (kept, kept)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        (" \u00a0\t", "required"),
        ("X" * (LONGEST_NAME + 1), "too-long"),
        ("Ro\x00sa", "characters"),
        ("Ro\x1bsa", "characters"),
        ("Ro\x7fsa", "characters"),
        ("Ro\ud800sa", "characters"),
        ("Ro\u200bsa", "characters"),
        ("Rosa\u202eapocse", "characters"),  # turns what follows it around
        ("Ro\u2066sa\u2069", "characters"),
        ("Ro\u061csa", "characters"),  # the Arabic letter mark is a direction too
        ("Ro\ufeffsa", "characters"),
        ("Ro\u2060sa", "characters"),
        ("Ro\U000e0041sa", "characters"),  # a tag: an invisible letter
        ("12345", "characters"),
        ("---", "characters"),
    ],
)
@pytest.mark.parametrize("field", ["given_names", "family_names"])
def test_bad_names_are_refused_by_field(field: str, typed: str, code: str) -> None:
    assert _errors(**{field: typed}) == {field: code}


@given(st.text(max_size=140))
def test_a_kept_name_has_nothing_invisible_but_single_spaces(typed: str) -> None:
    errors: object = {}
    try:
        citizen, _document = read_citizen(replace(ROSA, given_names=typed))
    except InvalidCitizen as refused:
        errors = refused.facts["errors"]
    if errors:
        assert isinstance(errors, dict)
        assert errors.keys() == {"given_names"}
        return
    assert citizen.given_names == " ".join(citizen.given_names.split())
    kinds = {unicodedata.category(letter) for letter in citizen.given_names}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert read_citizen(citizen)[0] == citizen


def test_everything_that_is_wrong_is_told_at_once() -> None:
    errors = _errors(document_number="1", given_names="", family_names="\x00", email="x", phone="y")
    assert errors == {
        "document_number": "format",
        "given_names": "required",
        "family_names": "characters",
        "email": "format",
        "phone": "format",
    }


def test_a_citizen_is_kept_normalised() -> None:
    typed = Citizen(
        document_type="dni",
        document_number="10.117.410-2",
        given_names=" Rosa  María ",
        family_names="Quispe",
        document_country="PE",
        email=" rosa@EXAMPLE.pe ",
        phone="984 000 001",
        language="en",
    )
    citizen, document = read_citizen(typed)
    assert citizen == Citizen(
        document_type="dni",
        document_number="10117410",
        given_names="Rosa María",
        family_names="Quispe",
        document_country=None,
        email="rosa@example.pe",
        phone="+51984000001",
        language="en",
    )
    assert (document.type, document.number, document.country) == ("dni", "10117410", None)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (None, (None, None)),
        ("", (None, None)),
        ("  ", (None, None)),
        ("rosa@example.pe", ("rosa@example.pe", None)),
        (" Rosa@Example.PE ", ("Rosa@example.pe", None)),
        ("ñandú@correo.pe", ("ñandú@correo.pe", None)),
        ("rosa", (None, "format")),
        ("rosa@", (None, "format")),
        ("rosa@pe", (None, "format")),
        ("rosa@example..pe", (None, "format")),
        ("rosa@example.pe\nBcc: all@example.pe", (None, "format")),
        ("Rosa <rosa@example.pe>", (None, "format")),
        ("rosa@[127.0.0.1]", (None, "format")),
        ("ro\x00sa@example.pe", (None, "format")),
        ("ro\ud800sa@example.pe", (None, "format")),
        ("ro\u202esa@example.pe", (None, "format")),
        ("r" * 300 + "@example.pe", (None, "format")),
    ],
)
def test_emails(typed: str | None, read: tuple[str | None, str | None]) -> None:
    assert read_email(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (None, (None, None)),
        (" ", (None, None)),
        ("984000001", ("+51984000001", None)),
        ("984 000-001", ("+51984000001", None)),
        ("+51 984 000 001", ("+51984000001", None)),
        ("(01) 204-2400", ("+5112042400", None)),
        ("(051) 367074", ("+5151367074", None)),
        ("+1 202 555 0100", ("+12025550100", None)),
        ("+56 2 2123 4567", ("+56221234567", None)),
        ("123", (None, "format")),
        ("no tengo", (None, "format")),
        ("+999 123 456 789", (None, "format")),
        ("9" * 500, (None, "format")),
        ("\x00\ud800", (None, "format")),
    ],
)
def test_telephones(typed: str | None, read: tuple[str | None, str | None]) -> None:
    assert read_phone(typed) == read


@given(st.text(max_size=60))
def test_any_text_is_an_address_and_a_telephone_or_a_refusal(typed: str) -> None:
    for value, error in (read_email(typed), read_phone(typed)):
        assert error in (None, "format")
        assert value is None or error is None
    number, _error = read_phone(typed)
    assert number is None or (number[0] == "+" and number[1:].isdecimal() and number.isascii())
