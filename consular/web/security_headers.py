"""Headers that every page carries: what a browser may load, tell and remember."""

from urllib.parse import urlsplit

from flask import Flask, Response, request

# Everything comes from this server; no inline script or style anywhere. `data:` images are Leaflet's
# blank tile. Styles set by script through the DOM are not "inline" to a browser.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def content_policy(tiles_url: str | None) -> str:
    """The Content-Security-Policy; map tiles may come from the configured hosts and from nowhere else."""
    directives = dict(POLICY)
    if tiles_url:
        # Leaflet puts a, b and c in the place of {s}.
        for server in "abc" if "{s}" in tiles_url else ("",):
            parts = urlsplit(tiles_url.replace("{s}", server))
            directives["img-src"] += f" {parts.scheme}://{parts.netloc}"
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def install_security_headers(app: Flask, *, tiles_url: str | None, https: bool) -> None:
    """Send them with every page and every answer of the API, errors included."""
    headers = {
        "Content-Security-Policy": content_policy(tiles_url),
        "Referrer-Policy": "no-referrer",  # a secret link must not reach the next site
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
    }
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    lowered = {name.lower() for name in headers}
    whole = list(headers.items())

    @app.after_request
    def add(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code < 400:
            # A style, a script or an icon loads nothing and is no page: the rest would only cost bytes.
            response.headers["X-Content-Type-Options"] = "nosniff"
            return response
        given = {name.lower() for name, _ in response.headers}
        if lowered.isdisjoint(given):
            response.headers.extend(whole)
        else:
            for name, value in whole:
                response.headers.setdefault(name, value)
        if "cache-control" not in given:
            # A page may show what one person typed: shared caches keep nothing, Back still works.
            response.headers["Cache-Control"] = "private, no-cache"
        return response
