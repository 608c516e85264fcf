"""The map that needs no script: the country's regions as links, and where the offices are."""

import hashlib
import logging
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue

from consular.foundation.geography import Position
from consular.offices.cards import OfficeCard
from consular.offices.outline import Outline, OutlineUnreadable, read_outline
from consular.offices.regions import region_names
from consular.site.forms import SearchForm
from consular.site.map_labels import Mark, named_marks, numbered_marks
from consular.web.guards import public
from consular.web.static_files import YEAR_SECONDS

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RegionLink:
    """A region and the list of offices near it; `drawn`: the map has its shape."""

    code: str
    name: str
    address: str
    drawn: bool


@dataclass(frozen=True)
class CountryMap:
    """What components/map.html draws. `sheet` is the address of the shapes; without an outline it is None."""

    outline: Outline | None
    sheet: str | None
    regions: Sequence[RegionLink]
    marks: Sequence[Mark]


def add_pages(door: Blueprint) -> None:
    """Give the door the address of the shapes, and the templates what draws them."""
    door.add_url_rule("/outline.svg", "outline", outline_shapes)
    door.add_app_template_global(country_map, "country_map")


@public
def outline_shapes() -> ResponseReturnValue:
    """The shapes of the regions, which every page's map uses; kept for a year under its content's address."""
    drawn = _drawn()
    if drawn is None:
        abort(404)
    _outline, shapes, digest = drawn
    answer = Response(shapes, mimetype="image/svg+xml")
    fresh = request.args.get("v") == digest
    answer.headers["Cache-Control"] = (
        f"public, max-age={YEAR_SECONDS}, immutable" if fresh else "public, no-cache"
    )
    return answer


def country_map(
    offices: Sequence[OfficeCard],
    coming: Sequence[OfficeCard],
    name: Callable[[OfficeCard], str],
    *,
    this_day: date,
    numbered: bool,
    origin: tuple[Position, str] | None,
    form: SearchForm | None,
) -> CountryMap:
    """A map of these offices, numbered as their list is or named, and of those announced.

    With the `form` of a search, each region is a link that asks the same there.
    """
    drawn = _drawn()
    links = [] if form is None else region_links(form, drawn[0] if drawn else None)
    if drawn is None:
        return CountryMap(None, None, links, ())
    outline, _shapes, digest = drawn
    placed = [(outline.point(each.position), _label(each, name), _kind(each, this_day)) for each in offices]
    later = [(outline.point(each.position), _label(each, name), "announced") for each in coming]
    start = None
    if origin is not None and outline.holds(origin[0]):
        start = (outline.point(origin[0]), origin[1], "origin")
    marks = numbered_marks(placed, later, start) if numbered else named_marks([*placed, *later], start)
    return CountryMap(outline, url_for("site.outline", v=digest), links, marks)


def region_links(form: SearchForm, outline: Outline | None) -> list[RegionLink]:
    """A link for each region, by name, that keeps what else was asked for."""
    kept = [
        (field.name, value)
        for field in form
        if field.name != "near"
        for value in request.args.getlist(field.name)
        if value
    ]
    behind = f"&{urlencode(kept)}" if kept else ""
    page = url_for("site.offices")
    return [
        RegionLink(
            code=code,
            name=name,
            address=f"{page}?{urlencode({'near': name})}{behind}",
            drawn=outline is not None and code in outline.shapes,
        )
        for code, name in sorted(region_names().items(), key=lambda each: _without_accents(each[1]))
    ]


def _without_accents(name: str) -> str:
    letters: Iterable[str] = unicodedata.normalize("NFD", name)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()


def _label(card: OfficeCard, name: Callable[[OfficeCard], str]) -> str:
    """On a map of the country the headquarters are their city."""
    return card.city if card.kind == "headquarters" and card.city else str(name(card))


def _kind(card: OfficeCard, this_day: date) -> str:
    if card.status == "announced" or (card.opens_on and card.opens_on > this_day):
        return "announced"
    return "minor" if card.kind == "service-centre" else "open"


def _drawn() -> tuple[Outline, str, str] | None:
    """The outline of this installation, its shapes and their digest; None when its data has none."""
    path: Path = current_app.extensions["consular"].seeds / "outline.geojson"
    try:
        return _read(str(path), path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


@lru_cache(maxsize=8)
def _read(path: str, changed_ns: int) -> tuple[Outline, str, str] | None:
    try:
        outline = read_outline(Path(path).read_text(encoding="utf-8"))
    except OutlineUnreadable as problem:
        log.warning("the outline %s cannot be read: %s", path, problem)
        return None
    shapes = outline.svg()
    return outline, shapes, hashlib.sha256(shapes.encode()).hexdigest()[:12]
