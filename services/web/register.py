"""The agencies' register as operators must see it: names, and what of them is a placeholder."""

import csv
from pathlib import Path

from schemas.tables import REFERENCE_FOLDER
from services.web.parts import Placeholder


def placeholders(folder: Path = REFERENCE_FOLDER) -> dict[str, Placeholder]:
    """Every agency by its code. Raises OSError, KeyError for a missing column."""
    with (folder / "agencies.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["agency_code"]: _placeholder(row) for row in csv.DictReader(file)}


def _placeholder(row: dict[str, str]) -> Placeholder:
    return Placeholder(
        kind=row["kind"],
        name=row["name_ko"],
        name_confirmed=row["name_confirmed"] == "Y",
        area_confirmed=row["area_confirmed"] == "Y",
    )
