"""The forms of the guided path, one question each: shape only."""

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from consular.offices.guidance import Chain, Paper
from consular.site.forms import squeezed
from consular.web.form_fields import QueryForm
from consular.web.languages import in_current_language

LONGEST_COUNTRY = 100
# What the third question's way out stands for: the person does not know yet.
NOT_KNOWN = "unknown"


class PaperForm(QueryForm):
    """What paper it is."""

    paper = RadioField(
        _l("What do you have?"), [InputRequired(_l("Choose what you have"))], validate_choice=False
    )

    def offer(self, papers: list[Paper]) -> None:
        words = {each.code: in_current_language(each.texts) for each in papers}
        self.paper.choices = [(code, text["name"]) for code, text in words.items()]
        hints = {code: text["hint"] for code, text in words.items() if "hint" in text}
        self.paper.item_hints = hints  # type: ignore[attr-defined]  # read by web/form_fields.py


class IssuerForm(QueryForm):
    """Whose it is, of those that may issue that paper."""

    issuer = RadioField(
        validators=[InputRequired(_l("Choose one of the answers"))],
        validate_choice=False,
    )

    def offer(self, paper: Paper, chains: list[Chain]) -> None:
        self.issuer.label.text = in_current_language(paper.texts).get("question") or gettext("Who issued it?")
        self.issuer.choices = [(each.code, in_current_language(each.texts)["name"]) for each in chains]


class CountryForm(QueryForm):
    """Where the paper will be used."""

    country = StringField(
        _l("Country"),
        [
            DataRequired(_l("Write the name of the country")),
            Length(
                max=LONGEST_COUNTRY, message=_l("Write only the name of the country: 100 letters at most")
            ),
        ],
        filters=[squeezed],
    )
