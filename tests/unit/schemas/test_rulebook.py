"""A rulebook survives being kept as bytes, and says what it was made of."""

import shutil
from pathlib import Path

import pytest

from schemas.policies import POLICY_FOLDER
from schemas.rulebook import load_rulebook, unpacked
from schemas.tables import REFERENCE_FOLDER
from services import wiring
from services.domain.decision.engine import Engine
from services.errors import WrongUse


def test_packed_and_unpacked_it_is_the_same_policy() -> None:
    one = load_rulebook()
    other = unpacked(one.packed())
    assert other.policy() == one.policy()
    assert other.tables() == one.tables()
    assert wiring.engine_of(other).policy_hash == wiring.engine_of(one).policy_hash


def test_a_folder_with_tables_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "draft"
    shutil.copytree(POLICY_FOLDER, folder)
    assert load_rulebook(folder).tables() == load_rulebook().tables()
    shutil.copytree(REFERENCE_FOLDER, folder / "reference")
    path = folder / "reference/region_designations.csv"
    path.write_text(path.read_text("utf-8").replace(",2026-10-19\n", ",2031-10-19\n"), "utf-8")
    found = load_rulebook(folder).tables()
    assert {row.review_by for row in found.designations} == {"2031-10-19"}
    assert found.digest != load_rulebook().tables().digest


@pytest.mark.parametrize("fault", ["missing", "syntax", "unknown field"])
def test_a_folder_that_holds_no_policy_is_refused(tmp_path: Path, fault: str) -> None:
    folder = tmp_path / "draft"
    if fault != "missing":
        shutil.copytree(POLICY_FOLDER, folder)
        text = "a: [1" if fault == "syntax" else "version: 1\nsurprise: 2\n"
        (folder / "policy.yaml").write_text(text, "utf-8")
    with pytest.raises(WrongUse) as refused:
        wiring.rulebook(folder)
    assert "naru policy check" in refused.value.message_ko
    assert str(folder) in refused.value.message_en


def test_engine_of_a_rulebook_is_the_engine_of_its_policy() -> None:
    one = load_rulebook()
    assert wiring.engine_of(one).policy_hash == Engine(one.policy(), one.tables()).policy_hash
