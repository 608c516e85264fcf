"""Passwords: strength, hashing, and equal work whether the account exists or not."""

import pytest
from argon2 import PasswordHasher

from consular.staff import passwords
from consular.staff.passwords import PasswordRefused, check_strength, hash_password, matches, outdated

GOOD = "el-lago-sube-despacio"


def test_a_password_matches_its_own_hash_only():
    hashed = hash_password(GOOD)
    assert matches(hashed, GOOD)
    assert not matches(hashed, GOOD + " ")
    assert GOOD not in hashed
    assert hash_password(GOOD) != hashed


def test_the_same_letters_composed_otherwise_are_the_same_password():
    assert matches(hash_password("mi n\u0303an\u0303a contrasen\u0303a"), "mi ñaña contraseña")


def test_without_an_account_the_answer_is_no_after_the_same_work(monkeypatch):
    worked = []

    class Counting(PasswordHasher):
        def verify(self, hash, password):  # noqa: A002 - argon2's own name
            worked.append(hash)
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    assert not matches(None, GOOD)
    assert not matches(hash_password("another password"), GOOD)
    assert len(worked) == 2
    # Same parameters, so the same cost: a decoy of older parameters would tell accounts apart.
    assert not outdated(worked[0])
    assert worked[0].split("$")[1:4] == worked[1].split("$")[1:4]


def test_nobody_signs_in_with_a_broken_hash():
    assert not matches("not a hash", GOOD)


def test_weaker_parameters_are_outdated():
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
    assert outdated(weak)
    assert not outdated(hash_password(GOOD))


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("elevenchars", "short"),
        ("x y" * 50, "long"),
        ("Mirta@Example.pe", "personal"),
        ("mirta quispe mamani", "personal"),
        ("aaaaaaaaaaaaaaaa", "repeated"),
        ("ababababababab", "repeated"),
    ],
)
def test_weak_passwords_are_refused_by_name(password, reason):
    with pytest.raises(PasswordRefused) as refused:
        check_strength(password, "mirta@example.pe", "Mirta Quispe Mamani")
    assert refused.value.facts == {"reason": reason, "shortest": 12, "longest": 128}


def test_a_long_sentence_is_a_good_password():
    check_strength(GOOD, "mirta@example.pe", "Mirta")
    check_strength("x" * 64 + "abc" * 21 + "d", "mirta@example.pe")
    with pytest.raises(PasswordRefused):
        check_strength("x" * 65 + "abc" * 21 + "d", "mirta@example.pe")
