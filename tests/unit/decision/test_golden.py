"""Decisions written by hand from the handbook and the rulings (tests/golden/README.md)."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.domain.decision.engine import Engine
from services.domain.decision.lines import decide_line

GOLDEN = Path(__file__).parents[2] / "golden"
BASES = json.loads((GOLDEN / "bases.json").read_text("utf-8"))


def cases() -> list[Any]:
    return [
        pytest.param(json.loads(line), id=f"{path.stem}-{json.loads(line)['name']}")
        for path in sorted(GOLDEN.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]


def merged(target: Any, patch: Any) -> Any:
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    kept = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = merged(kept.get(key), value)
    return kept


def facts_of(case: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = merged(BASES.get(case.get("base"), {}), case.get("facts", {}))
    if "p0" in case:
        first, *others = facts["participations"]
        facts["participations"] = [merged(first, case["p0"]), *others]
    if "participations" in case:
        facts["participations"] = case["participations"]
    return facts


def decided(engine: Engine, facts: Any) -> Any:
    line, ok = decide_line(json.dumps(facts).encode(), engine)
    assert ok, line
    return json.loads(line)


def assert_holds(expected: Any, found: Any, where: str = "") -> None:
    """Objects partially, everything else exactly."""
    if isinstance(expected, dict):
        assert isinstance(found, dict), f"{where}: {found!r}"
        for key, value in expected.items():
            assert key in found, f"{where}/{key} is missing"
            assert_holds(value, found[key], f"{where}/{key}")
    else:
        assert found == expected, f"{where}: {found!r}, expected {expected!r}"


def at(document: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        document = document[part]
    return document


@pytest.mark.parametrize("case", cases())
def test_golden_decision(case: dict[str, Any], engine: Engine) -> None:
    decision = decided(engine, facts_of(case))
    assert_holds(case.get("expect", {}), decision)
    for pointer, value in case.get("exactly", {}).items():
        assert at(decision, pointer) == value, pointer


def test_the_example_of_the_facts_page_is_decided_to_the_letter(engine: Engine) -> None:
    example = json.loads((GOLDEN / "example.json").read_text("utf-8"))
    assert decided(engine, example["facts"]) == example["decision"]
    measures = decided(engine, example["facts"])["measures"]["items"]
    assert list(measures) == list(example["decision"]["measures"]["items"])


def test_there_are_at_least_sixty_and_every_case_says_why() -> None:
    every = [case.values[0] for case in cases()]
    assert len(every) >= 60
    assert all(case["why"] for case in every)
