"""The text of a hold, which proves that it was answered by this system.

Seats forget an expired hold when somebody else takes them. With a seal on its text, one that was made
up can still be told (404) from one whose time is over (410).
"""

import hmac

from consular.appointments.holding import HoldUnknown
from consular.foundation.vault import vault

SEAL_LENGTH = 16  # hexadecimal digits: 64 bits, on top of the token's own 128


def hold_code(token: str) -> str:
    """What a program is given for the token of a hold."""
    return token + _seal(token)


def token_of(code: str) -> str:
    """The token again.

    Raises:
        HoldUnknown: this system never answered that text.
    """
    token, seal = code[:-SEAL_LENGTH], code[-SEAL_LENGTH:]
    if not hmac.compare_digest(_seal(token).encode(), seal.encode("utf-8", "replace")):
        raise HoldUnknown()
    return token


def _seal(token: str) -> str:
    return vault().keyed_hash("api-hold", token)[:SEAL_LENGTH]
