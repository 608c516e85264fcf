"""The offices as a table: every published fact of every office, one to a line."""

import csv
import io
from collections.abc import Iterable

from flask import Response

from consular.api.answering import shared_text
from consular.api.v1.blueprint import v1
from consular.api.v1.described import shared
from consular.offices.listing import COLUMNS, every_office
from consular.web.guards import api_open

CSV = "text/csv; charset=utf-8"
FACTS_MAX_AGE = 300  # seconds
# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TABLE = {
    "description": f"The columns, in this order: {', '.join(COLUMNS)}.",
    "content": {CSV: {"schema": {"type": "string"}}},
    "headers": {name: {"schema": {"type": "string"}} for name in ("ETag", "Cache-Control")},
}


@v1.get("/offices.csv")
@api_open
@v1.doc(tags=["Offices"], responses={200: _TABLE, **shared()})
def table_of_offices() -> Response:
    """Every office as CSV, whatever its status

    RFC 4180: UTF-8, commas, a header, `\\r\\n`. An empty cell is a fact that nobody has published. Lists
    (`languages`, `services`) are joined by `|`. A text that a spreadsheet would take for a formula (it
    begins with `=`, `+`, `-`, `@`, a tab or a carriage return) has an apostrophe before it; numbers have not.
    """
    response = shared_text(written(every_office()), media_type=CSV, max_age=FACTS_MAX_AGE)
    response.headers["Content-Disposition"] = 'inline; filename="offices.csv"'
    return response


def written(offices: Iterable[dict[str, object]]) -> str:
    """The header and a line for each office."""
    page = io.StringIO(newline="")
    lines = csv.writer(page)
    lines.writerow(COLUMNS)
    lines.writerows([_cell(office[column]) for column in COLUMNS] for office in offices)
    return page.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
