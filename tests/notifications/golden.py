"""Every message as it leaves, in every language, kept beside the tests to be read by people.

`python -m tests.notifications.golden` writes them again; read the difference before committing it.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask

from consular.notifications.message import Message
from consular.web.languages import LANGUAGES
from consular.web.messages import render

FOLDER = Path(__file__).parent / "golden"
KINDS = (
    "appointment-confirmed",
    "appointment-moved",
    "appointment-cancelled",
    "appointment-tried-again",
)
# About a report of a mistake: no appointment, no calendar.
ANSWERS = ("correction-answered",)
ANSWERED: dict[str, Any] = {
    "office": "Oficina Desconcentrada de Cusco",
    "slug": "cusco",
    "fact": "hours",
    "outcome": "corrected",
    "note": "Gracias: el cartel decía otra hora.",
    "received_at": "2026-11-23T15:00:00+00:00",
    "timezone": "America/Lima",
}

VALUES: dict[str, Any] = {
    "reference": "K7QM-4T3X",
    "secret": "0123456789abcdef0123456789abcdef",
    "sequence": 0,
    "told_at": "2026-11-23T15:00:00+00:00",
    "given_names": "Rosa María",
    "document_type": "dni",
    "document_tail": "410",
    "preferential": False,
    "starts_at": "2026-12-01T14:30:00+00:00",
    "ends_at": "2026-12-01T14:45:00+00:00",
    "timezone": "America/Lima",
    "service": "Apostilla",
    "bring": ["Documento original", "Voucher de pago (S/ 31)"],
    "office": "Oficina Desconcentrada de Cusco",
    "address": "Plazoleta Limacpampa Grande 565",
    "city": "Cusco",
    "region": "Cusco",
    "latitude": -13.5226,
    "longitude": -71.9673,
    "location_precision": "city",
}


ENGLISH = {"service": "Apostille", "bring": ["The original document", "Proof of payment (S/ 31)"]}


def values(kind: str, language: str) -> dict[str, Any]:
    """The values of one kind of message, as the outbox would hold them."""
    if kind in ANSWERS:
        return ANSWERED
    told = {**VALUES, **(ENGLISH if language == "en" else {})}
    if kind == "appointment-moved":
        return {**told, "sequence": 1, "before": "2026-11-30T20:00:00+00:00"}
    if kind == "appointment-cancelled":
        return {**told, "sequence": 2}
    if kind == "appointment-tried-again":
        return {**told, "sequence": 1}
    return told


def files(app: Flask) -> Iterator[tuple[str, str]]:
    """Name and text of every golden file, rendered now."""
    for kind in (*KINDS, *ANSWERS):
        for language in LANGUAGES:
            with app.app_context():
                message = render(kind, language.code, values(kind, language.code))
            yield f"{kind}.{language.code}.txt", f"Subject: {message.subject}\n\n{message.text}"
            yield f"{kind}.{language.code}.html", message.html or ""
            if message.attachments:
                yield f"{kind}.{language.code}.ics", _calendar(message)


def _calendar(message: Message) -> str:
    (attachment,) = message.attachments
    return attachment.content.replace("\r\n", "\n")


def write() -> None:
    """Write every golden file."""
    from tests.databases import application

    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        application(
            f"sqlite:///{folder}/x.db", Path(folder), PUBLIC_URL="https://citas.example.gob.pe"
        ) as app,
    ):
        for name, text in files(app):
            (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
