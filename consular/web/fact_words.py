"""What the facts of an office are called, and what became of a report about one: for pages and messages."""

from flask_babel import gettext

from consular.offices.corrections import Fact, Outcome


def fact_words(fact: str) -> str:
    """A group of facts, as a form or a list names it."""
    return {
        Fact.STATUS: gettext("Whether the office is open"),
        Fact.ADDRESS: gettext("Address or point on the map"),
        Fact.HOURS: gettext("Opening hours"),
        Fact.CONTACT: gettext("Telephone or e-mail"),
        Fact.SERVICES: gettext("What is done there, or its price"),
        Fact.LANGUAGES: gettext("Languages"),
        Fact.STEP_FREE: gettext("Step-free entrance"),
        Fact.OTHER: gettext("Something else"),
    }[Fact(fact)]


def outcome_words(outcome: str) -> str:
    """What the staff found, in a sentence for whoever reported it."""
    return {
        Outcome.CORRECTED: gettext("It was wrong. It has been or is being corrected."),
        Outcome.RIGHT: gettext("It was checked, and what is published is right."),
        Outcome.UNCLEAR: gettext("It could not be found out who is right. It will be looked at again."),
    }[Outcome(outcome)]
