"""The bridge from WTForms fields to the govuk-frontend macros, and the two base forms of every door.

A template says `{{ field(form.given_names) }}` (templates/components/fields.html): label, hint, error and
what was typed come from the field; secrets are never written back.
"""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, Form, PasswordField, RadioField, SelectField, SelectMultipleField, TextAreaField
from wtforms.fields import BooleanField, EmailField, HiddenField, IntegerField, SearchField, TelField

INPUT_TYPES: dict[type[Field], dict[str, str]] = {
    EmailField: {"type": "email", "inputmode": "email", "autocapitalize": "none"},
    TelField: {"type": "tel", "inputmode": "tel"},
    IntegerField: {"inputmode": "numeric"},
    SearchField: {"type": "search"},
}


STALE = _l("This form was opened in another session, so it was not sent. Check it and send it again.")


class PostForm(FlaskForm):  # type: ignore[misc]  # flask-wtf publishes no types
    """A form that changes something: carries the CSRF token and reads only the posted body.

    Where the view is marked `@reshows_stale_form`, a token that is missing or of another session is an error
    of the form, which is shown again with a fresh token and everything that was typed.
    """

    def validate(self, extra_validators: Any = None) -> bool:
        right: bool = super().validate(extra_validators)
        if self.meta.csrf and self.csrf_token.errors:
            self.csrf_token.errors = []
            self.form_errors = [str(STALE)]
        return right

    @property
    def answer_status(self) -> int:
        """The status of the page that shows the form: 400 when it was stale, 422 when some of it is wrong."""
        if self.form_errors:
            return 400
        return 422 if self.errors else 200


class QueryForm(Form):
    """A form of a GET page: its fields are the address's query, so it has no token."""


def kind_of(field: Field) -> str:
    """Which macro draws the field."""
    if isinstance(field, RadioField):
        return "radios"
    if isinstance(field, SelectMultipleField):
        return "checkboxes"
    if isinstance(field, SelectField):
        return "select"
    if isinstance(field, BooleanField):
        return "checkbox"
    if isinstance(field, PasswordField):
        return "password"
    return "textarea" if isinstance(field, TextAreaField) else "input"


def field_params(field: Field, options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The parameters of a field's macro.

    `options`: `hint`, `label_classes`, `heading` (the label is the page's h1), `attributes`, and anything
    that the macro itself takes (`classes`, `autocomplete`, `inputmode`, `prefix`...). What the form gave
    in `render_kw` is the default of the same.
    """
    given = {**(field.render_kw or {}), **(options or {})}
    hint = given.pop("hint", None) or str(field.description or "")
    label = {
        "text": str(field.label.text),
        "classes": given.pop("label_classes", ""),
        "isPageHeading": bool(given.pop("heading", False)),
    }
    params: dict[str, Any] = {"id": field.id, "name": field.name, "idPrefix": field.id}
    if hint:
        params["hint"] = {"text": hint}
    if field.errors:
        params["errorMessage"] = {"text": str(field.errors[0]), "visuallyHiddenText": gettext("Error")}
    params.update(_content(field, label))
    params.update(given)
    return params


def _content(field: Any, label: dict[str, Any]) -> dict[str, Any]:
    kind = kind_of(field)
    if kind in ("radios", "checkboxes"):
        return {
            "fieldset": {"legend": label},
            "items": [
                {"value": str(value), "text": str(text), "checked": checked, **_item_hint(field, value)}
                for value, text, checked, _attributes in field.iter_choices()
            ],
        }
    if kind == "select":
        return {"label": label, "items": _select_items(field)}
    if kind == "checkbox":
        return {"items": [{"value": "1", "text": label["text"], "checked": bool(field.data)}]}
    return {"label": label, **_input(field, kind)}


def _select_items(field: Any) -> list[dict[str, Any]]:
    return [
        {"value": str(value), "text": str(text), "selected": chosen}
        for value, text, chosen, _attributes in field.iter_choices()
    ]


def _item_hint(field: Field, value: object) -> dict[str, Any]:
    hints: Mapping[object, object] = getattr(field, "item_hints", {})
    return {"hint": {"text": str(hints[value])}} if value in hints else {}


def _input(field: Any, kind: str) -> dict[str, Any]:
    if kind == "password":
        return {"type": "password", "autocapitalize": "none"}  # what was typed is never written back
    written = {"value": field._value()}
    for field_type, attributes in INPUT_TYPES.items():
        if isinstance(field, field_type):
            written.update(attributes)
    return written


def error_list(form: Form) -> list[dict[str, str]]:
    """Every error of a form, each linked to its field, in the order of the page.

    Those of the whole form come first and link to its beginning.
    """
    first = next(field for field in form if not isinstance(field, HiddenField))
    errors = [{"text": str(error), "href": f"#{first.id}"} for error in form.form_errors]
    for field in form:
        errors.extend({"text": str(error), "href": f"#{field.id}"} for error in field.errors[:1])
    return errors


def install_form_fields(app: Flask) -> None:
    """Offer the bridge to templates/components/fields.html."""
    app.jinja_env.globals.update(field_kind=kind_of, field_params=field_params, error_list=error_list)
