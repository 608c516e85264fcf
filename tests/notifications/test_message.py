"""The e-mail that carries a message."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from consular.notifications.message import Attachment, Message, NotAnAddress, compose

MESSAGE = Message(
    subject="Su cita: mañana",
    text="Señora Ñahui: le esperamos.\n",
    html="<p>Señora Ñahui</p>",
    attachments=(
        Attachment("cita.ics", "text/calendar; charset=utf-8; method=PUBLISH", "BEGIN:VCALENDAR\r\n"),
    ),
)


def _composed(recipient: str = "rosa@example.pe", message: Message = MESSAGE) -> EmailMessage:
    mail = compose(
        message,
        sender="citas@example.gob.pe",
        recipient=recipient,
        message_id="a1b2",
        language="es",
        date=datetime(2026, 11, 30, 12, tzinfo=UTC),
    )
    return message_from_bytes(mail.as_bytes(), policy=default)


def test_it_survives_the_wire() -> None:
    mail = _composed()
    assert mail["Subject"] == "Su cita: mañana"
    assert mail["From"] == "citas@example.gob.pe"
    assert mail["To"] == "rosa@example.pe"
    assert mail["Message-ID"] == "<a1b2@example.gob.pe>"
    assert mail["Date"] == "Mon, 30 Nov 2026 12:00:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "es"
    plain, page, calendar = (part for part in mail.walk() if not part.is_multipart())
    assert plain.get_content().split("\r\n") == ["Señora Ñahui: le esperamos.", ""]
    assert page.get_content().strip() == "<p>Señora Ñahui</p>"
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("method") == "PUBLISH"
    assert calendar.get_filename() == "cita.ics"


def test_a_subject_never_breaks_its_line() -> None:
    mail = _composed(message=Message("Uno\r\nBcc: todos@example.pe", "x\n"))
    assert mail["Subject"] == "Uno Bcc: todos@example.pe"
    assert mail["Bcc"] is None


def test_a_domain_is_written_in_ascii() -> None:
    assert _composed("rosa@ñandú.pe")["To"].addresses[0].domain == "xn--and-6ma2c.pe"


@pytest.mark.parametrize(
    "recipient", ["", "rosa", "@example.pe", "rosa@", "rosa@example.pe\r\nBcc: x@y.pe", "ro\nsa@example.pe"]
)
def test_what_is_no_address_is_refused(recipient: str) -> None:
    with pytest.raises(NotAnAddress):
        _composed(recipient)
