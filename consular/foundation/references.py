"""Public codes: unguessable, short, readable over the telephone."""

import re
import secrets

# No 0/O, 1/I/L, 5/S, 8/B, U/V, 2/Z: pairs that people confuse when they read aloud or by hand.
ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
LENGTH = 8


def new_reference() -> str:
    """A random reference such as ``K7QM-4T3X``: 23^8 = 7.8e10 possible codes."""
    code = ""
    number = secrets.randbelow(len(ALPHABET) ** LENGTH)  # the system is asked once, not for each letter
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        code += ALPHABET[place]
    return f"{code[:4]}-{code[4:]}"


def normalise_reference(typed: str) -> str | None:
    """The stored form of a reference as people type it (case, spaces, hyphens), or None."""
    code = re.sub(r"[\s\-‐‑–—.]", "", typed).upper()
    if len(code) != LENGTH or any(letter not in ALPHABET for letter in code):
        return None
    return f"{code[:4]}-{code[4:]}"
