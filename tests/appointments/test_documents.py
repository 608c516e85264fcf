"""Identity documents as people type them, and how they are kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consular.appointments.people import DOCUMENT_TYPES, Document, dni_check_is_wrong, read_document
from consular.appointments.queries import document_tail


@pytest.mark.parametrize(
    ("type_", "typed", "country", "kept"),
    [
        ("dni", "10117410", None, Document("dni", "10117410", None)),
        ("dni", "00000001", None, Document("dni", "00000001", None)),
        ("dni", " 10 117 410 ", None, Document("dni", "10117410", None)),
        ("dni", "10.117.410", None, Document("dni", "10117410", None)),
        ("dni", "10117410-2", None, Document("dni", "10117410", None)),
        ("dni", "101174102", None, Document("dni", "10117410", None)),
        ("dni", "10117410-g", None, Document("dni", "10117410", None)),
        ("dni", "10117410-9", None, Document("dni", "10117410", None)),  # a wrong check is no refusal
        ("dni", "10117410", "PE", Document("dni", "10117410", None)),
        ("ce", "001234567", None, Document("ce", "001234567", None)),
        ("ce", "n00123456789", "VE", Document("ce", "N00123456789", None)),
        ("passport", "ab 123456", "ve", Document("passport", "AB123456", "VE")),
        ("passport", "1", " PE ", Document("passport", "1", "PE")),
        ("other", "ptp-12/3.4", None, Document("other", "PTP-12/3.4", None)),
        ("other", "A" * 15, None, Document("other", "A" * 15, None)),
    ],
)
def test_good_documents(type_: str, typed: str, country: str | None, kept: Document) -> None:
    assert read_document(type_, typed, country) == (kept, {})


@pytest.mark.parametrize(
    ("type_", "typed", "country", "errors"),
    [
        ("", "10117410", None, {"document_type": "unknown"}),
        ("DNI", "10117410", None, {"document_type": "unknown"}),
        ("ruc", "10101174102", None, {"document_type": "unknown"}),
        ("dni", "", None, {"document_number": "required"}),
        ("dni", " . ", None, {"document_number": "required"}),
        ("dni", "1011741", None, {"document_number": "format"}),
        ("dni", "1011741022", None, {"document_number": "format"}),
        ("dni", "10117410L", None, {"document_number": "format"}),
        ("dni", "1011741O", None, {"document_number": "format"}),
        ("dni", "10117410\x00", None, {"document_number": "format"}),
        ("dni", "１０１１７４１０", None, {"document_number": "format"}),
        ("dni", "٠١٢٣٤٥٦٧", None, {"document_number": "format"}),
        ("dni", "10117410\u202e", None, {"document_number": "format"}),
        ("dni", "10117410'--", None, {"document_number": "format"}),
        ("ce", "12345678", None, {"document_number": "format"}),
        ("ce", "1234567890123", None, {"document_number": "format"}),
        ("ce", "12345678Ñ", None, {"document_number": "format"}),
        ("passport", "AB123456", None, {"document_country": "required"}),
        ("passport", "AB123456", "  ", {"document_country": "required"}),
        ("passport", "AB123456", "Perú", {"document_country": "format"}),
        ("passport", "AB123456", "P1", {"document_country": "format"}),
        ("passport", "AB123456", "ZZ", {"document_country": "unknown"}),
        ("passport", "AB123456", "UN", {"document_country": "unknown"}),
        ("passport", "A" * 13, "PE", {"document_number": "format"}),
        ("passport", "AB-123", "PE", {"document_number": "format"}),
        ("passport", "A\ud800", "PE", {"document_number": "format"}),
        ("other", "A" * 16, None, {"document_number": "format"}),
        ("other", "-1", None, {"document_number": "format"}),
        ("other", "<b>", None, {"document_number": "format"}),
        ("other", "\t\n", None, {"document_number": "required"}),
    ],
)
def test_bad_documents(type_: str, typed: str, country: str | None, errors: dict[str, str]) -> None:
    assert read_document(type_, typed, country) == (None, errors)


@given(st.sampled_from(DOCUMENT_TYPES), st.text(), st.none() | st.text())
def test_whatever_is_typed_is_kept_plain_or_refused_with_a_reason(
    type_: str, typed: str, country: str | None
) -> None:
    document, errors = read_document(type_, typed, country)
    assert (document is None) == bool(errors)
    if document is not None:
        assert document.number.isascii()
        assert document.number.upper() == document.number
        assert read_document(type_, document.number, document.country) == (document, {})


@given(st.from_regex(r"[0-9]{8}", fullmatch=True), st.sampled_from("0123456789ABCDEFGHIJK"))
def test_the_check_character_never_changes_whose_document_it_is(number: str, check: str) -> None:
    assert read_document("dni", number + check, None) == read_document("dni", number, None)


@given(st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_exactly_one_digit_and_one_letter_are_right(number: str) -> None:
    # The algorithm of DOMAIN 4.2, written out here apart from the library that the program uses.
    remainder = sum(int(d) * w for d, w in zip(number, (3, 2, 7, 6, 5, 4, 3, 2), strict=True)) % 11
    right = {c for c in "0123456789ABCDEFGHIJK" if not dni_check_is_wrong(f"{number}-{c}")}
    assert right == {"65432110987"[remainder], "KJIHGFEDCBA"[remainder]}


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ("10117410-2", False),
        ("10117410 2", False),
        ("10117410g", False),
        ("10117410", False),  # none was typed
        ("10117410-3", True),
        ("10117410-A", True),
        ("", False),
        ("x" * 9, True),
    ],
)
def test_a_wrong_check_character_is_a_reason_to_read_again(typed: str, wrong: bool) -> None:
    assert dni_check_is_wrong(typed) is wrong


@pytest.mark.parametrize(
    ("number", "tail"), [("10117410", "410"), ("12345", "345"), ("1234", ""), ("", ""), (None, "")]
)
def test_a_short_document_has_no_tail(number: str | None, tail: str) -> None:
    assert document_tail(number) == tail
