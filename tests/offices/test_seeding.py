"""Loading seeds: the real folder twice, updates, rows that vanish, and every way to be malformed."""

import csv
import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from consular.foundation.database import db, transaction
from consular.offices.models import Locality, Office, Region
from consular.offices.queries import gazetteer, office_by_slug, service_by_code
from consular.offices.seeding import HolidayRow, Loaded, SeedRefused, load_all, read_holidays
from tests.databases import on_both_databases

from .conftest import SEEDS
from .test_malformed_rows import MALFORMED

FILES = [
    "sources.csv",
    "regions.csv",
    "services.json",
    "offices.csv",
    "offers.csv",
    "opening_hours.csv",
    "localities.csv",
    "provinces.csv",
    "districts.csv",
    "countries.csv",
    "papers.json",
    "chains.json",
]


@pytest.fixture
def folder(tmp_path: Path, app: Flask) -> Iterator[Path]:
    """A small copy of seeds/ that a test may spoil, inside the application's context."""
    small = tmp_path / "seeds"
    shutil.copytree(SEEDS, small, ignore=shutil.ignore_patterns("localities.csv", "*.geojson"))
    lines = (SEEDS / "localities.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (small / "localities.csv").write_text("".join(lines[:41]), encoding="utf-8")
    with app.app_context():
        yield small


def _change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{path.name} no longer holds {before}"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def _counts(loaded: list[Loaded]) -> dict[str, tuple[int, int, int, int]]:
    return {each.file: (each.added, each.changed, each.unchanged, each.kept) for each in loaded}


def _rows_of_every_table() -> dict[str, int]:
    return {
        table.name: db.session.execute(select(func.count()).select_from(table)).scalar_one()
        for table in db.metadata.sorted_tables
    }


@on_both_databases
def test_loading_the_real_folder_twice_changes_nothing(app: Flask) -> None:
    with app.app_context():
        first = load_all(SEEDS)
        counted = _rows_of_every_table()
        second = load_all(SEEDS)
        assert [each.file for each in first] == FILES
        assert all(each.added and not each.changed and not each.unchanged for each in first)
        assert _counts(second) == {each.file: (0, 0, each.added, 0) for each in first}
        assert all(each.missing == () for each in first + second)
        assert _rows_of_every_table() == counted
        assert (counted["office"], counted["locality"], counted["region"]) == (19, 2296, 25)
        assert (counted["province"], counted["district"]) == (196, 1891)


def test_a_changed_cell_changes_its_row_only(folder: Path) -> None:
    load_all(folder)
    _change(folder / "offices.csv", "Calle Pevas 120", "Calle Pevas 122")
    _change(folder / "services.json", '"fee": "31.00"', '"fee": "32.50"')
    counts = _counts(load_all(folder))
    assert counts.pop("offices.csv") == (0, 1, 18, 0)
    assert counts.pop("services.json") == (0, 1, 5, 0)
    assert all(each[:2] == (0, 0) for each in counts.values())
    assert office_by_slug("iquitos").address == "Calle Pevas 122"
    assert str(service_by_code("apostille").fee) == "32.50"


def test_a_row_that_vanished_is_reported_and_kept(folder: Path) -> None:
    load_all(folder)
    for name in ("offers.csv", "opening_hours.csv"):
        path = folder / name
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith("tumbes,")), encoding="utf-8")
    missing = {each.file: each.missing for each in load_all(folder)}
    assert missing["offers.csv"] == ("tumbes apostille", "tumbes humanitarian-aid")
    assert missing["opening_hours.csv"][0] == "tumbes 0 09:00:00"
    assert len(missing["opening_hours.csv"]) == 5
    assert office_by_slug("tumbes").services == ("apostille", "humanitarian-aid")


