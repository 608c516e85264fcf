"""A form that cannot be taken is shown again with everything that was typed, in its own language."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from tests.hostile.addresses import Address, addresses
from tests.hostile.conftest import Attack
from tests.hostile.stage import Live
from tests.hostile.wire import Answer, Asked, query
from tests.page_client import filled
from tests.page_tree import Element, Page

# What somebody may really type into any field; none of it is right in all of them.
TYPED = (
    "<script>alert(1)</script>",
    "'; DROP TABLE seat; --",
    "Ñahui & Cía «Ñ» 日本 \U0001f600",
    "2026-02-30",
    "-1",
    "9" * 30,
    "nombre@@ejemplo",
)
WRITTEN = {"text", "email", "tel", "search", "number", ""}


@dataclass(frozen=True)
class Form:
    """A form that a page shows, and who sees it."""

    address: Address
    action: str
    post: bool
    values: tuple[tuple[str, str], ...]
    typed: tuple[str, ...]

    def sent(self, text: str, **others: str) -> Asked:
        pairs = {**dict(self.values), **dict.fromkeys(self.typed, text), **others}
        wire = query((name, value.encode()) for name, value in pairs.items())
        if not self.post:
            return self.address.asked(f"{urlsplit(self.action).path}?{wire}")
        form = (("Content-Type", "application/x-www-form-urlencoded"),)
        return self.address.asked(self.action, headers=form, body=wire.encode(), method="POST")


def page_of(answer: Answer) -> Page:
    headers = Headers(list(answer.headers.items()))
    return Page(TestResponse([answer.body], str(answer.status), headers, None))  # type: ignore[arg-type]


def forms(live: Live, attack: Attack) -> list[Form]:
    """Every form with a field to write in, on every page that anybody can open."""
    pages = [each for each in addresses(live, "GET") if not each.of_program]
    start = f"?service=apostille&start={live.start}"
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    for each, answer in zip(pages, attack(page.asked(page.path() + start) for page in pages), strict=True):
        if answer.media_type != "text/html" or answer.status >= 400:
            continue
        for form in page_of(answer).all("form"):
            if typed := _written(form):
                values = {name: str(value) for name, value in filled(form).items()}
                action = form.get("action") or each.path() + start
                post = form.get("method", "get").lower() == "post"
                one = Form(each, action, post, tuple(values.items()), typed)
                found.setdefault((urlsplit(action).path, typed), one)
    return list(found.values())


def _written(form: Element) -> tuple[str, ...]:
    fields = [field for field in form.all("input") if field.get("type", "text") in WRITTEN]
    return tuple(field["name"] for field in [*fields, *form.all("textarea")] if field.get("name"))


def lost(form: Form, answer: Answer, text: str) -> list[str]:
    """The fields that do not show what was typed."""
    shown = [filled(each) for each in page_of(answer).all("form")]
    return [name for name in form.typed if not any(text in str(each.get(name, "")) for each in shown)]


def test_nothing_typed_is_lost(live: Live, attack: Attack) -> None:
    known = forms(live, attack)
    assert {urlsplit(form.action).path for form in known} >= {
        "/es/oficinas",
        "/en/my-appointment",
        "/desk/sign-in",
        "/es/oficinas/cusco/cita/datos",
    } - _seen_by_nobody(known)
    complaints, shown_again = [], 0
    for form in known:
        for text in TYPED:
            (answer,) = attack([form.sent(text)])
            if answer.status >= 400 and answer.media_type == "text/html":
                shown_again += 1
                complaints += [
                    f"{form.action} {answer.status}: {text} in {each}" for each in lost(form, answer, text)
                ]
    assert not complaints, "\n".join(complaints)
    assert shown_again > 20


def _seen_by_nobody(known: list[Form]) -> set[str]:
    """Who is signed in is not asked to sign in."""
    assert len(known) > 5
    return {"/desk/sign-in"}


def test_a_stale_form_loses_nothing_either(live: Live, attack: Attack) -> None:
    """It was open in another session, or its token is missing: what was typed comes back with a new token."""
    complaints, shown_again = [], 0
    for form in forms(live, attack):
        if not form.post or form.address.rule.rule.startswith("/desk"):
            continue
        for token in ("", "of-another-session"):
            (answer,) = attack([form.sent("Rosa Ñahui", csrf_token=token)])
            assert answer.status == 400, f"{form.action} {answer.status}"
            shown_again += 1
            complaints += [f"{form.action}: {each}" for each in lost(form, answer, "Rosa Ñahui")]
    assert not complaints, "\n".join(complaints)
    assert shown_again >= 8
