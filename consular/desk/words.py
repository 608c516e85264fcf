"""The desk's words for statuses, steps and documents, in the language of the account."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext

from consular.web.fact_words import fact_words, outcome_words
from consular.web.languages import DEFAULT, current_language


@dataclass(frozen=True)
class Step:
    """What a button says, and the key that presses it on the person in focus."""

    words: str
    key: str


def status_words() -> dict[str, str]:
    """The name of each status, as a heading says it."""
    return {
        "booked": gettext("To arrive"),
        "arrived": gettext("Waiting"),
        "serving": gettext("At the counter"),
        "served": gettext("Served"),
        "no_show": gettext("Absent"),
    }


def step_words() -> dict[str, Step]:
    """What the button that leads to a status says."""
    return {
        "arrived": Step(gettext("Arrived"), "a"),
        "serving": Step(gettext("To the counter"), "v"),
        "served": Step(gettext("Attended"), "f"),
        "no_show": Step(gettext("Did not come"), "x"),
    }


def document_words() -> dict[str, str]:
    """The short name of each kind of document."""
    return {
        "dni": gettext("DNI"),
        "ce": gettext("Foreigner card"),
        "passport": gettext("Passport"),
        "other": gettext("Document"),
    }


def office_status_words() -> dict[str, str]:
    """How an office that is not simply open is."""
    return {
        "announced": gettext("announced"),
        "open": gettext("open"),
        "suspended": gettext("suspended"),
        "closed": gettext("closed"),
    }


def service_name(texts: Mapping[str, Any], code: str) -> str:
    """A service's name in the present language, else in the default one, else its code."""
    for language in (current_language(), DEFAULT):
        name = (texts.get(language.code) or {}).get("name")
        if name:
            return str(name)
    return code


def for_templates() -> dict[str, Any]:
    """What the desk's templates may say."""
    return {
        "status_words": status_words(),
        "step_words": step_words(),
        "document_words": document_words(),
        "office_status_words": office_status_words(),
        "service_name": service_name,
        "fact_words": fact_words,
        "outcome_words": outcome_words,
    }
