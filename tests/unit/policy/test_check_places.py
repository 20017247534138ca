"""Faults of the reference tables and of files that cannot be read are found at their line."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas.policies import POLICY_FOLDER
from schemas.tables import REFERENCE_FOLDER
from services.cli import app
from services.commands.policy import checked
from services.domain.policy_check.findings import Finding

TODAY = "2026-04-15"
AGENCIES, AREAS = "reference/agencies.csv", "reference/agency_jurisdictions.csv"
REGIONS, DESIGNATIONS = "reference/regions.csv", "reference/region_designations.csv"


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    folder = tmp_path / "draft"
    shutil.copytree(POLICY_FOLDER, folder)
    shutil.copytree(REFERENCE_FOLDER, folder / "reference", dirs_exist_ok=True)
    return folder


def found_after(draft: Path, file: str, old: str, new: str) -> list[Finding]:
    text = (draft / file).read_text("utf-8")
    assert old in text
    (draft / file).write_text(text.replace(old, new, 1), "utf-8")
    return checked(draft, TODAY)


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "at"),
    [
        (AREAS, "AIC-SEOUL,", "AIC-NOWHERE,", "REFERENCE_UNKNOWN", "AIC-NOWHERE"),
        (AREAS, "AIC-SEOUL,11110", "AIC-SEOUL,99999", "REFERENCE_UNKNOWN", "99999"),
        (AREAS, "HRDK-SEJONG,36110\n", "", "GAP", "36110"),
        (AREAS, "AIC-SEOUL,11140", "AIC-SEOUL,11110", "DUPLICATE_KEY", "AIC-SEOUL,11110"),
        (DESIGNATIONS, "26140,", "26149,", "REFERENCE_UNKNOWN", "26149"),
        (DESIGNATIONS, ",CONCERN,", ",CONCERNED,", "REFERENCE_UNKNOWN", "CONCERNED"),
        (DESIGNATIONS, "2021-10-19,,", "2021-10-19,2020-10-19,", "NEVER_HOLDS", "2020-10-19"),
        (DESIGNATIONS, "2021-10-19,,", "2021-10-32,,", "VALUE_WRONG", "2021-10-32"),
        (REGIONS, "28125|28155", "28125|28999", "REFERENCE_UNKNOWN", "28999"),
        (AGENCIES, "2026-02-01", "2026-2-1", "VALUE_WRONG", "2026-2-1"),
        (AGENCIES, "SEOUL,HRDK_BRANCH", "SEOUL,HRDK_BRNCH", "REFERENCE_UNKNOWN", "BRNCH"),
        ("policy.yaml", "plan: plan-2025", "plan: plan-2024", "REFERENCE_UNKNOWN", "plan-2024"),
    ],
)
def test_a_fault_of_a_table_is_found_at_its_row(
    draft: Path, file: str, old: str, new: str, code: str, at: str
) -> None:
    found = found_after(draft, file, old, new)
    lines = (draft / file).read_text("utf-8").split("\n")
    assert any(
        one.code == code
        and one.file == file
        and one.severity == "error"
        and at in lines[one.line - 1]
        and any("가" <= letter <= "힣" for letter in one.ko)
        for one in found
    ), found


def test_a_file_that_is_not_utf8_is_found_at_its_line(draft: Path) -> None:
    text = (draft / "industry.yaml").read_bytes()
    (draft / "industry.yaml").write_bytes(text + b"# \xc7\xd1\n")
    (found,) = checked(draft, TODAY)
    assert (found.code, found.file) == ("SYNTAX", "industry.yaml")
    assert (found.line, found.column) == (text.count(b"\n") + 1, 3)


def test_a_table_without_a_column_is_told_in_both_languages(draft: Path) -> None:
    file = draft / AGENCIES
    file.write_text(file.read_text("utf-8").replace("opens_on", "opens", 1), "utf-8")
    answer = CliRunner().invoke(app, ["policy", "check", str(draft)])
    assert answer.exit_code == 2
    assert "opens_on" in answer.output + answer.stderr
    assert "칸" in answer.output + answer.stderr
