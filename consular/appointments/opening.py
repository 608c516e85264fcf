"""Open an appointment with what its owner has: its secret, or its code and document. Wrong tries are counted.

The counts are in the database, so the limits hold over every worker process and every machine.
"""

from datetime import timedelta

from consular.appointments.queries import (
    AppointmentUnknown,
    appointment_by_document,
    appointment_with_secret,
)
from consular.appointments.view import AppointmentView, is_secret_of
from consular.foundation.database import transaction
from consular.foundation.references import normalise_reference
from consular.foundation.tries import (
    Limit,
    count_try,
    forget_tries,
    refuse_too_many,
    take_back_try,
)

WINDOW = timedelta(hours=1)
# Somebody who guesses documents for one code, or codes from one place, soon waits; a family does not.
TRIES_PER_CODE = 10
TRIES_PER_SENDER = 60


def open_with_document(
    reference: str, document_type: str, number: str, country: str | None, *, sender: str
) -> AppointmentView:
    """The appointment of a code and the document that it was made with, both typed by a person.

    The try is committed before anything is looked at; a right one takes itself back. Called outside any
    transaction: it opens its own. sender: who asks, as far as limits go.

    Raises:
        TooManyTries, AppointmentUnknown
    """
    # What is no code at all can be nobody's: it counts for its own sender only.
    code = Limit("open-code", normalise_reference(reference) or f"none {sender}", TRIES_PER_CODE, WINDOW)
    of_sender = _of_sender(sender)
    count_try(code, of_sender)
    found = appointment_by_document(reference, document_type, number, country)
    with transaction():
        forget_tries(code)
        take_back_try(of_sender)
    return found


def open_with_secret(reference: str, secret: str, *, sender: str) -> AppointmentView:
    """The appointment of a reference, for whoever shows its secret. A right one writes nothing at all.

    A secret has 128 bits: only its senders are limited, because a limit of the reference would let anybody
    who has seen it keep its owner out. Called outside any transaction: a wrong one opens its own.

    Raises:
        TooManyTries, AppointmentUnknown: a wrong reference and a wrong secret alike.
    """
    of_sender = _of_sender(sender)
    code = normalise_reference(reference)
    if code is None or not is_secret_of(code, secret):
        count_try(of_sender)
        raise AppointmentUnknown()
    refuse_too_many(of_sender)
    return appointment_with_secret(code, secret)


def _of_sender(sender: str) -> Limit:
    return Limit("open-sender", sender, TRIES_PER_SENDER, WINDOW)
