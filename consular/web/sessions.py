"""Sessions in signed cookies; whoever brings none is not made to wait for a signature."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own, but the signer is made only for a request that brings a cookie.

    Making it takes longer than the rest of opening a session, and what programs and most readers send has none.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if app.secret_key and "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)
