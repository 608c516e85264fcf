"""What each message about an appointment says, as plain values in the outbox.

The words are in `templates/messages/`. What a message needs is written down when it happens: by the
time that it leaves, the appointment may have moved again.
"""

from datetime import datetime

from consular.appointments.queries import AppointmentView
from consular.foundation import clock
from consular.foundation.rows import Row
from consular.notifications import outbox


def confirmation(view: AppointmentView) -> list[Row]:
    """What tells the citizen that the appointment is theirs: one message, or none without an e-mail address."""
    if not view.email:
        return []
    return [outbox.message("appointment-confirmed", view.email, view.language, facts(view))]


def moved(view: AppointmentView, before: datetime) -> None:
    """Tell the citizen the new time; `before` is the start that no longer holds."""
    _tell("appointment-moved", view, before=_instant(before))


def cancelled(view: AppointmentView) -> None:
    """Tell the citizen that the appointment is no more."""
    _tell("appointment-cancelled", view)


def tried_again(view: AppointmentView) -> None:
    """Tell whoever has the appointment that somebody tried to make another with its document."""
    _tell("appointment-tried-again", view)


def _tell(template: str, view: AppointmentView, **more: str) -> None:
    if view.email:
        outbox.enqueue(template, view.email, view.language, {**facts(view), **more})


def facts(view: AppointmentView) -> dict[str, object]:
    """The least that messages and calendar files say: no family name, no whole document number."""
    texts = view.service_texts.get(view.language) or view.service_texts.get("es") or {}
    return {
        "reference": view.reference,
        "secret": view.secret,
        "sequence": view.sequence,
        "told_at": _instant(clock.now()),
        "given_names": view.given_names,
        "contact_name": view.contact_name,
        "documents": view.documents,
        "document_type": view.document_type,
        "document_tail": view.document_tail,
        "preferential": view.preferential,
        "starts_at": _instant(view.starts_at),
        "ends_at": _instant(view.ends_at),
        "timezone": view.timezone,
        "service": texts.get("name", view.service_code),
        "bring": list(texts.get("documents") or []),
        "guidance": view.guidance,
        "service_code": view.service_code,
        "office": view.office_name,
        "address": view.office_address,
        "city": view.city,
        "region": view.region,
        "latitude": view.latitude,
        "longitude": view.longitude,
        "location_precision": view.location_precision,
    }


def _instant(moment: datetime) -> str:
    return moment.isoformat()
