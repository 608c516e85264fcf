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
from consular.offices.seed_files import SEED_FILES, References
from consular.offices.seeding import HolidayRow, Loaded, SeedRefused, load_all, read_holidays
from tests.databases import on_both_databases

from .conftest import SEEDS, rows

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


# File, what to replace, by what; then line, column and a part of the problem.
MALFORMED = [
    ("sources.csv", "code,title", "cod,title", 1, "cod", "is not a column here"),
    ("sources.csv", "code,title,", "code,code,", 1, "code", "is a column twice"),
    ("sources.csv", "S2,Lista", '"S2,Lista', 3, None, "is not CSV"),
    ("sources.csv", "S2,Lista", ",Lista", 3, "code", "is empty"),
    ("sources.csv", "https://github.com/malv", "javascript:malv", 3, "url", "is not an address"),
    ("sources.csv", "2026-06\n", "2026-13\n", 3, "consulted_on", "is not in the calendar"),
    ("sources.csv", "2026-06\n", "June 2026\n", 3, "consulted_on", "is neither a day"),
    ("regions.csv", "02,Áncash", "2,Áncash", 3, "code", "is not like 02"),
    ("regions.csv", "02,Áncash", "01,Áncash", 3, None, "repeats line 2 (code)"),
    ("regions.csv", "PE-ANC", "ANC", 3, "iso", "is not like PE-ANC"),
    ("regions.csv", "02,Áncash,", "02,Áncash,extra,", 3, None, "has 4 cells, the header 3"),
    ("offices.csv", "piura,Oficina", "Piura,Oficina", 3, "slug", "is not like puerto-maldonado"),
    ("offices.csv", "piura,Oficina", "tumbes,Oficina", 3, None, "repeats line 2 (slug)"),
    ("offices.csv", "decentralised-office,announced", "office,announced", 15, "kind", "is none of"),
    (
        "offices.csv",
        "decentralised-office,announced",
        "decentralised-office,soon",
        15,
        "status",
        "is none of",
    ),
    (
        "offices.csv",
        "announced,,2025-12-10,,02",
        "announced,1/12/2026,2025-12-10,,02",
        15,
        "opens_on",
        "is not a day",
    ),
    (
        "offices.csv",
        "announced,,2025-12-10,,02",
        "announced,2026-02-30,2025-12-10,,02",
        15,
        "opens_on",
        "is not in the calendar",
    ),
    (
        "offices.csv",
        "announced,,2025-12-10,,02",
        "announced,,2025-12-10,,26",
        15,
        "region",
        "there is no region “26”",
    ),
    ("offices.csv", "-9.52614", '"-9,52614"', 15, "latitude", "is not a number"),
    ("offices.csv", "-9.52614", "-99.5", 15, "latitude", "is not between -90 and 90"),
    ("offices.csv", "-9.52614", "nan", 15, "latitude", "is not a number"),
    ("offices.csv", "-77.52869", "-181", 15, "longitude", "is not between -180 and 180"),
    ("offices.csv", "region-capital,America/Lima", "region-capital,Lima", 15, "timezone", "IANA time zone"),
    ("offices.csv", "region-capital,", "about,", 15, "location_precision", "is none of"),
    ("offices.csv", "tumbes@rree.gob.pe", "tumbes@rree", 2, "email", "is not an e-mail address"),
    ("offices.csv", "tumbes@rree.gob.pe,,", "tumbes@rree.gob.pe,es/quz,", 2, "languages", "is not a list of"),
    ("offices.csv", "tumbes@rree.gob.pe,,unknown", "tumbes@rree.gob.pe,,", 2, "step_free", "is empty"),
    ("offices.csv", "240101", "40101", 2, "ubigeo_inei", "keep the zero"),
    ("offices.csv", "240101", "230101", 2, "ubigeo_inei", "is not in region 24"),
    ("offices.csv", "S2,2026-06", "S99,2026-06", 2, "source", "there is no source “S99”"),
    ("offices.csv", "Jr. Bolognesi 101", "Jr.\nBolognesi 101", 2, "address", "line break"),
    ("offices.csv", "Jr. Bolognesi 101", "Jr. " * 200, 2, "address", "300 at most"),
    ("offers.csv", "piura,apostille", "paita,apostille", 3, "office", "there is no office “paita”"),
    ("offers.csv", "piura,apostille", "piura,visa", 3, "service", "there is no service “visa”"),
    ("offers.csv", "piura,apostille,yes", "piura,apostille,maybe", 3, "offers", "is none of"),
    ("offers.csv", "piura,apostille,yes,unknown", "piura,apostille,yes,", 3, "attendance", "is empty"),
    ("offers.csv", "piura,apostille", "tumbes,apostille", 3, None, "repeats line 2"),
    ("opening_hours.csv", "monday,09:00,15:00", "lunes,09:00,15:00", 2, "weekday", "is none of monday"),
    ("opening_hours.csv", "monday,09:00,15:00", "monday,9:00,15:00", 2, "opens", "is not a time"),
    ("opening_hours.csv", "monday,09:00,15:00", "monday,09:00,24:00", 2, "closes", "is not a time"),
    ("opening_hours.csv", "monday,09:00,15:00", "monday,09:00,09:00", 2, "closes", "is not after 09:00"),
    ("localities.csv", "3699592,", "3699592000000,", 2, "geonames_id", "is not a whole number"),
    ("localities.csv", "Aramango,01,", "Aramango,02,", 2, "region", "is not the name of region 02"),
    ("localities.csv", ",010202,", ",020202,", 2, "district_inei", "is not in region 01"),
    ("localities.csv", "-78.43583,0,", "-78.43583,-1,", 2, "population", "is not a whole number"),
    ("provinces.csv", "0101,", "101,", 2, "code", "keep the zero"),
    ("provinces.csv", "0101,", "9901,", 2, "code", "begins with the code of no region"),
    ("districts.csv", "010101,", "019901,", 2, "code", "begins with the code of no province"),
    ("districts.csv", "-6.22944,-77.87278", "-6.22944,", 2, "longitude", "a position needs both"),
    ("localities.csv", "Bagua Chica|Bagva", "Bagua Chica||Bagva", 3, "other_names", "empty name"),
    ("services.json", '"code": "apostille"', '"code": "Apostille"', 2, "code", "is not like"),
    ("services.json", '"fee": "31.00"', '"fee": 31.00', 2, "fee", "is neither null nor"),
    ("services.json", '"fee": "31.00"', '"fee": "31"', 2, "fee", "is neither null nor"),
    ("services.json", '"fee": "31.00"', '"price": "31.00"', 2, "fee", "is missing"),
    (
        "services.json",
        '"duration_minutes": null',
        '"duration_minutes": 0',
        2,
        "duration_minutes",
        "from 1 to",
    ),
    ("services.json", '"duration_minutes": null', '"duration_minutes": true', 2, "duration_minutes", "whole"),
    ("services.json", '"bookable": true', '"bookable": "yes"', 2, "bookable", "is neither true nor false"),
    ("services.json", '"source": "S15"', '"source": 15', 2, "source", "is not a text"),
    ("services.json", '"es": {', '"spanish": {', 2, "texts.spanish", "language code"),
    ("services.json", '"summary": "Cert', '"resumen": "Cert', 2, "texts.es.summary", "is missing"),
    ("services.json", '"who": "Cualquier', '"whom": "Cualquier', 2, "texts.es.whom", "is not known"),
    ("services.json", '"documents": [', '"documents": "DNI", "x": [', 2, "texts.es.x", "is not known"),
    ("services.json", '"S15",', '"S15"', 9, None, "is not JSON"),
    ("services.json", "[\n", "{\n", 1, None, "is not JSON"),
    ("countries.csv", "AE,no", "ae,no", 3, "code", "is not an ISO 3166 code"),
    ("countries.csv", "AE,no", "QX,no", 3, "code", "is not an ISO 3166 code"),
    ("countries.csv", "AE,no", "AE,yes", 3, "convention", "is none of home, member"),
    ("countries.csv", "AE,no,", "AE,member,", 3, "in_force_from", "is the first day of a member"),
    ("countries.csv", "AE,no,", "AE,no,2020-01-01", 3, "in_force_from", "and of nobody else"),
    ("countries.csv", "UAE|EAU", "UAE||EAU", 3, "other_names", "empty name"),
    ("countries.csv", "AF,no,,,,,", "AF,no,,,Nota,,", 4, "note_en", "is empty"),
    ("papers.json", '"code": "university"', '"code": "civil-registry"', 17, "code", "repeats line 2"),
    ("papers.json", '"name": "Partida', '"nombre": "Partida', 2, "texts.es.name", "is missing"),
    ("chains.json", '"paper": "civil-registry"', '"paper": "registry"', 2, "paper", "there is no paper"),
    ("chains.json", '"route": "peruvian"', '"route": "mine"', 2, "route", "is none of"),
    ("chains.json", '"service": "apostille"', '"service": null', 2, "service", "is missing with the route"),
    ("chains.json", '"service": "apostille"', '"service": "visa"', 2, "service", "there is no service"),
    ("chains.json", '"at": "Municipalidad"', '"where2": "x"', 2, "texts.es.steps.1.at", "is missing"),
    ("chains.json", '"steps": [', '"steps": {}, "x": [', 2, "texts.es.x", "is not known"),
    ("chains.json", '"checks": [', '"agency": "x", "checks": [', 2, "texts.es.agency", "elsewhere"),
]


