"""The search form: where somebody is and what they need. Shape only."""

from collections.abc import Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length

from consular.offices import locator
from consular.offices.queries import ServiceInfo
from consular.web.form_fields import QueryForm
from consular.web.languages import in_current_language

LONGEST_PLACE = 100  # the longest place name of the gazetteer has 60 letters


def squeezed(typed: str | None) -> str:
    """What was typed with single spaces and none at the ends."""
    return " ".join((typed or "").split())


class SearchForm(QueryForm):
    """`near` is a place name or `lat,lon`; empty means "anywhere". `service` empty means "any"."""

    service = SelectField(_l("What do you need?"), validate_choice=False)
    near = StringField(
        _l("Where are you?"),
        [Length(max=LONGEST_PLACE, message=_l("Write only the name of the place: 100 letters at most"))],
        filters=[squeezed],
    )
    sort = StringField()

    def offer(self, services: Sequence[ServiceInfo]) -> None:
        """Fill the list of services, those that are done online included: the page says so."""
        named = [SelectChoice(each.code, in_current_language(each.texts)["name"]) for each in services]
        self.service.choices = [SelectChoice("", gettext("I am not sure yet")), *named]

    @property
    def order(self) -> locator.Sort:
        """What the list is ordered by; an order that nobody offered is no reason to refuse the list."""
        return "soonest" if self.sort.data == "soonest" else "distance"

    def validate_service(self, field: SelectField) -> None:
        known = {value for value, _label, _chosen, _attributes in field.iter_choices()}
        if (field.data or "") not in known:
            raise ValidationError(gettext("Choose a procedure from the list: that one is not in it"))
