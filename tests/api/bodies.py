"""Bodies that programs of the tests send, in the standard world on its morning."""

from typing import Any

# The Monday of the standard world, 9:00 in Lima.
NINE = "2026-11-30T14:00:00Z"
HALF_PAST_NINE = "2026-11-30T14:30:00Z"


def citizen(number: int = 0, **others: Any) -> dict[str, Any]:
    """A citizen; another number is another person."""
    return {
        "document_type": "dni",
        "document_number": f"{10_000_000 + number}",
        "given_names": "Rosa María",
        "family_names": "Quispe Ñahui",
        **others,
    }


def appointment(number: int = 0, **others: Any) -> dict[str, Any]:
    """A booking in Cusco for that citizen."""
    return {
        "office": "cusco",
        "service": "apostille",
        "starts_at": NINE,
        "citizen": citizen(number),
        **others,
    }
