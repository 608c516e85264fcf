"""A message as words, and the e-mail that carries it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any


@dataclass(frozen=True)
class Attachment:
    """A file to send along; `content_type` may carry parameters (``text/calendar; method=PUBLISH``)."""

    filename: str
    content_type: str
    content: str


@dataclass(frozen=True)
class Message:
    """What a template and its values became, in one language."""

    subject: str
    text: str
    html: str | None = None
    attachments: tuple[Attachment, ...] = ()


# (template, language, values) -> Message; passed in by the worker, because words need the web's formats.
Render = Callable[[str, str, Mapping[str, Any]], Message]


class NotAnAddress(ValueError):
    """The recipient cannot be written as an e-mail address."""


def compose(
    message: Message, *, sender: str, recipient: str, message_id: str, language: str, date: datetime
) -> EmailMessage:
    """The e-mail, ready for any transport.

    `message_id` is the part before the ``@`` and is the same each time that the same message is sent,
    so that a mailbox or a person recognises a second copy.

    Raises:
        NotAnAddress: the recipient is not of the form ``local@domain``.
    """
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = " ".join(message.subject.split())
    mail["From"] = _address(sender)
    mail["To"] = _address(recipient)
    mail["Date"] = date
    mail["Message-ID"] = f"<{message_id}@{_address(sender).domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office reply comes back
    mail.set_content(message.text)
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html")
    for attachment in message.attachments:
        _attach(mail, attachment)
    mail["Content-Language"] = language  # last: making parts moves every Content- header into the first one
    return mail


def _address(typed: str) -> Address:
    local, _, domain = typed.strip().rpartition("@")
    try:
        if not (local and domain):
            raise ValueError("not local@domain")
        return Address(username=local, domain=domain.encode("idna").decode("ascii"))
    except (ValueError, UnicodeError, IndexError) as problem:
        raise NotAnAddress from problem


def _attach(mail: EmailMessage, attachment: Attachment) -> None:
    kind, *parameters = (part.strip() for part in attachment.content_type.split(";"))
    maintype, _, subtype = kind.partition("/")
    if maintype != "text":
        raise ValueError(f"only text can be attached, not {kind}")
    mail.add_attachment(
        attachment.content,
        subtype=subtype,
        filename=attachment.filename,
        params=dict(parameter.split("=", 1) for parameter in parameters),
    )
