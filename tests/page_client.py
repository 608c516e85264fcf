"""A strict client for doors: every page that any test opens must also be a correct page.

    page = client.get("/es/oficinas")
    page.one("h1").text
    answer = client.submit(page.form(action="/es/oficinas/cusco/cita"), {"day": "2026-12-01"}, status=303)
    client.follow(answer)

A page that breaks a rule of page_rules.py fails the test that opened it, with all that is wrong in one list.
"""

from collections.abc import Mapping

from flask import Flask, has_app_context

from tests.page_rules import mistakes
from tests.page_tree import Element, Page


class PageClient:
    """A browser without JavaScript that keeps cookies and tolerates no mistake."""

    def __init__(self, app: Flask) -> None:
        self.http = app.test_client()

    def get(self, path: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Page:
        """Open a page, expecting that status, without following redirects."""
        return self._open(path, "GET", status, headers=headers)

    def head(self, path: str, *, status: int = 200) -> Page:
        return self._open(path, "HEAD", status)

    def post(
        self,
        path: str,
        data: Mapping[str, object] | None = None,
        *,
        status: int,
        headers: Mapping[str, str] | None = None,
    ) -> Page:
        """Send exactly this, with no token added: for what a stranger or an attacker would send."""
        return self._open(path, "POST", status, data=data, headers=headers)

    def submit(
        self,
        form: Element,
        data: Mapping[str, object] | None = None,
        *,
        status: int,
        button: str | None = None,
    ) -> Page:
        """Press a form's button (the only one, or the one with that text), with these fields filled in.

        A field that the form does not have is a mistake of the test or of the page, and fails.
        """
        values = filled(form)
        for name, value in (data or {}).items():
            assert name in field_names(form), f"the form has no field {name!r}: {sorted(field_names(form))}"
            values[name] = value
        values.update(_pressed(form, button))
        action, method = form.get("action"), form.get("method", "get").upper()
        if method == "GET":
            return self._open(action, "GET", status, query_string=values)
        return self._open(action, "POST", status, data=values)

    def follow(self, answer: Page, *, status: int = 200) -> Page:
        """Go where a redirect leads."""
        assert answer.status in (301, 302, 303, 307, 308), f"{answer.status} leads nowhere"
        return self.get(answer.location, status=status)

    def _open(self, path: str, method: str, status: int, **details: object) -> Page:
        assert not has_app_context(), "leave app.app_context() first: a request would share its session and g"
        response = self.http.open(path, method=method, **details)
        page = Page(response)
        assert page.status == status, (
            f"{method} {path} answered {page.status}, wanted {status}\n{_gist(page)}"
        )
        if response.mimetype == "text/html" and method != "HEAD" and status not in (301, 302, 303, 307, 308):
            wrong = mistakes(page)
            assert not wrong, f"{method} {path}:\n  " + "\n  ".join(wrong)
        return page


def _gist(page: Page) -> str:
    headings = [element.text for element in page.all("h1")]
    return " ".join([*headings, str(page.errors or "")]).strip() or page.response.get_data(as_text=True)[:500]


def field_names(form: Element) -> set[str]:
    """The names of all the fields that a person could fill in or that the form carries."""
    return {
        element["name"]
        for element in form.all("input", "select", "textarea", "button")
        if element.get("name")
    }


def filled(form: Element) -> dict[str, object]:
    """What the form would send as it stands: each name with its value, or the list of its values."""
    values: dict[str, list[str]] = {}
    for element in form.all("input", "select", "textarea"):
        name, kind = element.get("name"), element.get("type", "text")
        if not name or "disabled" in element.attributes or kind in ("submit", "button", "image", "reset"):
            continue
        if kind in ("checkbox", "radio") and "checked" not in element.attributes:
            continue
        values.setdefault(name, []).append(_value(element))
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


def _value(element: Element) -> str:
    if element.tag == "textarea":
        return "".join(part for part in element.content if isinstance(part, str)).removeprefix("\n")
    if element.tag == "select":
        options = element.all("option")
        chosen = [option for option in options if "selected" in option.attributes] or options[:1]
        return chosen[0].get("value", chosen[0].text) if chosen else ""
    return element.get("value", "on" if element.get("type") in ("checkbox", "radio") else "")


def _pressed(form: Element, words: str | None) -> dict[str, str]:
    buttons = [
        element
        for element in form.all("button", "input")
        if element.get("type", "submit" if element.tag == "button" else "text") == "submit"
    ]
    if words is not None:
        buttons = [button for button in buttons if words in (button.text, button.get("value"))]
    assert len(buttons) == 1, f"{len(buttons)} buttons {words or ''}: {[button.text for button in buttons]}"
    name = buttons[0].get("name")
    return {name: buttons[0].get("value")} if name else {}
