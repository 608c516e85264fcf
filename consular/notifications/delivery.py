"""Sends what waits in the outbox: claim, render, send, record. Any number of workers may run it.

A message is claimed in a short transaction of its own, sent outside any transaction, and its result
recorded in another. A worker that dies between sending and recording leaves a claim that runs out, and
the message is sent a second time with the same Message-ID: at least once, never silently lost.
"""

import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from consular.foundation import clock
from consular.foundation.database import db, give_back, transaction
from consular.foundation.vault import vault
from consular.notifications.message import NotAnAddress, Render, compose
from consular.notifications.models import OutboxMessage
from consular.notifications.transports import Refused, Transport, Undelivered, Unreachable

# Longer than the slowest SMTP conversation (ten answers of 20 seconds), so a claim outlives its sending.
CLAIM = timedelta(minutes=10)
# After the first failed try, after the second...; the last one gives up after about two days.
RETRY_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720, 1440))
TRIES = len(RETRY_AFTER) + 1

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sent:
    """What one round did: messages sent, put off, and given up."""

    sent: int = 0
    delayed: int = 0
    failed: int = 0


@dataclass(frozen=True)
class _Claimed:
    id: int
    template: str
    language: str
    recipient: str | None
    values: str | None
    created_at: datetime
    attempts: int
    claimed_until: datetime


def send_due(transport: Transport, render: Render, limit: int = 100) -> Sent:
    """Send up to `limit` messages that are due on the transport's channel, oldest first.

    Stops early when the transport is unreachable: the rest wait for the next round with no try lost.
    """
    sent = delayed = failed = 0
    try:
        for _ in range(limit):
            message = _claim_next(transport.channel)
            if message is None:
                break
            try:
                _send(message, transport, render)
            except Refused as problem:
                _give_up(message, str(problem))
                failed += 1
            except Undelivered as problem:
                given_up = _put_off(message, str(problem))
                failed, delayed = failed + given_up, delayed + (not given_up)
                if isinstance(problem, Unreachable):
                    break
            else:
                _record_sent(message)
                sent += 1
    finally:
        transport.close()
    return Sent(sent, delayed, failed)


def _claim_next(channel: str) -> _Claimed | None:
    now = clock.now()
    due = (
        OutboxMessage.sent_at.is_(None),
        OutboxMessage.failed_at.is_(None),
        OutboxMessage.channel == channel,
        OutboxMessage.send_after <= now,
        or_(OutboxMessage.claimed_until.is_(None), OutboxMessage.claimed_until <= now),
    )
    oldest = (
        select(OutboxMessage.id).where(*due).order_by(OutboxMessage.send_after, OutboxMessage.id).limit(1)
    )
    waiting = db.session.scalar(oldest)
    give_back()  # an idle worker only reads: it takes no write lock, and keeps no snapshot
    if waiting is None:
        return None
    claim = (
        update(OutboxMessage)
        # SKIP LOCKED lets PostgreSQL's workers pass one another; SQLite has one writer and ignores it.
        .where(OutboxMessage.id == oldest.with_for_update(skip_locked=True).scalar_subquery(), *due)
        .values(claimed_until=now + CLAIM, attempts=OutboxMessage.attempts + 1)
        .returning(
            OutboxMessage.id,
            OutboxMessage.template,
            OutboxMessage.language,
            OutboxMessage.recipient,
            OutboxMessage.values,
            OutboxMessage.created_at,
            OutboxMessage.attempts,
            OutboxMessage.claimed_until,
        )
    )
    with transaction() as session:
        row = session.execute(claim).one_or_none()
    return None if row is None else _Claimed(**row._asdict())


def _send(message: _Claimed, transport: Transport, render: Render) -> None:
    if message.attempts > TRIES:
        raise Refused("every try ended without a result")
    if message.recipient is None or message.values is None:
        raise Refused("sealed with another key")
    try:
        mail = compose(
            render(message.template, message.language, json.loads(message.values)),
            sender=transport.sender,
            recipient=message.recipient,
            message_id=_message_id(message),
            language=message.language,
            date=message.created_at,
        )
    except NotAnAddress as problem:
        raise Refused("not an address") from problem
    except Exception as problem:
        # A template or a value is wrong: a fault of ours, and a repaired program will send it later.
        log.exception("message %s (%s) cannot be rendered", message.id, message.template)
        raise Undelivered(f"not rendered: {type(problem).__name__}") from problem
    transport.send(mail)


def _message_id(message: _Claimed) -> str:
    """Stable for a message, and telling nothing about how many there are."""
    return vault().keyed_hash("message-id", str(message.id), message.created_at.isoformat())[:32]


def _record_sent(message: _Claimed) -> None:
    with transaction() as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == message.id, OutboxMessage.sent_at.is_(None))
            .values(
                sent_at=clock.now(),
                failed_at=None,
                claimed_until=None,
                last_error=None,
                recipient=None,
                values=None,
            )
        )


def _give_up(message: _Claimed, problem: str) -> None:
    log.warning("message %s (%s) given up: %s", message.id, message.template, problem)
    _record_unsent(message, failed_at=clock.now(), last_error=problem[:200])


def _put_off(message: _Claimed, problem: str) -> bool:
    """Plan the next try; True when there is none left and the message is given up."""
    if message.attempts >= TRIES:
        _give_up(message, problem)
        return True
    wait = RETRY_AFTER[message.attempts - 1]
    log.info("message %s (%s) put off for %s: %s", message.id, message.template, wait, problem)
    _record_unsent(message, send_after=clock.now() + wait, last_error=problem[:200])
    return False


def _record_unsent(message: _Claimed, **values: object) -> None:
    """Only while the claim is still ours: another worker may have sent it since ours ran out."""
    with transaction() as session:
        session.execute(
            update(OutboxMessage)
            .where(
                OutboxMessage.id == message.id,
                OutboxMessage.claimed_until == message.claimed_until,
                OutboxMessage.sent_at.is_(None),
            )
            .values(claimed_until=None, **values)
        )
