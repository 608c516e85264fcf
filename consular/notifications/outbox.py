"""Puts a message into the outbox, in the transaction that the caller has open."""

import json
from collections.abc import Mapping

from sqlalchemy import insert

from consular.foundation import clock
from consular.foundation.database import db
from consular.notifications.models import OutboxMessage

_MESSAGE = insert(OutboxMessage).inline()


def enqueue(
    template: str, recipient: str, language: str, values: Mapping[str, object], channel: str = "email"
) -> None:
    """Write one message; it leaves if and only if the caller's transaction commits. One statement.

    `values` is all that the template will be given: plain JSON, instants as ISO text. They are
    written out now, because the worker that renders them may run another version of the program.

    Raises:
        TypeError: a value is not plain JSON.
    """
    now = clock.now()
    message = {
        "template": template,
        "language": language,
        "channel": channel,
        "recipient": recipient,
        "values": json.dumps(values, ensure_ascii=False, allow_nan=False),
        "created_at": now,
        "send_after": now,
        "attempts": 0,
    }
    db.session.connection().execute(_MESSAGE, message)
