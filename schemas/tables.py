"""The reference tables in schemas/reference as typed rows: regions, designations, agencies.

Days are ISO strings, blank is None. Nothing is interpreted here.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

REFERENCE_FOLDER = Path(__file__).parent / "reference"
FILES = ("agencies", "agency_jurisdictions", "region_designations", "regions")


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A 시군구 code of any generation; parent: the city a 구 belongs to."""

    code: str
    successors: tuple[str, ...]
    parent: str | None
    capital: bool


@dataclass(frozen=True, slots=True)
class DesignationRow:
    """A population-decline area or area of concern, both days included."""

    code: str
    kind: str
    valid_from: str | None
    valid_to: str | None
    review_by: str | None


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency; opens_on None = open on every date (A-89). name: in Korean."""

    code: str
    kind: str
    opens_on: str | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Tables:
    """The four tables; areas: (agency code, 시군구 code). digest: sha256 of their rows, hex."""

    regions: tuple[RegionRow, ...]
    designations: tuple[DesignationRow, ...]
    agencies: tuple[AgencyRow, ...]
    areas: tuple[tuple[str, str], ...]
    digest: str


TableRows: TypeAlias = Mapping[str, Sequence[Mapping[str, str]]]
"""The rows of every file by its stem, as they stand in it."""


def load_tables(folder: Path = REFERENCE_FOLDER) -> Tables:
    """Reads the four files. Raises OSError, KeyError for a missing column."""
    return tables_of(load_rows(folder))


def load_rows(folder: Path = REFERENCE_FOLDER) -> dict[str, list[dict[str, str]]]:
    """The four files' rows. Raises OSError."""
    return {name: list(_rows(folder, name)) for name in FILES}


def tables_of(rows: TableRows) -> Tables:
    """The tables that these rows make. Raises KeyError for a missing column."""
    return Tables(
        regions=tuple(_region(row) for row in rows["regions"]),
        designations=tuple(_designation(row) for row in rows["region_designations"]),
        agencies=tuple(
            AgencyRow(row["agency_code"], row["kind"], row["opens_on"] or None, row["name_ko"])
            for row in rows["agencies"]
        ),
        areas=tuple(
            (row["agency_code"], row["sigungu_code"]) for row in rows["agency_jurisdictions"]
        ),
        digest=_digest(rows),
    )


def _region(row: Mapping[str, str]) -> RegionRow:
    return RegionRow(
        row["sigungu_code"],
        tuple(code for code in row["successor_codes"].split("|") if code),
        row["parent_code"] or None,
        row["is_capital_area"] == "Y",
    )


def _designation(row: Mapping[str, str]) -> DesignationRow:
    return DesignationRow(
        row["sigungu_code"],
        row["kind"],
        row["valid_from"] or None,
        row["valid_to"] or None,
        row["review_by"] or None,
    )


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def _digest(rows: TableRows) -> str:
    total = sha256()
    for name in FILES:
        told = sorted("\x1f".join(row.values()) for row in rows[name])
        total.update("\x1e".join([name, *told]).encode())
    return total.hexdigest()
