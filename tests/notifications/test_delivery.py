"""Every message leaves, once where it can be known, whatever the mail server and the workers do."""

import os
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Row, select, text, update

from consular.foundation import clock
from consular.foundation.database import db, transaction
from consular.notifications import outbox
from consular.notifications.delivery import CLAIM, RETRY_AFTER, TRIES, Sent, send_due
from consular.notifications.message import Message
from consular.notifications.models import OutboxMessage
from consular.notifications.transports import SmtpTransport, transport_for
from tests.databases import application, on_both_databases
from tests.factories import MORNING
from tests.notifications.servers import MoodyServer, moody_server
from tests.processes import processes

pytestmark = on_both_databases

SENDER = "citas@example.gob.pe"


def _words(template: str, language: str, values: Mapping[str, Any]) -> Message:
    return Message(f"{template} {language}", f"{values['text']}\n")


def _enqueue(app: Flask, *recipients: str) -> None:
    with app.app_context(), transaction():
        for recipient in recipients:
            outbox.enqueue("appointment-confirmed", recipient, "es", {"text": "Hola"})


def _round(app: Flask, server: MoodyServer, **options: Any) -> Sent:
    with app.app_context():
        return send_due(transport_for(server.url, SENDER), _words, **options)


def _row(app: Flask) -> Row[Any]:
    columns = OutboxMessage.__table__.c
    with app.app_context():
        return db.session.execute(select(*columns)).one()


@pytest.fixture
def server() -> Iterator[MoodyServer]:
    with moody_server() as server:
        yield server


def test_a_message_is_sent_once_and_then_forgotten(app: Flask, server: MoodyServer) -> None:
    _enqueue(app, "rosa@example.pe")
    assert _round(app, server) == Sent(sent=1)
    assert _round(app, server) == Sent()
    assert [message["To"] for message in server.messages] == ["rosa@example.pe"]
    assert server.messages[0].get_content().strip() == "Hola"
    row = _row(app)
    assert row.sent_at is not None
    assert (row.recipient, row.values, row.claimed_until, row.last_error) == (None, None, None, None)


def test_the_oldest_leaves_first_and_a_round_ends(app: Flask, server: MoodyServer) -> None:
    for second, name in enumerate(("rosa", "julio", "ines")):
        with clock.stopped(MORNING + timedelta(seconds=second)):
            _enqueue(app, f"{name}@example.pe")
    with clock.stopped(MORNING + timedelta(minutes=1)):
        assert _round(app, server, limit=2) == Sent(sent=2)
    assert [message["To"] for message in server.messages] == ["rosa@example.pe", "julio@example.pe"]


@pytest.mark.parametrize("mood", ["refused", "full"])
def test_a_final_refusal_gives_up_at_once(app: Flask, server: MoodyServer, mood: str) -> None:
    _enqueue(app, f"{mood}@example.pe", "rosa@example.pe")
    assert _round(app, server) == Sent(sent=1, failed=1)
    assert _round(app, server) == Sent()
    with app.app_context():
        failed = db.session.execute(
            select(OutboxMessage.last_error, OutboxMessage.attempts).where(
                OutboxMessage.failed_at.is_not(None)
            )
        ).one()
    assert failed.attempts == 1
    assert failed.last_error.startswith(("550", "552"))
    assert "@" not in failed.last_error


def test_a_passing_refusal_is_tried_again_later_and_later(app: Flask, server: MoodyServer) -> None:
    with clock.stopped(MORNING):
        _enqueue(app, "later@example.pe")
    due = MORNING
    for number, wait in enumerate(RETRY_AFTER, 1):
        with clock.stopped(due - timedelta(seconds=1)):
            assert _round(app, server) == Sent(), "not before its time"
        with clock.stopped(due):
            assert _round(app, server) == Sent(delayed=1)
        due += wait
        assert server.asked["later@example.pe"] == number
    with clock.stopped(due):
        assert _round(app, server) == Sent(failed=1)
    assert server.asked["later@example.pe"] == TRIES
    assert list(RETRY_AFTER) == sorted(RETRY_AFTER)
    with clock.stopped(due + timedelta(days=365)):
        assert _round(app, server) == Sent()


def test_it_is_sent_when_the_trouble_has_passed(app: Flask, server: MoodyServer) -> None:
    with clock.stopped(MORNING):
        _enqueue(app, "rosa@example.pe")
        nobody = SmtpTransport(SENDER, "127.0.0.1", 1, "never")
        with app.app_context():
            assert send_due(nobody, _words) == Sent(delayed=1)
    with clock.stopped(MORNING + RETRY_AFTER[0]):
        assert _round(app, server) == Sent(sent=1)


