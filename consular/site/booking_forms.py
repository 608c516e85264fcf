"""The forms of booking: who comes and how to tell them, and how to find an appointment again. Shape only."""

from collections.abc import Iterator
from typing import Any

import phonenumbers
from babel import Locale
from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from phonenumbers import NumberParseException, PhoneNumberFormat
from wtforms import BooleanField, EmailField, Field, RadioField, SelectField, StringField, TelField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from consular.appointments.people import (
    DOCUMENT_TYPES,
    ISSUERS,
    ON_BEHALF,
    Citizen,
    InvalidCitizen,
    read_citizen,
)
from consular.site.forms import squeezed
from consular.web.form_fields import PostForm
from consular.web.languages import current_language

DOCUMENT_NAMES = {
    "dni": _l("DNI"),
    "ce": _l("Foreigner's card (CE)"),
    "passport": _l("Passport"),
    "other": _l("Another document"),
}
BEHALF_WORDS = {
    "self": _l("For me"),
    "other": _l("For another adult"),
    "minor": _l("For a minor in my care"),
}
NUMBER_FORMATS = {
    "dni": _l("A DNI has 8 digits; the character after the hyphen may follow"),
    "ce": _l("A foreigner's card has 9 to 12 letters and digits"),
    "passport": _l("A passport number has up to 12 letters and digits"),
    "other": _l("Use up to 15 letters, digits, hyphens and full stops"),
}
WRONG = {
    ("document_type", "unknown"): _l("Choose which document you will bring"),
    ("document_number", "required"): _l("Write the number of the document"),
    ("document_country", "required"): _l("Choose the country that issued the passport"),
    ("document_country", "format"): _l("Choose the country that issued the passport"),
    ("document_country", "unknown"): _l("Choose the country that issued the passport"),
    ("on_behalf", "unknown"): _l("Choose whom the appointment is for"),
    ("contact_name", "required"): _l("Write your name: we tell you if something changes"),
    ("contact_name", "too-long"): _l("Write your name in 120 characters at most"),
    ("contact_name", "characters"): _l("Write your name with letters"),
    ("given_names", "required"): _l("Write the given names as they are in the document"),
    ("family_names", "required"): _l("Write the family names as they are in the document"),
    ("given_names", "too-long"): _l("Write the given names in 120 characters at most"),
    ("family_names", "too-long"): _l("Write the family names in 120 characters at most"),
    ("given_names", "characters"): _l("Write the given names with letters"),
    ("family_names", "characters"): _l("Write the family names with letters"),
}
_PEOPLE_SAY_PERU_FIRST = "PE"
# Of a number, with whatever spaces and dots. A browser drops a cookie of more than 4 KB, and the draft is one.
_LONGEST_TYPED = 40


def countries() -> list[SelectChoice]:
    """Who issues passports, by name in the page's language."""
    names = Locale.parse(current_language().formats).territories
    listed = [(code, name) for code, name in names.items() if code in ISSUERS]
    listed.sort(key=lambda entry: _sortable(entry[1]))
    return [SelectChoice("", gettext("Choose a country")), *(SelectChoice(*entry) for entry in listed)]


_PLAIN = str.maketrans("ÁÉÍÓÚÅÇÑáéíóúåçñ", "AEIOUACNaeiouacn")


def _sortable(name: str) -> str:
    return name.translate(_PLAIN).casefold()


def document_words(document_type: str) -> str:
    """What a document is called on a page."""
    return str(DOCUMENT_NAMES.get(document_type, DOCUMENT_NAMES["other"]))


def behalf_words(on_behalf: str) -> str:
    """Whom an appointment is for, as who books it would say."""
    return str(BEHALF_WORDS[on_behalf])


class _DocumentFields(PostForm):
    document_type = RadioField(
        _l("Document that you will bring"),
        choices=[SelectChoice(code, DOCUMENT_NAMES[code]) for code in DOCUMENT_TYPES],
        default="dni",
        validate_choice=False,
    )
    document_number = StringField(_l("Number of the document"), filters=[squeezed])
    document_country = SelectField(_l("Country that issued the passport"), validate_choice=False)

    def __init__(self, *positional: Any, **named: Any) -> None:
        super().__init__(*positional, **named)
        self.document_country.choices = countries()

    def validate_document_country(self, field: SelectField) -> None:
        if field.data not in {value for value, _label, _chosen, _attributes in field.iter_choices()}:
            field.data = ""  # only a forged form sends another one

    def _number_format(self) -> str:
        return str(NUMBER_FORMATS.get(self.document_type.data, NUMBER_FORMATS["other"]))


