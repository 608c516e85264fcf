"""Own files under addresses that carry their content's hash, kept for a year and sent compressed."""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request

YEAR_SECONDS = 365 * 24 * 3600
COMPRESSIBLE = (
    "text/",
    "application/json",
    "application/problem+json",
    "application/geo+json",
    "application/javascript",
    "image/svg+xml",
)
WORTH_COMPRESSING = 600  # bytes: below it the header costs more than it saves


@lru_cache(maxsize=256)
def _digest(path: str, changed_ns: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


@lru_cache(maxsize=64)
def _packed_file(path: str, changed_ns: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), 9, mtime=0)


def _packed(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)


@lru_cache(maxsize=128)
def _packed_for_everybody(text: str) -> bytes:
    """What everybody is given is asked for again and again, and compressing it takes longer than finding it.

    By the text, which knows its own hash. What one person is given is nowhere kept.
    """
    return _packed(text.encode())


def _packed_body(response: Response) -> bytes | None:
    """None when it is short, or not known yet."""
    told: str = g.get("same_for_everybody", "")
    if len(told) >= WORTH_COMPRESSING and response.status_code == 200:
        return _packed_for_everybody(told)
    if response.is_streamed or len(response.get_data()) < WORTH_COMPRESSING:
        return None
    return _packed(response.get_data())


def tell_same_for_everybody(text: str) -> None:
    """Of the answer to this request, which is this text: it says nothing of who asked."""
    g.same_for_everybody = text


def _file(app: Flask, filename: str | None) -> Path | None:
    if not filename or not app.static_folder:
        return None
    path = Path(app.static_folder, filename)
    return path if path.is_file() else None


def _compressible(response: Response) -> bool:
    return (
        (response.mimetype or "").startswith(COMPRESSIBLE)
        and response.status_code not in (204, 206, 304)
        and "Content-Encoding" not in response.headers
    )


def _wanted() -> bool:
    return "Accept-Encoding" in request.headers and request.accept_encodings["gzip"] > 0


def _pack(response: Response, data: bytes) -> None:
    """Replace a body by its gzip; the page's secrets are safe from BREACH because our cookies are SameSite."""
    etag, weak = response.get_etag()
    response.close()  # the file behind it, when it was one
    response.direct_passthrough = False
    response.set_data(data)
    response.headers["Content-Encoding"] = "gzip"
    if etag and not weak:
        response.set_etag(etag, weak=True)  # same meaning, other bytes


def install_static_files(app: Flask) -> None:
    """Hash the addresses, set the caching of files, and compress what goes out."""

    @app.url_defaults
    def add_hash(endpoint: str, values: dict[str, Any]) -> None:
        path = _file(app, values.get("filename")) if endpoint == "static" else None
        if path is not None:
            values.setdefault("v", _digest(str(path), path.stat().st_mtime_ns))

    @app.after_request
    def keep_and_pack(response: Response) -> Response:
        path = None
        if request.endpoint == "static" and response.status_code == 200:
            path = _file(app, (request.view_args or {}).get("filename"))
        if path is not None:
            _set_lifetime(response, path)
        compressible = _compressible(response)
        # A 304 has no type to go by, and must say what the whole answer said.
        if compressible or response.status_code == 304:
            _say_what_varies(response)
        if compressible and _wanted():
            packed = _packed_file(str(path), path.stat().st_mtime_ns) if path else _packed_body(response)
            if packed:
                _pack(response, packed)
        return response


def _say_what_varies(response: Response) -> None:
    if "Vary" in response.headers:
        response.vary.add("Accept-Encoding")
    else:
        response.headers["Vary"] = "Accept-Encoding"


def _set_lifetime(response: Response, path: Path) -> None:
    fresh = request.args.get("v") == _digest(str(path), path.stat().st_mtime_ns)
    response.headers["Cache-Control"] = (
        f"public, max-age={YEAR_SECONDS}, immutable" if fresh else "public, no-cache"
    )