def test_rows_with_invented_facts_are_left_alone(folder: Path) -> None:
    load_all(folder)
    with transaction() as session:
        ancash = session.execute(select(Office).where(Office.slug == "ancash")).scalar_one()
        ancash.status, ancash.city, ancash.demonstration = "open", "Huaraz", True
    counts = _counts(load_all(folder))
    assert counts["offices.csv"] == (0, 0, 18, 1)
    assert office_by_slug("ancash").city == "Huaraz"


def test_new_places_are_found_at_once(folder: Path) -> None:
    load_all(folder)
    assert gazetteer().find("Aramango").place.region == "Amazonas"
    with (folder / "localities.csv").open("a", encoding="utf-8") as file:
        file.write("999,Ciudad Nueva,08,Cusco,,-13.1,-72.1,5,Villa Nueva|Mosoq Llaqta\n")
    load_all(folder)
    assert gazetteer().find("mosoq llaqta").place.label == "Ciudad Nueva, Cusco"


def test_columns_may_come_in_any_order_with_a_byte_order_mark(folder: Path) -> None:
    path = folder / "regions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, ["iso", "code", "name"])
        writer.writeheader()
        writer.writerows(read)
    load_all(folder)
    assert db.session.execute(select(Region.name).where(Region.code == "02")).scalar_one() == "Áncash"


def test_blank_lines_and_spaces_around_cells_are_nothing(folder: Path) -> None:
    _change(folder / "regions.csv", "02,Áncash,PE-ANC\n", "\n 02 , Áncash ,PE-ANC\n\n")
    load_all(folder)
    assert db.session.execute(select(Region.name).where(Region.code == "02")).scalar_one() == "Áncash"


@on_both_databases
@pytest.mark.parametrize("name", FILES)
def test_nothing_of_a_malformed_file_is_loaded(folder: Path, name: str) -> None:
    spoilt = {each[0]: each for each in MALFORMED if each[3] > 1}[name]
    _change(folder / name, spoilt[1], spoilt[2])
    with pytest.raises(SeedRefused):
        load_all(folder)
    tables = [
        "source",
        "region",
        "service",
        "office",
        "offer",
        "opening_hours",
        "locality",
        "province",
        "district",
    ]
    tables += ["country", "paper", "chain"]
    counted = _rows_of_every_table()
    assert [table for table in tables if counted[table]] == tables[: FILES.index(name)]


def test_a_mistake_in_the_last_row_leaves_the_old_facts(folder: Path) -> None:
    load_all(folder)
    _change(folder / "offices.csv", "Calle Pevas 120", "Calle Pevas 122")
    with (folder / "offices.csv").open("a", encoding="utf-8") as file:
        file.write("broken\n")
    with pytest.raises(SeedRefused, match="seed-refused"):
        load_all(folder)
    assert office_by_slug("iquitos").address == "Calle Pevas 120"


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_missing_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(SeedRefused) as refused:
        load_all(folder)
    assert (refused.value.facts["file"], refused.value.facts["line"]) == (name, 0)


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "has no header"), (b"code,name,iso\n01,Amazonas,PE-AMA\n02,\xc1ncash,PE-ANC\n", "is not UTF-8")],
)
def test_a_file_that_is_no_utf8_csv_is_refused(folder: Path, content: bytes, problem: str) -> None:
    (folder / "regions.csv").write_bytes(content)
    with pytest.raises(SeedRefused) as refused:
        load_all(folder)
    assert problem in str(refused.value.facts["problem"])


def test_a_list_of_services_that_is_no_list_of_objects_is_refused(folder: Path) -> None:
    for content in ('["apostille"]', "[{}]", "[] []", "null", ""):
        (folder / "services.json").write_text(content, encoding="utf-8")
        with pytest.raises(SeedRefused):
            load_all(folder)


def test_an_empty_folder_of_headers_loads(folder: Path) -> None:
    for name in FILES:
        path = folder / name
        header = path.read_text(encoding="utf-8").splitlines()[0]
        path.write_text("[]" if name.endswith(".json") else header + "\n", encoding="utf-8")
    assert all(each[:3] == (0, 0, 0) for each in _counts(load_all(folder)).values())


