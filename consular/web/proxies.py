"""Believes the proxies in front, as many as there are, and only what a proxy can truly say."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

SCHEMES = frozenset({"http", "https"})


def install_proxies(app: Flask, hops: int) -> None:
    """Read the address, scheme and host of the request from the headers that so many proxies set; 0: from none."""
    if hops:
        app.wsgi_app = ProxyFix(_Web(app.wsgi_app), x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


class _Web:
    """A scheme that no proxy passes on counts as http: some proxies leave the header as its sender wrote it,
    and a redirection to `javascript://` would be made of it."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["wsgi.url_scheme"] not in SCHEMES:
            environ["wsgi.url_scheme"] = "http"
        return self._app(environ, start_response)
