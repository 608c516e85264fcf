"""The vault: what is sealed cannot be read without the key, and hashes need it too."""

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from consular.foundation import vault as module
from consular.foundation.vault import STORED, Vault, vault

OURS = Vault.from_secret("a-secret-of-this-test-0123456789-abcdef")
THEIRS = Vault.from_secret("another-secret-of-this-test-0123456789")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_what_is_sealed_is_found_again(text: str) -> None:
    assert OURS.unseal(OURS.seal(text)) == text


def test_the_seal_hides_the_text_and_never_repeats() -> None:
    first, second = OURS.seal("10117410"), OURS.seal("10117410")
    assert first != second
    assert b"10117410" not in base64.urlsafe_b64decode(first)


def test_the_same_secret_opens_it_in_another_process() -> None:
    again = Vault.from_secret("a-secret-of-this-test-0123456789-abcdef")
    assert again.unseal(OURS.seal("Rosa")) == "Rosa"
    assert again.keyed_hash("person", "dni", "10117410") == OURS.keyed_hash("person", "dni", "10117410")


@pytest.mark.parametrize("broken", ["", "x", "ñ", "gAAAAA==", "\ud800"])
def test_a_broken_seal_is_none(broken: str) -> None:
    assert OURS.unseal(broken) is None


def test_a_foreign_or_altered_seal_is_none() -> None:
    sealed = OURS.seal("Rosa")
    assert THEIRS.unseal(sealed) is None
    middle = len(sealed) // 2
    altered = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    assert OURS.unseal(altered) is None


def test_an_old_seal_is_none_when_its_age_matters() -> None:
    old = OURS.sealing.encrypt_at_time(b"Rosa", current_time=1_000_000).decode()
    assert OURS.unseal(old, max_age_seconds=60) is None
    assert OURS.unseal(old) == "Rosa"
    assert OURS.unseal(OURS.seal("Rosa"), max_age_seconds=60) == "Rosa"


@given(TEXTS)
def test_what_is_stored_is_found_again(text: str) -> None:
    assert OURS.stored(OURS.store(text)) == text


def test_what_is_stored_hides_the_text_and_never_repeats() -> None:
    first, second = OURS.store("10117410"), OURS.store("10117410")
    assert first != second
    assert b"10117410" not in base64.b64decode(first.removeprefix(STORED))
    assert Vault.from_secret("a-secret-of-this-test-0123456789-abcdef").stored(first) == "10117410"


def test_what_an_earlier_release_stored_is_found() -> None:
    assert OURS.stored(OURS.seal("Rosa")) == "Rosa"


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "x",
        "ñ",
        "\ud800",
        STORED,
        f"{STORED}x",
        f"{STORED}AAAA",
        f"{STORED}ñ",
        f"{STORED}\ud800",
        "gAAAAA==",
    ],
)
def test_what_is_broken_in_the_database_is_none(broken: str) -> None:
    assert OURS.stored(broken) is None


def test_what_another_secret_stored_or_somebody_altered_is_none() -> None:
    stored = OURS.store("Rosa")
    assert THEIRS.stored(stored) is None
    for place in range(len(STORED), len(stored.rstrip("=")) - 1):
        altered = stored[:place] + ("A" if stored[place] != "A" else "B") + stored[place + 1 :]
        assert OURS.stored(altered) is None


# Lists that read alike when their parts are only put side by side.
@example(["a|b"], ["a", "b"])
@example(["a", "", "b"], ["a", "|b"])
@example(["a|1:b"], ["a", "b"])
@example([], [""])
@given(st.lists(TEXTS, max_size=4), st.lists(TEXTS, max_size=4))
def test_different_parts_never_have_one_hash(one: list[str], other: list[str]) -> None:
    same = OURS.keyed_hash("person", *one) == OURS.keyed_hash("person", *other)
    assert same == (one == other)


def test_a_hash_depends_on_purpose_and_key() -> None:
    hashed = OURS.keyed_hash("person", "10117410")
    assert len(hashed) == 64
    assert hashed != OURS.keyed_hash("submission", "10117410")
    assert hashed != THEIRS.keyed_hash("person", "10117410")


def test_a_closed_vault_says_who_opens_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_vault", None)
    with pytest.raises(RuntimeError, match="create_app"):
        vault()
