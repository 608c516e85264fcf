"""Which transport a URL names, and what each does with a message."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

import pytest

from consular.notifications.transports import (
    FileTransport,
    Refused,
    SmtpTransport,
    TryLater,
    Unreachable,
    transport_for,
)
from tests.notifications.servers import MoodyServer, moody_server
from tests.servers import free_port

SENDER = "citas@example.gob.pe"


def _mail(recipient: str = "rosa@example.pe", message_id: str = "a1b2") -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Cita", SENDER, recipient
    mail["Message-ID"] = f"<{message_id}@example.gob.pe>"
    mail.set_content("Hola\n")
    return mail


@pytest.fixture
def server():
    with moody_server() as server:
        yield server


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtp://mail.example.pe", "mail.example.pe", 25, "never"),
        ("smtp://mail.example.pe?starttls=1", "mail.example.pe", 587, "starttls"),
        ("smtps://mail.example.pe", "mail.example.pe", 465, "always"),
        ("smtp://mail.example.pe:2525?starttls=0", "mail.example.pe", 2525, "never"),
    ],
)
def test_smtp_urls(url: str, host: str, port: int, tls: str) -> None:
    transport = transport_for(url, SENDER)
    assert isinstance(transport, SmtpTransport)
    assert (transport.host, transport.port, transport.tls) == (host, port, tls)


def test_user_and_password_may_hold_any_character() -> None:
    transport = transport_for("smtp://citas%40example.pe:p%3A%2Fa@mail.example.pe", SENDER)
    assert isinstance(transport, SmtpTransport)
    assert (transport.user, transport.password) == ("citas@example.pe", "p:/a")
    assert "p:/a" not in repr(transport)


@pytest.mark.parametrize("url", ["file:///var/outbox", "file:instance/outbox"])
def test_file_urls(url: str) -> None:
    transport = transport_for(url, SENDER)
    assert isinstance(transport, FileTransport)
    assert str(transport.folder) == url.removeprefix("file:").replace("///", "/")


@pytest.mark.parametrize(
    "url", ["", "mail.example.pe", "http://mail.example.pe", "smtp:///x", "file:", "smtp://h?tls=1"]
)
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"must be smtp|unknown option"):
        transport_for(url, SENDER)


def test_a_file_is_written_whole_and_a_second_copy_replaces_it(tmp_path: Path) -> None:
    transport = transport_for(f"file://{tmp_path}/out", SENDER)
    transport.send(_mail())
    transport.send(_mail())
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a1b2.eml"]
    assert b"Hola" in (tmp_path / "out" / "a1b2.eml").read_bytes()


def test_a_folder_that_cannot_be_written_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unreachable):
        transport_for(f"file://{tmp_path}/file/out", SENDER).send(_mail())


def test_one_connection_serves_many_messages(server: MoodyServer) -> None:
    transport = transport_for(server.url, SENDER)
    transport.send(_mail("rosa@example.pe"))
    transport.send(_mail("julio@example.pe"))
    transport.close()
    transport.send(_mail("ines@example.pe"))
    transport.close()
    assert [message["To"] for message in server.messages] == [
        "rosa@example.pe",
        "julio@example.pe",
        "ines@example.pe",
    ]


@pytest.mark.parametrize(
    ("mood", "refusal", "code"),
    [
        ("refused", Refused, "550"),
        ("full", Refused, "552"),
        ("later", TryLater, "450"),
        ("busy", TryLater, "451"),
        ("closing", Unreachable, "421"),
        ("drop", Unreachable, "SMTPServerDisconnected"),
    ],
)
def test_what_the_server_says_decides(
    server: MoodyServer, mood: str, refusal: type[Exception], code: str
) -> None:
    transport = transport_for(server.url, SENDER)
    with pytest.raises(refusal, match=code) as raised:
        transport.send(_mail(f"{mood}@example.pe"))
    assert type(raised.value) is refusal
    assert "example.pe" not in str(raised.value), "an error text is kept, and must not hold an address"
    transport.send(_mail("rosa@example.pe"))  # the next one is not spoiled
    transport.close()
    assert len(server.messages) == 1


def test_silence_is_unreachable(server: MoodyServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consular.notifications.transports.SMTP_TIMEOUT_SECONDS", 0.3)
    transport = transport_for(server.url, SENDER)
    with pytest.raises(Unreachable, match="TimeoutError|Disconnected"):
        transport.send(_mail("slow@example.pe"))


def test_nobody_listening_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        transport_for(f"smtp://127.0.0.1:{free_port()}", SENDER).send(_mail())


@pytest.mark.parametrize("url_tail", ["?starttls=1", ""])
def test_a_server_without_what_is_asked_is_unreachable(server: MoodyServer, url_tail: str) -> None:
    """No STARTTLS, or no AUTH: the message is never sent in the clear instead."""
    url = server.url.replace("smtp://", "smtp://citas:secret@") + url_tail
    with pytest.raises(Unreachable, match=smtplib.SMTPNotSupportedError.__name__):
        transport_for(url, SENDER).send(_mail())
    assert not server.messages
