"""Who may call: `@api_key("book")` asks for a key of that scope, and gives the view its caller."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g, request

from consular.foundation.errors import Refusal
from consular.staff.api_keys import ApiCaller, check
from consular.staff.models import KeyScope
from consular.web.guards import mark

Call = Callable[..., Any]


class KeyMissing(Refusal):
    """No `Authorization: Bearer` header."""

    status = 401


class KeyUnknown(Refusal):
    """What was presented is not a key in force."""

    status = 401


class ScopeMissing(Refusal):
    """The key is of another scope. Facts: scope (the one that is needed)."""

    status = 403


class OfficeNotAllowed(Refusal):
    """The key was issued for other offices. Facts: office."""

    status = 403


def api_key(scope: str) -> Callable[[Call], Call]:
    """Let only programs with a key of this scope call; checked before anything that they sent is read."""
    needed = KeyScope(scope)

    def guard(view: Call) -> Call:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            caller = _presented()
            if not caller.may(needed):
                raise ScopeMissing(scope=needed.value)
            g.api_caller = caller
            return view(*args, **kwargs)

        return mark(guarded, f"api_key:{needed.value}")

    return guard


def caller_for(office: str) -> ApiCaller:
    """The caller of this request, who must be allowed to act for that office.

    Raises:
        OfficeNotAllowed
    """
    caller: ApiCaller = g.api_caller
    if not caller.acts_for(office):
        raise OfficeNotAllowed(office=office)
    return caller


def read_key() -> ApiCaller | None:
    """Whose key this request carries, or None when it is none in force. Asked of the database once a request."""
    if "api_key_read" not in g:
        key = _key_in_header()
        g.api_key_read = check(key) if key else None
    caller: ApiCaller | None = g.api_key_read
    return caller


def _key_in_header() -> str:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def _presented() -> ApiCaller:
    if not _key_in_header():
        raise KeyMissing()
    caller = read_key()
    if caller is None:
        raise KeyUnknown()
    return caller
