"""Reads provinces.csv and districts.csv: what a division lies in is read from its code."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from consular.offices import seed_cells as cell
from consular.offices.seed_rows import CellsDisagree, Column, Row, rows_of

_PROVINCE = cell.matching(r"\d{4}", "0201 (keep the zero at the left)")


PROVINCE = {
    "code": Column(_PROVINCE),
    "name": Column(cell.text(80)),
    "capital": Column(cell.text(120)),
    "latitude": Column(cell.number(-90, 90)),
    "longitude": Column(cell.number(-180, 180)),
}
DISTRICT = {
    "code": Column(cell.district),
    "name": Column(cell.text(120)),
    "capital": Column(cell.text(120), required=False),
    "latitude": Column(cell.number(-90, 90), required=False),
    "longitude": Column(cell.number(-180, 180), required=False),
    "other_names": Column(cell.other_names, required=False),
}


def province_rows(path: Path, regions: Mapping[str, str]) -> Iterator[Row]:
    """The provinces of the file; `regions` are the codes that theirs may begin with.

    Raises:
        SeedRefused
    """

    def agrees(row: Row) -> None:
        row["region_code"] = row["code"][:2]
        if row["region_code"] not in regions:
            raise CellsDisagree("code", f"{row['code']} begins with the code of no region")

    return rows_of(path, PROVINCE, ("code",), agrees)


def district_rows(path: Path, provinces: Mapping[str, str]) -> Iterator[Row]:
    """The districts of the file; `provinces` are the codes that theirs may begin with.

    Raises:
        SeedRefused
    """

    def agrees(row: Row) -> None:
        row["province_code"] = row["code"][:4]
        if row["province_code"] not in provinces:
            raise CellsDisagree("code", f"{row['code']} begins with the code of no province")
        if (row["latitude"] is None) != (row["longitude"] is None):
            raise CellsDisagree("longitude", "a position needs both its numbers")
        row["other_names"] = row["other_names"] or ""

    return rows_of(path, DISTRICT, ("code",), agrees)
