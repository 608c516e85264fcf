"""Personal data at rest: sealed with a key, found again by a keyed hash.

The key is derived from SECRET_KEY (HKDF-SHA256), once, by create_app().
"""

import base64
import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

STORED = "1."  # before what `store` made; a Fernet token begins with a g
_NONCE = 12  # bytes, random: NIST SP 800-38D allows 2^32 texts under one key


@dataclass(frozen=True)
class Vault:
    """Seals texts and computes keyed hashes with keys derived from one secret.

    A seal that is out in the world, in a cookie, knows its age (Fernet). What is stored in the database is sealed
    many times for each booking, and read by the page: AES-256-GCM takes a fifth of Fernet's time.
    """

    sealing: Fernet
    storing: AESGCM
    hashing: bytes

    @classmethod
    def from_secret(cls, secret: str) -> "Vault":
        def derive(purpose: bytes) -> bytes:
            return HKDF(hashes.SHA256(), 32, salt=None, info=purpose).derive(secret.encode())

        return cls(
            Fernet(base64.urlsafe_b64encode(derive(b"seal"))), AESGCM(derive(b"store")), derive(b"hash")
        )

    def seal(self, text: str) -> str:
        return self.sealing.encrypt(text.encode()).decode()

    def unseal(self, sealed: str, max_age_seconds: int | None = None) -> str | None:
        """The text again, or None when the seal is broken, foreign or too old."""
        try:
            return self.sealing.decrypt(sealed.encode(), ttl=max_age_seconds).decode()
        except (InvalidToken, UnicodeError):
            return None

    def store(self, text: str) -> str:
        """The text as it may lie in the database."""
        nonce = os.urandom(_NONCE)
        return STORED + base64.b64encode(nonce + self.storing.encrypt(nonce, text.encode(), None)).decode()

    def stored(self, sealed: str) -> str | None:
        """What was stored, also by an earlier release, with Fernet; None when it is broken or foreign."""
        if not sealed.startswith(STORED):
            return self.unseal(sealed)
        try:
            whole = base64.b64decode(sealed.removeprefix(STORED), validate=True)
            return self.storing.decrypt(whole[:_NONCE], whole[_NONCE:], None).decode()
        except (InvalidTag, ValueError):
            return None

    def keyed_hash(self, purpose: str, *parts: str) -> str:
        """64 hex digits; parts are length-prefixed so that no two lists of parts collide."""
        message = purpose + "".join(f"|{len(part)}:{part}" for part in parts)
        return hmac.digest(self.hashing, message.encode(), "sha256").hex()


_vault: Vault | None = None


def open_vault(secret: str) -> Vault:
    """Set the process's vault. Called by create_app() only."""
    global _vault
    _vault = Vault.from_secret(secret)
    return _vault


def vault() -> Vault:
    """The process's vault.

    Raises:
        RuntimeError: create_app() has not run.
    """
    if _vault is None:
        raise RuntimeError("the vault is closed: create_app() opens it")
    return _vault


class Sealed(TypeDecorator[str]):
    """A text column that holds ciphertext; Python sees the plain text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else vault().store(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else vault().stored(value)