@pytest.mark.parametrize("mood", ["drop", "closing", "slow"])
def test_a_failing_server_stops_the_round_and_costs_the_others_nothing(
    app: Flask, server: MoodyServer, mood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _enqueue(app, f"{mood}@example.pe", "rosa@example.pe")
    # Only here: a busy machine may need longer for the letter that goes.
    with monkeypatch.context() as impatient:
        impatient.setattr("consular.notifications.transports.SMTP_TIMEOUT_SECONDS", 0.3)
        assert _round(app, server) == Sent(delayed=1)
    assert _round(app, server) == Sent(sent=1)
    with app.app_context():
        attempts = db.session.execute(
            select(OutboxMessage.attempts).where(OutboxMessage.sent_at.is_not(None))
        ).scalar_one()
    assert attempts == 1


def test_words_that_fail_delay_one_message_only(app: Flask, server: MoodyServer) -> None:
    _enqueue(app, "rosa@example.pe", "julio@example.pe")

    def fail_once(template: str, language: str, values: Mapping[str, Any]) -> Message:
        if not called:
            called.append(template)
            raise KeyError("a word")
        return _words(template, language, values)

    called: list[str] = []
    with app.app_context():
        assert send_due(transport_for(server.url, SENDER), fail_once) == Sent(sent=1, delayed=1)


def test_an_address_that_is_none_is_given_up(app: Flask, server: MoodyServer) -> None:
    _enqueue(app, "not an address")
    assert _round(app, server) == Sent(failed=1)


def test_what_was_sealed_with_another_key_is_given_up(app: Flask, server: MoodyServer) -> None:
    _enqueue(app, "rosa@example.pe")
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE outbox SET recipient = 'foreign'"))
    assert _round(app, server) == Sent(failed=1)
    assert not server.messages


def test_no_connection_of_the_database_is_busy_while_the_server_thinks(app: Flask) -> None:
    """Sending holds no transaction: another worker, and every booking, can write meanwhile."""
    _enqueue(app, "rosa@example.pe")
    open_transactions = []

    class Watching:
        channel, sender = "email", SENDER

        def send(self, mail: EmailMessage) -> None:
            open_transactions.append(db.session().in_transaction())

        def close(self) -> None:
            pass

    with app.app_context():
        assert send_due(Watching(), _words) == Sent(sent=1)
    assert open_transactions == [False]


def test_workers_racing_send_each_message_once(
    app: Flask, database_url: str, server: MoodyServer, tmp_path: Path
) -> None:
    recipients = [f"citizen{number}@example.pe" for number in range(40)]
    _enqueue(app, *recipients)
    workers = 4
    together = Barrier(workers)

    def work(own: Flask) -> int:
        sent = 0
        together.wait(30)
        while (done := _round(own, server, limit=7)).sent:
            sent += done.sent
        return sent

    with ExitStack() as stack, ThreadPoolExecutor(workers) as pool:
        # Made one after the other, as each worker process makes its own: the rules of its addresses are
        # parsed by `ast`, which in some releases of Python 3.11 may fail when several threads are in it.
        apps = [stack.enter_context(application(database_url, tmp_path)) for _ in range(workers)]
        sent = [future.result(60) for future in [pool.submit(work, own) for own in apps]]
    assert sum(sent) == len(recipients)
    assert Counter(message["To"] for message in server.messages) == Counter(recipients)
    assert len({message["Message-ID"] for message in server.messages}) == len(recipients)


def _send_and_die(database_url: str, folder: Path, url: str) -> None:
    class Dying(SmtpTransport):
        def send(self, mail: EmailMessage) -> None:
            super().send(mail)
            os.kill(os.getpid(), signal.SIGKILL)

    with application(database_url, folder) as app, app.app_context():
        send_due(Dying(SENDER, "127.0.0.1", int(url.rpartition(":")[2]), "never"), _words)


def test_a_worker_killed_after_sending_means_a_second_copy_that_can_be_recognised(
    app: Flask, database_url: str, server: MoodyServer, tmp_path: Path
) -> None:
    """The documented price of never losing a message: sent and not recorded, it is sent again."""
    _enqueue(app, "rosa@example.pe")
    worker = processes().Process(target=_send_and_die, args=(database_url, tmp_path, server.url))
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    assert len(server.messages) == 1
    assert _round(app, server) == Sent(), "the dead worker's claim still stands"
    with clock.stopped(clock.now() + CLAIM):
        assert _round(app, server) == Sent(sent=1)
    first, second = (message["Message-ID"] for message in server.messages)
    assert first == second


def test_a_message_that_kills_every_worker_is_given_up(app: Flask, server: MoodyServer) -> None:
    with clock.stopped(MORNING):
        _enqueue(app, "rosa@example.pe")
        with app.app_context(), transaction() as session:
            session.execute(update(OutboxMessage).values(attempts=TRIES))
        assert _round(app, server) == Sent(failed=1)
    assert not server.messages


def test_a_claim_that_ran_out_does_not_undo_the_other_workers_success(
    app: Flask, server: MoodyServer
) -> None:
    """A slow worker's failure arrives after another worker has sent the same message."""
    _enqueue(app, "rosa@example.pe")

    class Stuck(SmtpTransport):
        def send(self, mail: EmailMessage) -> None:
            with clock.stopped(clock.now() + CLAIM):
                assert _round(app, server) == Sent(sent=1)
            super().send(mail)

    with app.app_context():
        assert send_due(Stuck(SENDER, "127.0.0.1", 1, "never"), _words) == Sent(delayed=1)
    row = _row(app)
    assert row.sent_at is not None
    assert row.failed_at is None
    assert row.last_error is None


def test_an_idle_worker_takes_no_write_lock(app: Flask, server: MoodyServer) -> None:
    with app.app_context(), transaction():
        assert _other_worker_finds_nothing(app, server)


def _other_worker_finds_nothing(app: Flask, server: MoodyServer) -> bool:
    """In a thread of its own, while this one holds the write lock."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_round, app, server).result(5) == Sent()
