"""Which file pages link as their common stylesheet: the built one, or its parts after an edit."""

import re
from pathlib import Path

from flask import Flask, url_for

BUILT = "vendor/site.css"
WRITTEN = "css/site.css"
_IMPORT = re.compile(r"""@import url\("([^"]+)"\);""")


def common_stylesheet(static: Path) -> str:
    """The built file, unless there is none or one of its parts was edited since; a path inside `static`."""
    built, written = static / BUILT, static / WRITTEN
    parts = [written, *(written.parent / name for name in _IMPORT.findall(written.read_text("utf-8")))]
    edited = max(part.stat().st_mtime_ns for part in parts if part.is_file())
    return BUILT if built.is_file() and built.stat().st_mtime_ns >= edited else WRITTEN


def install_stylesheets(app: Flask) -> None:
    """Offer its address to the frame of the pages."""
    static = Path(app.static_folder or "")
    app.jinja_env.globals["common_stylesheet"] = lambda: url_for("static", filename=common_stylesheet(static))