def test_a_file_of_a_hundred_thousand_rows_loads(folder: Path) -> None:
    lines = [f"{n},Centro poblado {n},08,Cusco,,-13.1,-72.1,5,\n" for n in range(1, 100_001)]
    header = "geonames_id,name,region_inei,region,district_inei,latitude,longitude,population,other_names\n"
    (folder / "localities.csv").write_text(header + "".join(lines), encoding="utf-8")
    loaded = {each.file: each for each in load_all(folder)}
    assert loaded["localities.csv"].added == 100_000
    assert db.session.execute(select(func.count()).select_from(Locality)).scalar_one() == 100_000


class TestHolidays:
    def test_2026_is_the_official_list(self) -> None:
        """DOMAIN 4.1: sixteen days, Easter Sunday not among them."""
        days = {row.day for row in read_holidays(SEEDS / "holidays.csv") if row.day.year == 2026}
        listed = (
            "01-01 04-02 04-03 05-01 06-07 06-29 07-23 07-28 07-29 08-06 08-30 10-08 11-01 12-08 12-09 12-25"
        )
        assert days == {date.fromisoformat(f"2026-{day}") for day in listed.split()}

    def test_2027_has_its_own_holy_week(self) -> None:
        days = {row.day for row in read_holidays(SEEDS / "holidays.csv") if row.day.year == 2027}
        assert len(days) == 16
        assert {date(2027, 3, 25), date(2027, 3, 26)} <= days

    def test_rows_are_typed_and_refused_like_the_others(self, tmp_path: Path) -> None:
        path = tmp_path / "holidays.csv"
        path.write_text("day,name,source\n2026-01-01,Año Nuevo,S82\n", encoding="utf-8")
        assert read_holidays(path) == [HolidayRow(date(2026, 1, 1), "Año Nuevo", "S82")]
        path.write_text("day,name,source\n2026-01-01,Año Nuevo,S82\n2026-1-2,X,S82\n", encoding="utf-8")
        with pytest.raises(SeedRefused) as refused:
            read_holidays(path)
        assert (refused.value.facts["line"], refused.value.facts["column"]) == (3, "day")


class TestFacts:
    """The folder that is shipped says what is known, and no more."""

    def test_ancash_is_announced_and_nothing_else(self) -> None:
        with (SEEDS / "offices.csv").open(encoding="utf-8", newline="") as file:
            ancash = next(row for row in csv.DictReader(file) if row["slug"] == "ancash")
        assert (ancash["status"], ancash["confirmed_on"]) == ("announced", "2025-12-10")
        for unknown in ("opens_on", "city", "ubigeo_inei", "address", "phone", "email", "languages"):
            assert ancash[unknown] == "", unknown

    def test_nothing_is_invented(self) -> None:
        services: list[dict[str, Any]] = json.loads((SEEDS / "services.json").read_text(encoding="utf-8"))
        assert {service["duration_minutes"] for service in services} == {None}
        with (SEEDS / "offers.csv").open(encoding="utf-8", newline="") as file:
            assert {row["attendance"] for row in csv.DictReader(file)} == {"unknown"}

    def test_every_region_has_its_outline(self) -> None:
        with (SEEDS / "regions.csv").open(encoding="utf-8", newline="") as file:
            isos = {row["iso"] for row in csv.DictReader(file)}
        outlines = json.loads((SEEDS / "outline.geojson").read_text(encoding="utf-8"))
        assert isos <= {each["properties"]["key"] for each in outlines["features"]}

    def test_both_languages_say_the_same_things(self) -> None:
        for service in json.loads((SEEDS / "services.json").read_text(encoding="utf-8")):
            spanish, english = service["texts"]["es"], service["texts"]["en"]
            assert spanish.keys() == english.keys(), service["code"]
            assert len(spanish.get("documents", [])) == len(english.get("documents", [])), service["code"]
