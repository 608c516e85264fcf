"""An appointment as values: what a page, a message and the API show of it."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from consular.foundation.vault import vault


@dataclass(frozen=True)
class AppointmentView:
    """One booking's present appointment. `document_tail` is the last three characters, never more."""

    reference: str
    status: str
    office_slug: str
    office_name: str
    office_opens_on: date | None
    office_address: str | None
    city: str | None
    region: str
    latitude: float
    longitude: float
    location_precision: str
    timezone: str
    service_code: str
    service_texts: dict[str, Any]
    starts_at: datetime
    ends_at: datetime
    given_names: str
    family_names: str
    document_type: str
    document_tail: str
    email: str | None
    phone: str | None
    language: str
    on_behalf: str
    contact_name: str | None
    preferential: bool
    documents: int
    created_at: datetime
    moves: int
    guidance: str | None = None

    @property
    def sequence(self) -> int:
        """The revision number of its calendar entry (RFC 5545): rises with every move and the end."""
        return self.moves + (self.status in ("cancelled", "displaced"))

    @cached_property
    def secret(self) -> str:
        """What opens this booking to whoever has it; derived, so that a replayed request returns it."""
        return secret_of(self.reference)


def secret_of(reference: str) -> str:
    """The secret of a booking: 32 hex digits (128 bits) of a keyed hash of its reference."""
    return vault().keyed_hash("appointment-secret", reference)[:32]


def is_secret_of(reference: str, presented: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(secret_of(reference).encode(), presented.encode("utf-8", "replace"))


def person_key(document_type: str, number: str, country: str | None) -> str:
    """The keyed hash by which a person's appointments are found without reading any document."""
    return vault().keyed_hash("person", document_type, country or "", number)
