"""Every address that the application has, taken from its own table: a new page is attacked without being named here."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Rule
from wtforms import Form
from wtforms.fields.core import UnboundField

from consular.api.v1.document import document
from consular.web.form_fields import PostForm, QueryForm
from tests.hostile.stage import Live, Trusted
from tests.hostile.wire import Asked, Headers, query, quoted

PROGRAMS = "/api/v1/"
_RIGHT = (("service", b"apostille"), ("from", b"2026-12-01"), ("to", b"2026-12-02"), ("q", b"cusco"))
_ARGUMENT = re.compile(r"<(?:[^<>:]+:)?([^<>]+)>")
_READS = re.compile(r"(?:args|form|asked)\.get(?:list)?\(\s*\"(\w+)\"")
_DOORS = Path(__file__).resolve().parents[2] / "consular"


@dataclass(frozen=True)
class Address:
    """One method of one address, with somebody who is let in there."""

    rule: Rule
    method: str
    live: Live

    @property
    def who(self) -> Trusted:
        if self.rule.rule.startswith(PROGRAMS):
            return self.live.program
        return self.live.clerk if self.rule.rule.startswith("/desk") else self.live.citizen

    @property
    def takes(self) -> list[str]:
        """The names of what the path takes."""
        return _ARGUMENT.findall(self.rule.rule)

    @property
    def reads(self) -> list[str]:
        """The parameters that a call of programs has; it refuses all others before it reads any."""
        path = _ARGUMENT.sub(r"{\1}", self.rule.rule)
        call = document()["paths"].get(path, {}).get(self.method.lower(), {})
        return [each["name"] for each in call.get("parameters", ()) if each["in"] == "query"]

    def spoiling(self, pairs: Sequence[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
        """The parameters of a right request in the place of those that are not spoiled."""
        spoiled = {name for name, _ in pairs}
        return [(name, value) for name, value in _RIGHT if name in self.reads and name not in spoiled]

    @property
    def of_program(self) -> bool:
        return self.rule.rule.startswith(PROGRAMS)

    def path(self, **spoiled: bytes) -> str:
        """The address of something that is there, but for what is spoiled."""
        good = self._good()

        def value(found: re.Match[str]) -> str:
            name = found[1]
            return quoted(spoiled[name]) if name in spoiled else good.get(name, "x")

        return _ARGUMENT.sub(value, self.rule.rule)

    def _good(self) -> dict[str, str]:
        # Cancelling takes nothing but a click: it has an appointment of its own to end.
        reference = self.live.doomed if "cancel" in self.rule.endpoint else self.live.mine
        return {"slug": "cusco", "reference": reference, "name": "slot-taken", "filename": "css/base.css"}

    def asked(
        self, path: str | None = None, *, headers: Headers = (), body: bytes = b"", method: str | None = None
    ) -> Asked:
        """The request of somebody who is let in; `headers` go in the place of theirs of the same name."""
        given = {_name(name) for name, _ in headers}
        own = [(name, value) for name, value in self.who.headers if _name(name) not in given]
        return Asked(method or self.method, path or self.path(), (*own, *headers), body)

    def form(self, pairs: list[tuple[str, bytes]]) -> Asked:
        """A form with its right token and these fields."""
        body = query([("csrf_token", self.who.token.encode()), *pairs]).encode()
        return self.asked(headers=(("Content-Type", "application/x-www-form-urlencoded"),), body=body)


def _name(name: str | bytes) -> str:
    return (name.decode("latin-1") if isinstance(name, bytes) else name).lower()


def addresses(live: Live, *methods: str) -> list[Address]:
    """Every address that takes one of the methods (or all of their own), in a steady order."""
    found = [
        Address(rule, method, live)
        for rule in live.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if not methods or method in methods
    ]
    return sorted(found, key=lambda each: (each.rule.rule, each.method))


def names(app: Flask) -> list[str]:
    """Every name that any page or call reads: of its forms, of the API's document, of the code itself."""
    known = {name for form in (PostForm, QueryForm) for name in _fields(form)}
    known |= {each["name"] for each in _parameters(document()) if each["in"] == "query"}
    for door in ("site", "desk", "api", "web"):
        for module in (_DOORS / door).rglob("*.py"):
            known |= set(_READS.findall(module.read_text(encoding="utf-8")))
    return sorted(known | {"_scheme", "endpoint", "csrf_token"})


def _fields(form: type[Form]) -> Iterator[str]:
    for each in form.__subclasses__():
        yield from (name for name in dir(each) if isinstance(getattr(each, name, None), UnboundField))
        yield from _fields(each)


def _parameters(described: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for calls in described["paths"].values():
        for call in calls.values():
            yield from call.get("parameters", [])
