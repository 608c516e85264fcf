"""The data for everybody: what can be downloaded, what is in it, and what is known of its licence."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from consular.offices.queries import sources
from consular.web.guards import public
from consular.web.languages import localised


def add_pages(door: Blueprint) -> None:
    """Give the door its address."""
    localised(door, "data", {"es": "/es/datos-abiertos", "en": "/en/open-data"}, data)


@public
def data() -> ResponseReturnValue:
    """The downloads, with their sources and licences."""
    return render_template("site/data.html", sources=sources())
