"""The forms of booking: who comes and how to tell them, and how to find an appointment again. Shape only."""

from typing import Any

import phonenumbers
from babel import Locale
from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from phonenumbers import NumberParseException, PhoneNumberFormat
from wtforms import BooleanField, EmailField, Field, RadioField, SelectField, StringField, TelField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from consular.appointments.rules import DOCUMENT_TYPES, Citizen, InvalidCitizen, read_citizen
from consular.web.form_fields import PostForm
from consular.web.languages import current_language

DOCUMENT_NAMES = {
    "dni": _l("DNI"),
    "ce": _l("Foreigner's card (CE)"),
    "passport": _l("Passport"),
    "other": _l("Another document"),
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
    ("given_names", "required"): _l("Write the given names as they are in the document"),
    ("family_names", "required"): _l("Write the family names as they are in the document"),
    ("given_names", "too-long"): _l("Write the given names in 120 characters at most"),
    ("family_names", "too-long"): _l("Write the family names in 120 characters at most"),
    ("given_names", "characters"): _l("Write the given names with letters"),
    ("family_names", "characters"): _l("Write the family names with letters"),
}
_PEOPLE_SAY_PERU_FIRST = "PE"


def countries() -> list[SelectChoice]:
    """ISO 3166-1 codes with their names in the page's language, by name."""
    names = Locale.parse(current_language().formats).territories
    listed = [(code, name) for code, name in names.items() if len(code) == 2 and code not in _NO_COUNTRIES]
    listed.sort(key=lambda entry: _sortable(entry[1]))
    return [SelectChoice("", gettext("Choose a country")), *(SelectChoice(*entry) for entry in listed)]


# CLDR's codes for things that issue no passport.
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"})
_PLAIN = str.maketrans("ÁÉÍÓÚÅÇÑáéíóúåçñ", "AEIOUACNaeiouacn")


def _sortable(name: str) -> str:
    return name.translate(_PLAIN).casefold()


def document_words(document_type: str) -> str:
    """What a document is called on a page."""
    return str(DOCUMENT_NAMES.get(document_type, DOCUMENT_NAMES["other"]))


class _DocumentFields(PostForm):
    document_type = RadioField(
        _l("Document that you will bring"),
        choices=[SelectChoice(code, DOCUMENT_NAMES[code]) for code in DOCUMENT_TYPES],
        default="dni",
        validate_choice=False,
    )
    document_number = StringField(_l("Number of the document"))
    document_country = SelectField(_l("Country that issued the passport"), validate_choice=False)

    def __init__(self, *positional: Any, **named: Any) -> None:
        super().__init__(*positional, **named)
        self.document_country.choices = countries()


class DetailsForm(_DocumentFields):
    """Who comes, and how to tell them when something changes. The rules of names and documents are read_citizen's."""

    given_names = StringField(_l("Given names"))
    family_names = StringField(_l("Family names"))
    email = EmailField(_l("E-mail"))
    phone = TelField(_l("Mobile phone"))
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

    def validate_email(self, field: Field) -> None:
        if field.data and _mailbox(field.data) is None:
            _say(field, gettext("Write the whole e-mail address, like nombre@ejemplo.com"))

    def validate_phone(self, field: Field) -> None:
        if field.data and _telephone(field.data) is None:
            _say(field, gettext("Write a mobile of 9 digits, or with + and the country's code"))

    def show(self, refusal: InvalidCitizen) -> None:
        """Put what the rules found wrong beside its fields."""
        errors: Any = refusal.facts["errors"]
        for name, code in errors.items():
            _say(self[name], str(WRONG.get((name, code)) or self._number_format()))

    def _number_format(self) -> str:
        return str(NUMBER_FORMATS.get(self.document_type.data, NUMBER_FORMATS["other"]))

    def typed(self) -> dict[str, Any]:
        """What was typed, for the draft: nothing is tidied, so that it is shown again as it was."""
        return {field.name: field.data or "" for field in self if field.name != "csrf_token"} | {
            "preferential": bool(self.preferential.data)
        }


class FindForm(_DocumentFields):
    """The code of an appointment and the document that it was made with."""

    reference = StringField(_l("Code of the appointment"))

    def __init__(self, *positional: Any, **named: Any) -> None:
        super().__init__(*positional, **named)
        self.document_type.label.text = gettext("Document with which you booked")

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
