"""Puts a message into the outbox, in the transaction that the caller has open."""

import json
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert

from consular.foundation import clock
from consular.foundation.database import writing
from consular.foundation.rows import Row, row_of
from consular.notifications.models import OutboxMessage

_MESSAGE = insert(OutboxMessage).inline()


def enqueue(
    template: str, recipient: str, language: str, values: Mapping[str, object], channel: str = "email"
) -> None:
    """Write one message; it leaves if and only if the caller's transaction commits. One statement.

    The arguments, and what is raised, are those of `message`.
    """
    writing().execute(_MESSAGE, message(template, recipient, language, values, channel).values)


def message(
    template: str, recipient: str, language: str, values: Mapping[str, object], channel: str = "email"
) -> Row:
    """A message, for whoever writes it together with the fact that it tells.

    `values` is all that the template will be given: plain JSON, instants as ISO text. They are
    written out now, because the worker that renders them may run another version of the program.

    Raises:
        TypeError: a value is not plain JSON.
    """
    now = clock.now()
    columns = {
        "template": template,
        "language": language,
        "channel": channel,
        "recipient": recipient,
        "values": json.dumps(values, ensure_ascii=False, allow_nan=False),
        "created_at": now,
        "send_after": now,
        "attempts": 0,
    }
    return row_of(OutboxMessage, columns)


def forget_given_up(before: datetime) -> None:
    """Delete messages that were given up before an instant, with the address and the words that they keep. One statement."""
    writing().execute(delete(OutboxMessage).where(OutboxMessage.failed_at < before))
