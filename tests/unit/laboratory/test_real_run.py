"""The comparison of what-if with a real run finds what differs (tests/bench/real_run.py)."""

from collections.abc import Callable
from typing import Any

import pytest

from services.domain.decision.engine import Engine
from services.domain.decision.facts import Facts
from tests.bench.real_run import RealRun, Row
from tests.unit.laboratory.conftest import stored
from tests.unit.laboratory.test_whatif import SIDO, tally

Changed = Callable[[Callable[[Any], None]], Engine]


def rows(engine: Engine, cases: list[Facts]) -> list[Row]:
    """The last decisions of a run under this engine's policy, a workplace each."""
    found = [stored(engine, facts, f"w{number}") for number, facts in enumerate(cases)]
    return [(one.establishment_id, one.facts, one.decision_id, one.blocks) for one in found]


@pytest.fixture
def draft(changed: Changed) -> Engine:
    return changed(lambda d: d["matrix"]["programmes"]["P3"].update(modes=["PROMO"]))


def compared(
    engine: Engine, draft: Engine, second: list[Row], cases: list[Facts], whatif: dict[str, Any]
) -> dict[str, Any]:
    found = RealRun(engine, draft, SIDO)
    found.read(rows(engine, cases), second)
    return found.json(whatif)


def test_a_run_under_the_draft_is_what_was_foretold(
    engine: Engine, draft: Engine, cases: list[Facts]
) -> None:
    whatif = tally(engine, draft, cases)
    found = compared(engine, draft, rows(draft, cases), cases, whatif)
    assert found["equal"] and found["as_foreseen"] == found["workplaces"] == len(cases)
    assert found["by"]["programme"]["P3"]["loses"] == whatif["verdicts"]["loses"] > 20


def test_a_decision_that_nobody_foresaw_shows(
    engine: Engine, draft: Engine, cases: list[Facts]
) -> None:
    second = rows(draft, cases)
    second[3] = rows(engine, cases)[3]
    found = compared(engine, draft, second, cases, tally(engine, draft, cases))
    assert not found["equal"] and found["not_as_foreseen"] == 1


@pytest.mark.parametrize("where", ["totals", "groups"])
def test_a_total_that_is_one_too_many_shows(
    engine: Engine, draft: Engine, cases: list[Facts], where: str
) -> None:
    whatif = tally(engine, draft, cases)
    row = next(one for one in whatif[where] if one.get("by") != "tier")
    row["after" if where == "totals" else "same"] += 1
    found = compared(engine, draft, rows(draft, cases), cases, whatif)
    assert not found["equal"] and len(found["differences"]) == 1


def test_workplaces_of_other_facts_are_taken_out_of_both_sides(
    engine: Engine, draft: Engine, cases: list[Facts]
) -> None:
    second = rows(draft, cases)
    others = rows(draft, cases[1:2])[0]
    second[0] = (second[0][0], *others[1:])
    del second[-1]
    found = compared(engine, draft, second, cases, tally(engine, draft, cases))
    assert found["equal"] and found["facts_differ"] == 2
    assert found["as_foreseen"] == len(cases) - 2
