"""The worker, and by hand each thing that it does."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import click
from flask import current_app
from flask.cli import with_appcontext

from consular.appointments.erasing import erase_persons
from consular.config import Config
from consular.foundation.clock import now
from consular.foundation.database import give_back, transaction
from consular.foundation.stopping import StopSignal
from consular.notifications import delivery
from consular.notifications.transports import transport_for
from consular.offices import corrections
from consular.schedule.publishing import publish
from consular.schedule.versions import add_up_changes
from consular.web.messages import render

MORE: Final = object()  # what a duty answers when it is not done
ADD_UP_EVERY = 60.0  # seconds
ERASE_EVERY = 24 * 3600.0


def config_in_use() -> Config:
    """The settings of the application whose command runs."""
    config: Config = current_app.extensions["consular"]
    return config


@click.command("publish-slots")
@with_appcontext
def publish_slots() -> None:
    """Write the slots that the opening rules make up to the horizon. Running it again adds nothing."""
    click.echo(f"{_publish()} slots published")


@click.command("send-outbox")
@with_appcontext
def send_outbox() -> None:
    """Send the messages that are due, once."""
    sent = _send_due()
    click.echo(f"{sent.sent} sent, {sent.delayed} put off, {sent.failed} given up")


@click.command("work")
@click.option("--pause", default=5.0, show_default=True, help="Seconds between two looks at the outbox.")
@click.option("--publish-every", default=3600.0, show_default=True, help="Seconds between two publishings.")
@with_appcontext
def work(pause: float, publish_every: float) -> None:
    """The worker: sends the outbox, publishes slots and erases what is old until it is asked to stop.

    Nothing that the clock decides waits for it (a hold ends and a day opens by themselves). What fails is tried again
    after the pause and keeps nothing else from being done.
    """
    stop = StopSignal()
    duties = (
        _Duty("send messages", _send_due, 0.0),
        _Duty("publish slots", _publish, publish_every),
        _Duty("erase reports", _erase_reports, publish_every),
        _Duty("erase persons", _Past().erase_some, ERASE_EVERY),
        _Duty("add up changes", _add_up_changes, ADD_UP_EVERY),
    )
    while not stop.came():
        more = [duty.do_when_due() for duty in duties if not stop.came()]
        if not any(more):
            stop.wait(pause)


@dataclass
class _Duty:
    """What the worker does from time to time: `every` so many seconds, and at once when it begins.

    What takes long does a part and says MORE, so that the others have their turn and a stop is heard.
    """

    name: str
    does: Callable[[], object]
    every: float
    done_at: float | None = None  # on the monotonic clock

    def do_when_due(self) -> bool:
        """Whether there is more of it to do at once."""
        if self.done_at is not None and time.monotonic() - self.done_at < self.every:
            return False
        more = False
        try:
            more = self.does() is MORE
            self.done_at = None if more else time.monotonic()
        except Exception:  # a worker outlives a database that restarts
            current_app.logger.exception("the worker could not %s", self.name)
        finally:
            give_back()
        return more


class _Past:
    """The persons of appointments that are long over, erased in order, one transaction at a time."""

    def __init__(self) -> None:
        self.after = self.erased = 0

    def erase_some(self) -> object:
        with transaction():
            some = erase_persons(config_in_use().policy.persons_kept, now(), self.after)
        self.after = some.last or 0
        self.erased += some.appointments
        return None if some.last is None else MORE


def _publish() -> int:
    with transaction():
        return publish(config_in_use().policy.horizon_days, now())


def _send_due() -> delivery.Sent:
    settings = config_in_use()
    return delivery.send_due(transport_for(settings.smtp_url, settings.mail_from), render)


def _add_up_changes() -> None:
    with transaction():
        add_up_changes()


def _erase_reports() -> int:
    with transaction():
        return corrections.erase_old(now())


@click.command("erase-persons")
@with_appcontext
def erase_old_persons() -> None:
    """Erase document, names and contact of appointments that are long over; the worker does it every day."""
    past = _Past()
    while past.erase_some() is MORE:
        pass
    click.echo(f"{past.erased} appointments name nobody any more")


@click.command("erase-reports")
@with_appcontext
def erase_reports() -> None:
    """Erase what readers reported about offices once it is old; the worker does it too."""
    click.echo(f"{_erase_reports()} reports or addresses erased")
