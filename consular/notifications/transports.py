"""Ways for a message to leave: an SMTP server, or files in a folder for a demonstration."""

import os
import smtplib
import ssl
import tempfile
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

SMTP_TIMEOUT_SECONDS = 20  # for each answer of the server; a whole conversation has about ten


class Undelivered(Exception):
    """The message did not leave. The text is a code and never holds an address."""


class Refused(Undelivered):
    """The other side will never take this message: trying again is useless."""


class TryLater(Undelivered):
    """This message was put off; others may pass."""


class Unreachable(Undelivered):
    """The way itself is shut (no connection, no sign-in): no message passes now."""


class Transport(Protocol):
    """Takes messages of one channel, one at a time, until closed; may then be used again."""

    channel: str
    sender: str

    def send(self, mail: EmailMessage) -> None:
        """Return when the other side has taken charge of the message, or raise Undelivered."""

    def close(self) -> None:
        """Let go of any connection."""


def transport_for(url: str, sender: str) -> Transport:
    """The transport that a URL names; `sender` is the address that its messages come from.

    ``smtp://user:password@host:587?starttls=1``: user, password and starttls are optional;
    ``smtps://`` speaks TLS from the first byte (port 465). ``file:///var/outbox`` or
    ``file:instance/outbox`` writes ``.eml`` files into that folder.

    Raises:
        ValueError: the URL is not of these forms; the text names what is wrong and repeats no secret.
    """
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if unknown := sorted(set(options) - {"starttls"}):
        raise ValueError(f"unknown option {unknown[0]!r}: only starttls=1 is known")
    if parts.scheme == "file" and (folder := unquote(parts.netloc + parts.path)):
        return FileTransport(sender, Path(folder))
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("must be smtp://host, smtps://host or file:folder")
    tls = "always" if parts.scheme == "smtps" else "starttls" if options.get("starttls") == "1" else "never"
    port = parts.port or {"always": 465, "starttls": 587, "never": 25}[tls]
    return SmtpTransport(
        sender, parts.hostname, port, tls, unquote(parts.username or ""), unquote(parts.password or "")
    )


@dataclass
class FileTransport:
    """One `.eml` file a message, named by its Message-ID: a second copy replaces the first."""

    sender: str
    folder: Path
    channel: str = "email"

    def send(self, mail: EmailMessage) -> None:
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Written aside and renamed: whoever lists the folder never opens half a message.
            with tempfile.TemporaryDirectory(dir=self.folder, prefix=".part-") as aside:
                Path(aside, "message").write_bytes(mail.as_bytes())
                os.replace(Path(aside, "message"), self.folder / f"{name}.eml")
        except OSError as problem:
            raise Unreachable(type(problem).__name__) from problem

    def close(self) -> None:
        """Nothing is kept open."""


@dataclass
class SmtpTransport:
    """A connection to one mail server, opened when first needed and kept until closed."""

    sender: str
    host: str
    port: int
    tls: str  # "always", "starttls" or "never"
    user: str = ""
    password: str = field(default="", repr=False)
    channel: str = "email"
    _connection: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage) -> None:
        try:
            self._send(mail)
        except Unreachable:
            self.close()  # the next message begins with a fresh connection
            raise

    def _send(self, mail: EmailMessage) -> None:
        connection = self._connection or self._connect()
        try:
            connection.send_message(mail, from_addr=self.sender)
        except smtplib.SMTPNotSupportedError as problem:
            raise Refused("address needs SMTPUTF8") from problem
        except smtplib.SMTPRecipientsRefused as problem:
            raise _by_code([code for code, _ in problem.recipients.values()][0], "recipient") from problem
        except smtplib.SMTPSenderRefused as problem:
            raise Unreachable(f"{problem.smtp_code} sender refused") from problem
        except smtplib.SMTPResponseException as problem:
            raise _by_code(problem.smtp_code, "message") from problem
        except (smtplib.SMTPException, OSError) as problem:
            raise Unreachable(type(problem).__name__) from problem

    def close(self) -> None:
        if self._connection is None:
            return
        try:
            self._connection.quit()
        except (smtplib.SMTPException, OSError):
            self._connection.close()  # it was lost already; what was sent was acknowledged before
        self._connection = None

    def _connect(self) -> smtplib.SMTP:
        try:
            if self.tls == "always":
                self._connection = smtplib.SMTP_SSL(
                    self.host, self.port, timeout=SMTP_TIMEOUT_SECONDS, context=ssl.create_default_context()
                )
            else:
                self._connection = smtplib.SMTP(self.host, self.port, timeout=SMTP_TIMEOUT_SECONDS)
            if self.tls == "starttls":
                self._connection.starttls(context=ssl.create_default_context())
            if self.user and self.password:
                self._connection.login(self.user, self.password)
            return self._connection
        except smtplib.SMTPResponseException as problem:
            raise Unreachable(f"{problem.smtp_code} {type(problem).__name__}") from problem
        except (smtplib.SMTPException, OSError) as problem:
            raise Unreachable(type(problem).__name__) from problem


def _by_code(code: int, what: str) -> Undelivered:
    """RFC 5321: 5yz is final, 4yz passes; 421 means that the server is closing."""
    if code == 421:
        return Unreachable("421 server closing")
    return Refused(f"{code} {what} refused") if code >= 500 else TryLater(f"{code} {what} put off")
