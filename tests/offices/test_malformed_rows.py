"""Every way in which a row of a seed file may be malformed: the refusal says where and why. No database."""

import json
import shutil
from pathlib import Path

import pytest

from consular.offices.seed_files import SEED_FILES, References
from consular.offices.seeding import SeedRefused

from .conftest import SEEDS, rows

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
    ("offices.csv", "announced,,2025", "announced,1/12/2026,2025", 15, "opens_on", "is not a day"),
    ("offices.csv", "announced,,2025", "announced,2026-02-30,2025", 15, "opens_on", "is not in the calendar"),
    ("offices.csv", "2025-12-10,,02", "2025-12-10,,26", 15, "region", "there is no region “26”"),
    ("offices.csv", "2025-12-10,,02", "10 de diciembre,,02", 15, "status_since", "is neither a day"),
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
    text = path.read_text(encoding="utf-8")
    assert before in text, f"{name} no longer holds {before}"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(SeedRefused) as refused:
        list(seed.rows(path, references))
    facts = refused.value.facts
    assert (facts["file"], facts["line"], facts["column"]) == (name, line, column)
    assert problem in str(facts["problem"])
