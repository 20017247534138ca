"""What differs in meaning, and nothing else."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from schemas.rulebook import Rulebook, load_rulebook
from services.cli import app
from services.domain.laboratory.policy_diff import Difference, differences

Documents = dict[str, Any]


@pytest.fixture(scope="module")
def rules() -> Rulebook:
    return load_rulebook()


def after(rules: Rulebook, change: Callable[[Documents], Any]) -> list[Difference]:
    documents = copy.deepcopy(dict(rules.documents))
    change(documents)
    return differences(rules, Rulebook(documents, rules.rows))


def test_a_policy_differs_in_nothing_from_itself(rules: Rulebook) -> None:
    assert differences(rules, rules) == []


def test_order_and_layout_mean_nothing(rules: Rulebook) -> None:
    def turned(documents: Documents) -> None:
        for name, document in list(documents.items()):
            documents[name] = dict(reversed(document.items()))
        documents["eligibility"]["sme_sizes"].reverse()

    assert after(rules, turned) == []


def test_a_value_with_its_period_and_citation(rules: Rulebook) -> None:
    def raised(documents: Documents) -> None:
        documents["entitlements"]["rules"]["EN-4"]["periods"][0]["value"] = 9700

    (found,) = after(rules, raised)
    assert (found.kind, found.file, found.subject, found.field) == (
        "CHANGED",
        "entitlements",
        "EN-4",
        "periods.2026-01-01.value",
    )
    assert (found.before, found.after) == (9500, 9700)
    assert (found.section, found.line, found.quote) == (
        "IV-2 ②",
        386,
        "수도권 90%, 비수도권 95% 지원",
    )
    assert found.ko and found.en


def test_a_new_period_is_one_addition(rules: Rulebook) -> None:
    def added(documents: Documents) -> None:
        documents["entitlements"]["rules"]["EN-1"]["periods"].append(
            {"from": "2027-01-01", "value": 500}
        )

    (found,) = after(rules, added)
    assert (found.kind, found.field) == ("ADDED", "periods.2027-01-01")
    assert found.after == {"from": "2027-01-01", "value": 500}


def test_rank_is_meaning_and_a_measure_moves_as_one(rules: Rulebook) -> None:
    def swapped(documents: Documents) -> None:
        level = documents["proposals"]["levels"]["BEGINNER"]
        level[0], level[1] = level[1], level[0]

    (found,) = after(rules, swapped)
    assert (found.kind, found.subject, found.field) == ("REORDERED", "BEGINNER", "levels")
    assert found.before[0] == "act-L1-ceo-consult" and found.after[0] == "act-L1-online-free"

    def dropped(documents: Documents) -> None:
        del documents["proposals"]["levels"]["ADVANCED"][0]

    (found,) = after(rules, dropped)
    assert (found.kind, found.field) == ("REMOVED", "act-L3-pbl")
    assert found.section == "IV-2 ③, V-2"


def test_a_measure_and_its_date(rules: Rulebook) -> None:
    def later(documents: Documents) -> None:
        documents["measures"]["measures"]["act-L3-pbl"]["in_force_from"] = "2026-06-01"

    (found,) = after(rules, later)
    assert (found.subject, found.field) == ("act-L3-pbl", "in_force_from")
    assert (found.before, found.after, found.line) == ("2026-03-01", "2026-06-01", 390)


def test_a_circle_of_the_matrix(rules: Rulebook) -> None:
    found = after(rules, lambda d: d["matrix"]["programmes"]["P7"].update(modes=["PROMO"]))
    assert [(one.subject, one.field, one.line) for one in found] == [("P7", "modes", 528)]


def test_reference_rows(rules: Rulebook) -> None:
    rows = {name: [dict(row) for row in table] for name, table in rules.rows.items()}
    gone = rows["region_designations"].pop(0)
    rows["region_designations"][0]["review_by"] = "2031-10-19"
    found = differences(rules, Rulebook(rules.documents, rows))
    assert [(one.kind, one.file) for one in found] == [
        ("REMOVED", "reference/region_designations"),
        ("CHANGED", "reference/region_designations"),
    ]
    assert found[0].before == gone


def test_there_and_back_is_the_opposite(rules: Rulebook) -> None:
    documents = copy.deepcopy(dict(rules.documents))
    documents["priority"]["factors"]["PR-1"]["points"] = 240
    del documents["consent_forms"]["forms"]["robot"]
    other = Rulebook(documents, rules.rows)
    there, back = differences(rules, other), differences(other, rules)
    assert {(d.subject, d.field, str(d.before), str(d.after)) for d in there} == {
        (d.subject, d.field, str(d.after), str(d.before)) for d in back
    }
    assert {d.kind for d in there} == {"CHANGED", "REMOVED"}


def test_the_command(tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    CliRunner().invoke(app, ["policy", "copy", str(draft)])
    path = draft / "priority.yaml"
    path.write_text(path.read_text("utf-8").replace("points: 250", "points: 240"), "utf-8")
    answer = CliRunner().invoke(app, ["policy", "diff", "current", str(draft), "--json"])
    told = json.loads(answer.stdout)
    assert answer.exit_code == 0
    assert told["policy_hashes"]["before"] != told["policy_hashes"]["after"]
    assert [(d["subject"], d["before"], d["after"]) for d in told["differences"]] == [
        ("PR-1", 250, 240)
    ]
    shown = CliRunner().invoke(app, ["policy", "diff", str(draft), "current"]).stdout
    assert "PR-1" in shown and "240" in shown and "근거" in shown
    assert (
        CliRunner().invoke(app, ["policy", "diff", "current", str(tmp_path / "x")]).exit_code == 2
    )
