"""Explanations of the worked cases (handbook 4.11), written by hand: tests/golden/explanations.

Each case names a golden decision case and says what must be told, section by section: `tells`
holds the whole list of a section in one language, `among` sentences that must stand in it,
`quotes` words of the plan that must stand behind a section's items.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from services.domain.decision.reading import facts_from_json
from services.domain.explaining.explainer import Explainer
from services.domain.explaining.plain import Plain, at
from tests.unit.decision.test_golden import GOLDEN, facts_of

FOLDER = Path(__file__).parents[2] / "golden" / "explanations"
DECISIONS = {
    (case := json.loads(line))["name"]: case
    for line in (GOLDEN / "worked.jsonl").read_text("utf-8").splitlines()
}
EXAMPLE = json.loads((GOLDEN / "example.json").read_text("utf-8"))["facts"]
CASES = [
    json.loads(line)
    for path in sorted(FOLDER.glob("*.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]


def explained(explainer: Explainer, case: dict[str, Any]) -> dict[str, Any]:
    facts = EXAMPLE if case["case"] == "worked-1" else facts_of(DECISIONS[case["case"]])
    return explainer.explain(facts_from_json(facts))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_worked_case(case: dict[str, Any], explainer: Explainer) -> None:
    found = explained(explainer, case)
    for language in ("ko", "en"):
        assert found["conclusion"][language] == case["conclusion"][language]
        for path, sentences in case.get("tells", {}).get(language, {}).items():
            assert [item[language] for item in at(found, path)] == sentences, path
        for path, sentences in case.get("among", {}).get(language, {}).items():
            told = [item[language] for item in at(found, path)]
            for sentence in sentences:
                assert sentence in told, f"{path}: {told}"
    for path, quotes in case.get("quotes", {}).items():
        told = [item["quote"] for item in at(found, path)]
        assert [one for one in quotes if one not in told] == [], told


def test_all_ten_are_explained() -> None:
    assert {case["case"].split("-")[1] for case in CASES} >= {str(n) for n in range(1, 11)}


def test_the_short_form_is_short_and_of_both_languages(explainer: Explainer) -> None:
    found = explainer.explain(facts_from_json(EXAMPLE))
    short = list(Plain(explainer.words, "both").explanation(found, short=True))
    whole = list(Plain(explainer.words, "both").explanation(found))
    assert len(short) < len(whole) / 3
    assert short[0].startswith("한국산업인력공단 경남지사")
    assert short[1].startswith("Referred to HRDK branch")
    assert any("2026-07-01" in line for line in short)
