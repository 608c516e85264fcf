"""The programs' door: API v1, its documentation, and what those who watch the system ask."""

from flask import Flask

from consular.api.documentation import pages
from consular.api.health import health, measure
from consular.api.refusing import problem_of
from consular.api.v1 import v1 as version_1
from consular.web import csrf
from consular.web.error_pages import answer_errors_under


def register(app: Flask) -> None:
    """Hang the door on the application, after the web kit is installed."""
    answer_errors_under(app, "/api/", problem_of)
    csrf.exempt(version_1)  # its calls carry a key or a secret in a header, which no other site can send
    for blueprint in (version_1, pages, health):
        app.register_blueprint(blueprint)
    measure(app)
