"""What one visitor's browser keeps between pages: small sealed cookies, unreadable and unforgeable outside."""

import json
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, request

from consular.foundation.vault import vault


@dataclass(frozen=True)
class SealedCookie:
    """A dictionary in a cookie, sealed with the vault and good for `max_age_seconds`.

    `path` keeps it away from pages that have no use for it.
    """

    name: str
    max_age_seconds: int
    path: str = "/"

    def read(self) -> dict[str, Any]:
        """What it holds; empty when it is absent, foreign, broken or too old."""
        opened = vault().unseal(request.cookies.get(self.name, ""), self.max_age_seconds)
        if opened is None:
            return {}
        # The name is sealed in, so that one cookie's value is refused in the place of another's.
        held = json.loads(opened)
        values: dict[str, Any] = held["values"] if held.get("cookie") == self.name else {}
        return values

    def write(self, response: Response, values: dict[str, Any]) -> None:
        sealed = vault().seal(
            json.dumps({"cookie": self.name, "values": values}, separators=(",", ":"), ensure_ascii=False)
        )
        response.set_cookie(
            self.name,
            sealed,
            max_age=self.max_age_seconds,
            path=self.path,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
        )

    def clear(self, response: Response) -> None:
        response.delete_cookie(self.name, path=self.path, httponly=True, samesite="Lax")
