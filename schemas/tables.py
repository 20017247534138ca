"""The reference tables in schemas/reference as typed rows: regions, designations, agencies.

Days are ISO strings, blank is None. Nothing is interpreted here.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

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
    """An agency; opens_on None = open on every date (A-89)."""

    code: str
    kind: str
    opens_on: str | None


@dataclass(frozen=True, slots=True)
class Tables:
    """The four tables; areas: (agency code, 시군구 code). digest: sha256 of their rows, hex."""

    regions: tuple[RegionRow, ...]
    designations: tuple[DesignationRow, ...]
    agencies: tuple[AgencyRow, ...]
    areas: tuple[tuple[str, str], ...]
    digest: str


def load_tables(folder: Path = REFERENCE_FOLDER) -> Tables:
    """Reads the four files. Raises OSError, KeyError for a missing column."""
    return Tables(
        regions=tuple(_region(row) for row in _rows(folder, "regions")),
        designations=tuple(_designation(row) for row in _rows(folder, "region_designations")),
        agencies=tuple(
            AgencyRow(row["agency_code"], row["kind"], row["opens_on"] or None)
            for row in _rows(folder, "agencies")
        ),
        areas=tuple(
            (row["agency_code"], row["sigungu_code"])
            for row in _rows(folder, "agency_jurisdictions")
        ),
        digest=_digest(folder),
    )


def _region(row: dict[str, str]) -> RegionRow:
    return RegionRow(
        row["sigungu_code"],
        tuple(code for code in row["successor_codes"].split("|") if code),
        row["parent_code"] or None,
        row["is_capital_area"] == "Y",
    )


def _designation(row: dict[str, str]) -> DesignationRow:
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


def _digest(folder: Path) -> str:
    total = sha256()
    for name in FILES:
        rows = sorted("\x1f".join(row.values()) for row in _rows(folder, name))
        total.update("\x1e".join([name, *rows]).encode())
    return total.hexdigest()