class DetailsForm(_DocumentFields):
    """Who comes, and how to tell them when something changes. The rules of names and documents are read_citizen's."""

    on_behalf = RadioField(
        _l("Whom is the appointment for?"),
        choices=[SelectChoice(code, BEHALF_WORDS[code]) for code in ON_BEHALF],
        default="self",
        validate_choice=False,
    )
    given_names = StringField(_l("Given names"), filters=[squeezed])
    family_names = StringField(_l("Family names"), filters=[squeezed])
    contact_name = StringField(_l("Your name"), filters=[squeezed])
    email = EmailField(_l("E-mail"), filters=[squeezed])
    phone = TelField(_l("Mobile phone"), filters=[squeezed])
    preferential = BooleanField(_l("I need preferential attention"))

    def validate(self, extra_validators: Any = None) -> bool:
        right: bool = super().validate(extra_validators)
        try:
            read_citizen(citizen_of(self.typed()))
        except InvalidCitizen as refusal:
            self.show(refusal)
            right = False
        if not (self.email.data or self.phone.data):
            _say(
                self.email,
                gettext("Write an e-mail or a mobile phone: we tell you there if something changes"),
            )
            right = False
        return right

    def validate_document_number(self, field: Field) -> None:
        if len(field.data or "") > _LONGEST_TYPED:
            _say(field, self._number_format())

    def validate_email(self, field: Field) -> None:
        if field.data and _mailbox(field.data) is None:
            _say(field, gettext("Write the whole e-mail address, like nombre@ejemplo.com"))

    def validate_phone(self, field: Field) -> None:
        if field.data and (len(field.data) > _LONGEST_TYPED or _telephone(field.data) is None):
            _say(field, gettext("Write a mobile of 9 digits, or with + and the country's code"))

    def show(self, refusal: InvalidCitizen) -> None:
        """Put what the rules found wrong beside its fields."""
        errors: Any = refusal.facts["errors"]
        for name, code in errors.items():
            _say(self[name], str(WRONG.get((name, code)) or self._number_format()))

    def typed(self) -> dict[str, Any]:
        """What was typed, for the draft: only spaces are tidied, so that it is shown again as it was.

        Who comes for themselves has no other contact, whatever stands in the field that is then hidden.
        """
        typed = {field.name: field.data or "" for field in self if field.name != "csrf_token"}
        if self.on_behalf.data == "self":
            typed["contact_name"] = ""
        return typed | {"preferential": bool(self.preferential.data)}


class FindForm(_DocumentFields):
    """The code of an appointment and the document that it was made with."""

    reference = StringField(_l("Code of the appointment"))

    def __init__(self, *positional: Any, **named: Any) -> None:
        super().__init__(*positional, **named)
        self.document_type.label.text = gettext("Document with which you booked")

    def __iter__(self) -> Iterator[Field]:
        return iter(
            sorted(super().__iter__(), key=lambda field: field is not self.reference)
        )  # as on the page

    def validate(self, extra_validators: Any = None) -> bool:
        right: bool = super().validate(extra_validators)
        if not (self.reference.data or "").strip():
            _say(self.reference, gettext("Write the code of the appointment"))
            right = False
        if not (self.document_number.data or "").strip():
            _say(self.document_number, str(WRONG["document_number", "required"]))
            right = False
        return right


def citizen_of(person: dict[str, Any]) -> Citizen:
    """The person that a draft describes, contact tidied; the actions check the rest."""
    return Citizen(
        document_type=person["document_type"],
        document_number=person["document_number"],
        document_country=person["document_country"] or None,
        given_names=person["given_names"],
        family_names=person["family_names"],
        email=_mailbox(person["email"]),
        phone=_telephone(person["phone"]),
        language=current_language().code,
        on_behalf=person.get("on_behalf", "self"),
        contact_name=person.get("contact_name") or None,
    )


def _mailbox(typed: str) -> str | None:
    try:
        return validate_email(typed.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def _telephone(typed: str) -> str | None:
    try:
        number = phonenumbers.parse(typed, _PEOPLE_SAY_PERU_FIRST)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _say(field: Field, words: str) -> None:
    field.errors = [*field.errors, words]
