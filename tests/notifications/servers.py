"""A mail server with a temper: what it answers is in the address that it is asked to deliver to."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers import free_port

SILENCE_SECONDS = 1.5


@dataclass
class MoodyServer:
    """A running server: who was asked for, and what it took charge of.

    ``refused@``, ``later@``: 550 and 450 to the recipient; ``full@``: 552 to the message; ``busy@``: 451
    to the message; ``closing@``: 421; ``drop@``: the connection ends in the middle of the message;
    ``deaf@``: it takes the message and the connection ends before its answer; ``slow@``: it says nothing
    for SILENCE_SECONDS. Anybody else gets the message.
    """

    url: str = ""
    messages: list[EmailMessage] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.asked[address] += 1
        answers = {
            "refused": f"550 5.1.1 <{address}>: no such person",
            "later": f"450 4.2.1 <{address}>: come back",
            "closing": "421 4.3.2 closing",
        }
        if answer := answers.get(_mood(address)):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        mood = _mood(envelope.rcpt_tos[0])
        if mood == "drop":
            server.transport.abort()
            return "250 nobody hears this"
        if mood == "slow":
            await asyncio.sleep(SILENCE_SECONDS)
        if mood in ("full", "busy"):
            return {"full": "552 5.2.2 mailbox full", "busy": "451 4.3.0 try again"}[mood]
        self.messages.append(message_from_bytes(envelope.original_content, policy=default))
        if mood == "deaf":
            server.transport.abort()
        return "250 kept"


def _mood(address: str) -> str:
    return address.partition("@")[0]


@contextmanager
def moody_server() -> Iterator[MoodyServer]:
    """The server on a random loopback port."""
    server = MoodyServer()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    server.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield server
    finally:
        controller.stop()
