"""Leads an address that ends in a slash to the one that does not, when that one exists."""

from flask import Flask, redirect, request, url_for
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response


def install_trailing_slash(app: Flask) -> None:
    """308: the method stays, and browsers and caches remember it."""
    app.before_request(_without_slash)


def _without_slash() -> Response | None:
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
