"""The form of an office's address: what it holds, and what can be none of it."""

from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, HiddenField, RadioField, StringField, TelField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import AnyOf, DataRequired, Length, Optional, Regexp

from consular.desk.forms import FIRST_DAY, read_day
from consular.offices import seed_cells as cell
from consular.offices.address_correction import AddressFacts, NamedSource
from consular.offices.vocabulary import Offering
from consular.web.form_fields import PostForm


def _one_line(typed: str | None) -> str:
    return " ".join((typed or "").split())


def _words(longest: int, *, least_letters: bool = False) -> list[Any]:
    """Validators of a line that is published: so long at most, nothing that cannot be seen."""
    checks: list[Any] = [
        Length(max=longest, message=_l("Write it in %(max)d characters at most")),
        Regexp(r"[^\x00-\x1f\x7f]*\Z", message=_l("It holds a sign that cannot be published")),
    ]
    if least_letters:
        checks.append(Regexp(r"(?:.*[^\W\d_]|\Z)", message=_l("Write it with letters")))
    return checks


class AddressForm(PostForm):
    """What is published of an office's address, where that is known from, and, at the second step, the plan."""

    address = StringField(_l("Address"), _words(200, least_letters=True), filters=[_one_line])
    city = StringField(_l("Town"), _words(120, least_letters=True), filters=[_one_line])
    phone = TelField(_l("Telephone"), _words(80), filters=[_one_line])
    email = EmailField(_l("E-mail"), [Optional(), *_words(254)], filters=[_one_line])
    step_free = RadioField(
        _l("Step-free entrance"),
        [AnyOf([each.value for each in Offering], message=_l("Choose one"))],
        validate_choice=False,
    )
    source_title = StringField(
        _l("Where is it known from?"),
        [DataRequired(_l("Write where it is known from")), *_words(300, least_letters=True)],
        filters=[_one_line],
    )
    source_url = StringField(
        _l("Web address of that source, if it has one"),
        [Optional(), *_words(500)],
        filters=[_one_line],
        render_kw={"inputmode": "url", "autocapitalize": "none", "spellcheck": False},
    )
    # Text, so that what was typed comes back as it was typed.
    confirmed_on = StringField(_l("Day on which somebody made sure"), render_kw={"type": "date"})
    placement = HiddenField()
    version = HiddenField()

    def __init__(self, *args: Any, latest: date | None = None, **kwargs: Any) -> None:
        """`latest` is the office's present day: nobody has made sure tomorrow."""
        super().__init__(*args, **kwargs)
        self._latest = latest
        said = {"yes": gettext("Yes"), "no": gettext("No"), "unknown": gettext("Not known")}
        self.step_free.choices = [SelectChoice(each.value, said[each.value]) for each in Offering]

    def show(self, facts: AddressFacts, today: date) -> None:
        """Fill the fields with what is published; who says so now is for them to write."""
        for name in AddressFacts.__slots__:
            self[name].data = getattr(facts, name) or ""
        self.confirmed_on.data = today.isoformat()

    def validate_email(self, field: Field) -> None:
        """As the seed files take it."""
        try:
            cell.email(field.data)
        except ValueError as wrong:
            raise ValidationError(
                gettext("Write an e-mail with its at sign, like tacna@rree.gob.pe")
            ) from wrong

    def validate_source_url(self, field: Field) -> None:
        """A page that a reader can open."""
        try:
            cell.url(field.data)
        except ValueError as wrong:
            raise ValidationError(
                gettext("Write the whole web address, like https://www.gob.pe/rree")
            ) from wrong

    def validate_confirmed_on(self, field: Field) -> None:
        """A day that has come."""
        day = read_day(field.data)
        if day is None:
            raise ValidationError(gettext("Write a day, like 2026-11-23"))
        if day < FIRST_DAY or (self._latest is not None and day > self._latest):
            raise ValidationError(gettext("That day has not come yet"))

    @property
    def facts(self) -> AddressFacts:
        """What was typed, once it is valid."""
        return AddressFacts(
            self.address.data or None,
            self.city.data or None,
            self.phone.data or None,
            self.email.data or None,
            str(self.step_free.data),
        )

    @property
    def source(self) -> NamedSource:
        """Who says so, once it is valid."""
        day = read_day(self.confirmed_on.data)
        if day is None:
            raise ValueError("the form was not validated")
        return NamedSource(str(self.source_title.data), self.source_url.data or None, day)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What the second step sends again: the name and the value of each field that was typed."""
        return [(name, self[name].data or "") for name in (*AddressFacts.__slots__, *_SOURCE)]


_SOURCE = ("source_title", "source_url", "confirmed_on")
