"""References: random, without letters that people confuse, and read as they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consular.foundation.references import ALPHABET, LENGTH, new_reference, normalise_reference

CODES = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)


def test_new_references_differ_and_use_the_whole_alphabet() -> None:
    made = {new_reference() for _ in range(2000)}
    assert len(made) == 2000
    assert set("".join(made)) == set(ALPHABET) | {"-"}
    assert {(len(code), code[4]) for code in made} == {(9, "-")}


def test_no_two_letters_can_be_confused() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET)
    for pair in ("0O", "1I", "1L", "5S", "8B", "UV", "2Z"):
        assert len(set(pair) & set(ALPHABET)) <= 1, pair


@given(
    code=CODES,
    separators=st.lists(st.sampled_from(["", " ", "-", "–", "\u00a0", ".", "  "]), min_size=9, max_size=9),
    lower=st.booleans(),
)
def test_a_reference_is_understood_however_it_is_typed(code: str, separators: list[str], lower: bool) -> None:
    typed = separators[0] + "".join(a + b for a, b in zip(code, separators[1:], strict=True))
    assert normalise_reference(typed.lower() if lower else typed) == f"{code[:4]}-{code[4:]}"


@given(st.text())
def test_what_is_no_reference_is_none_and_what_is_one_stays_itself(typed: str) -> None:
    read = normalise_reference(typed)
    assert read is None or normalise_reference(read) == read


@pytest.mark.parametrize(
    "typed", ["", "K7QM", "K7QM-4T3X9", "K7QM-4T3O", "K7QM/4T3X", "K7QM-4T3\x00", "Ñ" * 8]
)
def test_bad_references_are_refused(typed: str) -> None:
    assert normalise_reference(typed) is None
