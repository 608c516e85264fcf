"""The search form: where somebody is and what they need. Shape only."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length

from consular.offices import locator
from consular.offices.queries import ServiceInfo
from consular.offices.vocabulary import OfficeKind
from consular.schedule.first_free import Days
from consular.web.form_fields import QueryForm
from consular.web.languages import in_current_language

LONGEST_PLACE = 100  # the longest place name of the gazetteer has 60 letters
FIRST_YEAR, LAST_YEAR = 2000, 2199
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def squeezed(typed: str | None) -> str:
    """What was typed with single spaces and none at the ends."""
    return " ".join((typed or "").split())


class SearchForm(QueryForm):
    """`near` is a place name or `lat,lon`; empty means "anywhere". `service` empty means "any".

    The rest are filters: empty means that it does not matter. Days are of each office's own calendar.
    """

    service = SelectField(_l("What do you need?"), validate_choice=False)
    near = StringField(
        _l("Where are you?"),
        [Length(max=LONGEST_PLACE, message=_l("Write only the name of the place: 100 letters at most"))],
        filters=[squeezed],
    )
    first_day = StringField(_l("From the day"), name="from", filters=[squeezed])
    last_day = StringField(_l("Until the day"), name="to", filters=[squeezed])
    # Not "language": that chooses the language of the page itself.
    language = SelectField(_l("Attended in"), name="spoken", validate_choice=False)
    kind = SelectField(_l("Kind of office"), validate_choice=False)
    step_free = BooleanField(_l("Without steps, or not known to have any"))
    sort = StringField()

    def offer(self, services: Sequence[ServiceInfo]) -> None:
        """Fill the lists; that of services has those that are done online too: the page says so."""
        named = [SelectChoice(each.code, in_current_language(each.texts)["name"]) for each in services]
        self.service.choices = [SelectChoice("", gettext("I am not sure yet")), *named]
        self.language.choices = [SelectChoice("", gettext("Any language")), *_choices(language_words())]
        self.kind.choices = [SelectChoice("", gettext("Any kind")), *_choices(kind_words())]

    @property
    def order(self) -> locator.Sort:
        """What the list is ordered by; an order that nobody offered is no reason to refuse the list."""
        if self.sort.data == "soonest" or (self.sort.data == "within-reach" and not self.near.data):
            return "soonest"
        if self.sort.data == "within-reach" or (
            self.sort.data != "distance" and self.usual == "within-reach"
        ):
            return "within-reach"
        return "distance"

    @property
    def usual(self) -> locator.Sort:
        """The order when none is asked for."""
        return "within-reach" if self.near.data and self.service.data else "distance"

    @property
    def days(self) -> Days | None:
        """The days between which a place must begin, once they were found well formed."""
        first, last = read_day(self.first_day.data), read_day(self.last_day.data)
        return Days(first, last) if first or last else None

    @property
    def wishes(self) -> locator.Wishes:
        """What the office must be like."""
        kinds = (self.kind.data,) if self.kind.data else ()
        return locator.Wishes(self.language.data or None, self.step_free.data, kinds)

    def asked(self, *without: str) -> dict[str, Any]:
        """The question as the query of an address, but for some of its parameters."""
        given = {
            field.name: "1" if field is self.step_free else field.data
            for field in self
            if field.data and field.name not in without
        }
        return given if self.sort.data in (None, "") or "sort" in without else {**given, "sort": self.order}

    def validate_service(self, field: SelectField) -> None:
        _one_of_its_choices(field, gettext("Choose a procedure from the list: that one is not in it"))

    def validate_language(self, field: SelectField) -> None:
        _one_of_its_choices(field, gettext("Choose a language from the list"))

    def validate_kind(self, field: SelectField) -> None:
        _one_of_its_choices(field, gettext("Choose a kind of office from the list"))

    def validate_first_day(self, field: StringField) -> None:
        _must_be_a_day(field)

    def validate_last_day(self, field: StringField) -> None:
        _must_be_a_day(field)
        first, last = read_day(self.first_day.data), read_day(field.data)
        if first and last and last < first:
            raise ValidationError(gettext("The last day is before the first one: change one of them"))


def language_words() -> dict[str, str]:
    """The languages that can be asked for, by ISO 639 code."""
    return {
        "es": gettext("Spanish"),
        "qu": gettext("Quechua"),
        "ay": gettext("Aymara"),
        "en": gettext("English"),
    }


def kind_words() -> dict[str, str]:
    """The kinds of office that can be asked for."""
    return {
        OfficeKind.DECENTRALISED_OFFICE.value: gettext("Decentralised office"),
        OfficeKind.HEADQUARTERS.value: gettext("Headquarters"),
        OfficeKind.SERVICE_CENTRE.value: gettext("Service centre (MAC)"),
    }


def _choices(words: Mapping[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, text) for value, text in words.items()]


def read_day(typed: str | None) -> date | None:
    """A day written `2026-12-01` of a year that a calendar may have; None for anything else."""
    if not typed or not _DAY.fullmatch(typed):
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _must_be_a_day(field: StringField) -> None:
    if field.data and read_day(field.data) is None:
        raise ValidationError(gettext("Write the day as year-month-day, for example 2026-12-01"))


def _one_of_its_choices(field: SelectField, otherwise: str) -> None:
    known = {value for value, _label, _chosen, _attributes in field.iter_choices()}
    if (field.data or "") not in known:
        raise ValidationError(otherwise)
