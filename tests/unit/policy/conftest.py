"""Policy files as texts, to be spoilt one at a time."""

from collections.abc import Callable

import pytest

from schemas.policies import POLICY_FOLDER
from schemas.tables import load_tables
from services.domain.policy_check.check import check_policy
from services.domain.policy_check.findings import Finding

TODAY = "2026-04-15"
Check = Callable[..., list[Finding]]


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    return {path.stem: path.read_text("utf-8") for path in POLICY_FOLDER.glob("*.yaml")}


@pytest.fixture(scope="session")
def check(texts: dict[str, str]) -> Check:
    """The findings after replacing a text once in a file."""
    plan = (POLICY_FOLDER / "plan-2025-12-18.ko.txt").read_text("utf-8").split("\n")
    tables = load_tables()

    def run(file: str = "", old: str = "", new: str = "", today: str = TODAY) -> list[Finding]:
        changed = dict(texts)
        if file:
            assert changed[file].count(old) >= 1, (file, old)
            changed[file] = changed[file].replace(old, new, 1)
        return check_policy(changed, plan, tables, today)

    return run
