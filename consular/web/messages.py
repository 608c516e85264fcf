"""Puts messages into words: the renderer that the worker hands to the delivery of the outbox."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_babel import gettext

from consular.notifications.message import Attachment, Message
from consular.offices.country_names import country_name
from consular.offices.guidance import GuidanceCode, steps_of
from consular.offices.guidance_queries import guidance_for
from consular.web.calendar_entry import appointment_calendar, where_lines
from consular.web.correction_letter import correction_answered
from consular.web.formats import moment_words
from consular.web.languages import in_current_language, language_named, speaking

# Letters, joined by a space, an apostrophe, a hyphen, or an abbreviation's full stop and a space.
_NAME = re.compile(r"[^\W\d_]+(?:(?:[ '’-]|\. )[^\W\d_]+)*\.?")
_LONGEST_NAME = 40
_OPEN = "site.open_appointment"


def render(template: str, language: str, values: Mapping[str, Any]) -> Message:
    """The message in `language` (or the default one), inside an application context.

    The words are `templates/messages/<template>.txt`, whose block `subject` is the subject, and `.html`.

    Raises:
        KeyError: no such message, or the values lack what it needs.
    """
    with speaking(language) as spoken:
        words, attachment = _MESSAGES[template](values, spoken.code)
        environment = current_app.jinja_env
        text = environment.get_template(f"messages/{template}.txt")
        subject = "".join(text.blocks["subject"](text.new_context(words))).strip()
        page = environment.get_template(f"messages/{template}.html")
        return Message(
            subject=subject,
            text=text.render(words).strip() + "\n",
            html=page.render(words, subject=subject),
            attachments=(attachment,) if attachment else (),
        )


def _coming(values: Mapping[str, Any], language: str) -> tuple[dict[str, Any], Attachment]:
    return _appointment(values, language), Attachment(*appointment_calendar(values))


def _ended(values: Mapping[str, Any], language: str) -> tuple[dict[str, Any], Attachment]:
    return _appointment(values, language), Attachment(*appointment_calendar(values, cancelled=True))


_MESSAGES: dict[str, Callable[[Mapping[str, Any], str], tuple[dict[str, Any], Attachment | None]]] = {
    "appointment-confirmed": _coming,
    "appointment-moved": _coming,
    "appointment-cancelled": _ended,
    "correction-answered": correction_answered,
    "appointment-tried-again": _coming,
}


def _appointment(values: Mapping[str, Any], language: str) -> dict[str, Any]:
    def moment(name: str, *, year: bool) -> str:
        return moment_words(datetime.fromisoformat(values[name]), values["timezone"], language, year=year)

    return {
        "language": language,
        "name": greeting_name(values.get("contact_name") or values["given_names"]),
        "office": values["office"],
        "when_short": moment("starts_at", year=False),
        "before": moment("before", year=True) if "before" in values else None,
        "rows": _rows(values, moment("starts_at", year=True)),
        "address_known": bool(values["address"]),
        "bring": values["bring"],
        "guided": _guided(values, language),
        "preferential": values["preferential"],
        "link": _link(language, values["reference"], values["secret"]),
        "home": f"{current_app.extensions['consular'].public_url}/{language}",
    }


def _rows(values: Mapping[str, Any], when: str) -> list[tuple[str, list[str]]]:
    rows = [
        (gettext("When"), [when]),
        (gettext("Where"), where_lines(values)),
        (gettext("What for"), [values["service"]]),
    ]
    if values.get("documents", 1) > 1:
        rows.append((gettext("Documents for the procedure"), [str(values["documents"])]))
    if values.get("contact_name") and (given := greeting_name(values["given_names"])):
        rows.append((gettext("Whom the appointment is for"), [given]))
    return [
        *rows,
        (gettext("Code"), [values["reference"]]),
        (gettext("Document"), [_document(values["document_type"], values["document_tail"])]),
    ]


def _guided(values: Mapping[str, Any], language: str) -> dict[str, Any] | None:
    """The paper, where it goes and the signatures that it needs first, when the citizen was shown them."""
    code = GuidanceCode.read(values.get("guidance"))
    found = guidance_for(code, values["service_code"]) if code else None
    if found is None:
        return None
    chain, country = found
    words = in_current_language(chain.texts)
    return {
        "paper": words["name"],
        "country": country_name(country.code, language_named(language).formats) if country else None,
        "steps": [
            f"{step['at']}: {step['do']}" + (f" {step['where']}." if "where" in step else "")
            for step in steps_of(words)
        ],
    }


def _document(kind: str, tail: str) -> str:
    names = {"dni": gettext("DNI"), "ce": gettext("Foreigner's card"), "passport": gettext("Passport")}
    document: str = names.get(kind, gettext("Document"))
    if not tail:  # the number is too short to show any of it
        return document
    shown: str = gettext("%(document)s ending in %(tail)s", document=document, tail=tail)
    return shown


def _link(language: str, reference: str, secret: str) -> str:
    """The address that opens this appointment, built from the site's own routes; a worker serves no request."""
    public = urlsplit(current_app.extensions["consular"].public_url)
    routes = current_app.url_map.bind(public.netloc, script_name=public.path or "/", url_scheme=public.scheme)
    values = {"language": language, "reference": reference, "secret": secret}
    address: str = routes.build(_OPEN, values, force_external=True)
    return address


def greeting_name(given_names: str) -> str | None:
    """The name to greet with, or None when it does not look like one.

    Anybody may type anybody's e-mail address in the form: the message must not carry a stranger's text
    or link (`Visit evil.example`) under the ministry's name.
    """
    return given_names if len(given_names) <= _LONGEST_NAME and _NAME.fullmatch(given_names) else None