@pytest.fixture(scope="module")
def references() -> References:
    """What the rows of seeds/ refer to, without a database."""
    regions = {row["code"]: row["name"] for row in rows("regions.csv")}
    services = json.loads((SEEDS / "services.json").read_text(encoding="utf-8"))
    return References(
        sources={row["code"]: row["code"] for row in rows("sources.csv")},
        regions={code: code for code in regions},
        region_names={name: code for code, name in regions.items()},
        offices={row["slug"]: number for number, row in enumerate(rows("offices.csv"))},
        services={service["code"]: number for number, service in enumerate(services)},
        papers={
            paper["code"]: paper["code"]
            for paper in json.loads((SEEDS / "papers.json").read_text(encoding="utf-8"))
        },
        successors={},
        provinces={row["code"]: row["code"] for row in rows("provinces.csv")},
    )


@pytest.mark.parametrize(("name", "before", "after", "line", "column", "problem"), MALFORMED)
def test_a_malformed_row_says_where_and_why(
    tmp_path: Path,
    references: References,
    name: str,
    before: str,
    after: str,
    line: int,
    column: str | None,
    problem: str,
) -> None:
    seed = next(each for each in SEED_FILES if each.name == name)
    path = tmp_path / name
    shutil.copyfile(SEEDS / name, path)
    assert list(seed.rows(path, references))
    _change(path, before, after)
    with pytest.raises(SeedRefused) as refused:
        list(seed.rows(path, references))
    facts = refused.value.facts
    assert (facts["file"], facts["line"], facts["column"]) == (name, line, column)
    assert problem in str(facts["problem"])


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
