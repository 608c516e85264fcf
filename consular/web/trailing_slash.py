"""Leads an address that ends in a slash, or has two in a row, to the one that does not, when that one exists."""

from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, redirect, request, url_for
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response as AnyResponse


def install_trailing_slash(app: Flask) -> None:
    """308: the method stays, and browsers and caches remember it."""
    app.before_request(_without_slash)
    app.after_request(_within)


def _without_slash() -> AnyResponse | None:
    path = request.path.rstrip("/")
    adapter = request_ctx.url_adapter
    if (
        not isinstance(request.routing_exception, NotFound)
        or path == request.path
        or not path
        or adapter is None
    ):
        return None
    try:
        endpoint, values = adapter.match(path, method=request.method)
    except HTTPException:  # nothing is there either, or it only leads on
        return None
    # Built from our own route, never from what was typed: //evil.example/ leads nowhere. The query goes behind
    # by hand, because url_for takes names such as _scheme as orders to itself.
    there = url_for(endpoint, **values)
    query = request.query_string.decode("ascii", "ignore")
    return redirect(f"{there}?{query}" if query else there, 308)


def _within(response: Response) -> Response:
    """The router leads on to a whole address, with the host that the request named: `Host: evil.example` or what
    a proxy passed on unread. Without scheme and host it stays where it is."""
    if isinstance(request.routing_exception, RequestRedirect) and response.location:
        there = urlsplit(response.location)
        response.location = urlunsplit(("", "", f"/{there.path.lstrip('/')}", there.query, ""))
    return response
