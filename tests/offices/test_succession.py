"""Closed offices and those that replace them: loading the chain, refusing a broken one, following it."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from consular.foundation.database import transaction
from consular.offices.models import Office
from consular.offices.queries import office_page
from consular.offices.seeding import SeedRefused, load_all
from consular.offices.succession import last_successor
from tests.databases import on_both_databases

from .conftest import SEEDS


@pytest.fixture
def folder(tmp_path: Path, app: Flask) -> Iterator[Path]:
    """A small copy of seeds/, inside the application's context."""
    small = tmp_path / "seeds"
    shutil.copytree(SEEDS, small, ignore=shutil.ignore_patterns("localities.csv", "*.geojson"))
    lines = (SEEDS / "localities.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (small / "localities.csv").write_text("".join(lines[:3]), encoding="utf-8")
    with app.app_context():
        yield small


def change(folder: Path, **offices: dict[str, str]) -> None:
    """Give cells of offices.csv other values: `cusco={"status": "closed"}`; a slug that is not there is added."""
    path = folder / "offices.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["slug"]: row for row in csv.DictReader(file)}
    for name, cells in offices.items():
        slug = name.replace("_", "-")
        rows[slug] = {**rows["cusco"], **rows.get(slug, {"slug": slug}), **cells}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows["cusco"]))
        writer.writeheader()
        writer.writerows(rows.values())


def closed(successor: str, since: str = "2026-10") -> dict[str, str]:
    return {"status": "closed", "status_since": since, "successor": successor}


def offices_loaded(folder: Path) -> tuple[int, int, int]:
    (found,) = [each for each in load_all(folder) if each.file == "offices.csv"]
    return found.added, found.changed, found.unchanged


@on_both_databases
def test_an_office_of_the_file_replaces_another_whatever_their_order(folder: Path) -> None:
    load_all(folder)
    change(
        folder,
        cusco=closed("cusco-nueva"),
        cusco_nueva={"status": "open", "status_since": "", "successor": ""},
        tacna=closed("puno"),
    )
    assert offices_loaded(folder) == (1, 2, 17)
    assert office_page("cusco").successor == "cusco-nueva"
    assert office_page("cusco").status_since == "2026-10"
    assert office_page("tacna").successor == "puno"
    assert offices_loaded(folder) == (0, 0, 20)


@on_both_databases
def test_a_chain_is_followed_to_its_end(folder: Path) -> None:
    change(folder, cusco=closed("puno"), puno=closed("tacna"))
    load_all(folder)
    last = last_successor("cusco")
    assert last is not None
    assert (last.slug, last.status) == ("tacna", "open")
    assert last_successor("tacna") is None


@on_both_databases
def test_a_circle_that_somebody_wrote_by_hand_ends(folder: Path) -> None:
    change(folder, cusco=closed("puno"), puno=closed("tacna"))
    load_all(folder)
    with transaction() as session:
        cusco, tacna = office_page("cusco").card.id, office_page("tacna").card.id
        session.execute(update(Office).where(Office.id == tacna).values(successor_id=cusco))
    named = last_successor("cusco")  # which one does not matter: it answers
    assert named is not None


@pytest.mark.parametrize(
    ("offices", "problem"),
    [
        ({"cusco": closed("atlantis")}, "there is no office “atlantis”"),
        ({"cusco": closed("cusco")}, "leads in a circle: cusco → cusco"),
        ({"cusco": closed("puno"), "puno": closed("cusco")}, "leads in a circle: cusco → puno → cusco"),
        ({"cusco": {"successor": "puno"}}, "only a closed office has one, and this one is open"),
    ],
)
def test_a_broken_successor_refuses_the_whole_file(
    folder: Path, offices: dict[str, dict[str, str]], problem: str
) -> None:
    change(folder, **offices)
    with pytest.raises(SeedRefused) as refused:
        load_all(folder)
    assert refused.value.facts["column"] == "successor"
    assert refused.value.facts["line"] == 10  # where Cusco is
    assert problem in str(refused.value.facts["problem"])


def test_a_circle_through_an_office_that_only_the_database_has_is_seen(folder: Path) -> None:
    change(folder, cusco=closed("elsewhere"), elsewhere=closed("puno"))
    load_all(folder)
    path = folder / "offices.csv"
    path.write_text(
        "".join(
            line
            for line in path.read_text(encoding="utf-8").splitlines(keepends=True)
            if not line.startswith("elsewhere,")
        ),
        encoding="utf-8",
    )
    change(folder, puno=closed("cusco"))
    with pytest.raises(SeedRefused, match="seed-refused"):
        load_all(folder)
