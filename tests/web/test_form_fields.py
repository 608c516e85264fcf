"""The bridge from fields to macros: what was typed is shown again, secrets never, errors lead to their field."""

from collections.abc import Iterator

import pytest
from flask import Flask, get_template_attribute
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    EmailField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from consular.web.form_fields import QueryForm, error_list

COLOURS = [SelectChoice("red", "Red"), SelectChoice("blue", "Blue & green")]


class Everything(QueryForm):
    """One field of each kind."""

    name = StringField("Name", [Length(max=5, message="Shorter")], render_kw={"autocomplete": "given-name"})
    email = EmailField("E-mail", description="We write to it")
    age = IntegerField("Age")
    secret = PasswordField("Password", [DataRequired("Write it")])
    colour = RadioField("Colour", choices=COLOURS, validate_choice=False)
    country = SelectField("Country", choices=COLOURS, validate_choice=False)
    several = SelectMultipleField("Several", choices=COLOURS)
    agreed = BooleanField("Agreed")
    story = TextAreaField("Story")


@pytest.fixture
def in_request(app: Flask) -> Iterator[None]:
    with app.test_request_context("/es"):
        yield


def _drawn(form: QueryForm, name: str, **options: object) -> str:
    draw = get_template_attribute("components/fields.html", "field")
    return " ".join(str(draw(form[name], **options)).split())


def _typed(**values: object) -> Everything:
    form = Everything(MultiDict(values))
    form.validate()
    return form


@pytest.mark.usefixtures("in_request")
class TestDrawing:
    def test_what_was_typed_comes_back_escaped(self) -> None:
        assert 'value="&lt;b&gt;&#34;x"' in _drawn(_typed(name='<b>"x'), "name")
        assert "&lt;/textarea&gt;" in _drawn(_typed(story="</textarea>"), "story")

    def test_a_number_that_is_none_comes_back_as_it_was_typed(self) -> None:
        form = _typed(age="twelve")
        assert 'value="twelve"' in _drawn(form, "age")
        assert 'inputmode="numeric"' in _drawn(form, "age")

    def test_a_secret_never_comes_back(self) -> None:
        drawn = _drawn(_typed(secret="abracadabra"), "secret")
        assert 'type="password"' in drawn
        assert "abracadabra" not in drawn

    def test_a_choice_stays_chosen(self) -> None:
        form = _typed(colour="blue", country="blue", several="red", agreed="1")
        assert 'value="blue" checked' in _drawn(form, "colour")
        assert '<option value="blue" selected>Blue &amp; green</option>' in _drawn(form, "country")
        assert 'value="red" checked' in _drawn(form, "several")
        assert 'value="1" checked' in _drawn(form, "agreed")

    def test_an_error_stands_beside_its_field_and_is_announced(self) -> None:
        drawn = _drawn(_typed(name="far too long"), "name")
        assert 'aria-describedby="name-error"' in drawn
        assert '<span class="govuk-visually-hidden">Error:</span> Shorter' in drawn

    def test_a_hint_and_the_options_of_the_page(self) -> None:
        assert "We write to it" in _drawn(_typed(), "email")
        assert 'autocomplete="given-name"' in _drawn(_typed(), "name")
        assert 'autocomplete="off"' in _drawn(_typed(), "name", autocomplete="off")
        assert "<h1" in _drawn(_typed(), "name", heading=True)

    def test_every_label_names_its_field(self) -> None:
        form = _typed()
        for name in ("name", "email", "age", "secret", "country", "story"):
            assert f'for="{name}"' in _drawn(form, name)


def test_the_summary_has_one_line_a_field_in_the_order_of_the_page() -> None:
    form = _typed(name="far too long")
    form.form_errors = ["Both are needed"]
    assert error_list(form) == [
        {"text": "Both are needed", "href": "#name"},
        {"text": "Shorter", "href": "#name"},
        {"text": "Write it", "href": "#secret"},
    ]
