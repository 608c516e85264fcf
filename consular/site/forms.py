"""The search form: where somebody is and what they need. Shape only."""

from collections.abc import Sequence

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import Length

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
    sort = SelectField(choices=[("distance", ""), ("soonest", "")], default="distance", validate_choice=False)

    def offer(self, services: Sequence[ServiceInfo]) -> None:
        """Fill the list of services, those that are done online included: the page says so."""
        named = [(each.code, in_current_language(each.texts)["name"]) for each in services]
        self.service.choices = [("", gettext("I am not sure yet")), *named]

    def validate_service(self, field: SelectField) -> None:
        known = {code for code, _name in field.choices}
        if (field.data or "") not in known:
            raise ValidationError(gettext("Choose a procedure from the list: that one is not in it"))

    def validate_sort(self, field: SelectField) -> None:
        if field.data not in ("distance", "soonest"):
            field.data = "distance"  # an order that nobody offered is no reason to refuse the list
