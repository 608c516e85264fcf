"""Passwords: what is strong enough, and how they are kept (argon2id) and checked."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from consular.foundation.errors import Refusal

SHORTEST = 12
LONGEST = 128

# argon2id with the parameters of RFC 9106, second recommended option (64 MiB), argon2-cffi's default.
_hasher = PasswordHasher()

# The hash of a random password that nobody kept, made with the same parameters (a test compares them).
_DECOY = "$argon2id$v=19$m=65536,t=3,p=4$JbEvtJ9Ru0Wlv1YJcb+2eQ$RnjHQEh4NM8m+fvyucp774dmc0C0fNV9ourVP2bTWYU"


class PasswordRefused(Refusal):
    """A new password is too short, too long, or too easily guessed. Facts: reason, shortest, longest."""

    status = 422


def hash_password(password: str) -> str:
    """The argon2id hash to store, with its salt and parameters in it."""
    return _hasher.hash(_normal(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is that of the hash. Without a hash (no such account) the answer is no,
    after the same work, so that the time taken does not tell who has an account.
    """
    try:
        _hasher.verify(password_hash or _DECOY, _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def check_strength(password: str, *about: str) -> None:
    """Length is what counts; what anybody knows about the person is not a password.

    Raises:
        PasswordRefused: reason is `short`, `long`, `personal` or `repeated`.
    """
    said = _normal(password).casefold()
    reason = None
    if len(said) < SHORTEST:
        reason = "short"
    elif len(said) > LONGEST:
        reason = "long"
    elif said in {fact.casefold() for fact in about}:
        reason = "personal"
    elif len(set(said)) < 4:
        reason = "repeated"
    if reason:
        raise PasswordRefused(reason=reason, shortest=SHORTEST, longest=LONGEST)


def _normal(password: str) -> str:
    # The same letters typed on a phone and on a desk may differ in how accents are composed.
    return unicodedata.normalize("NFKC", password)
