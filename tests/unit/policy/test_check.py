"""Every kind of fault is found, at its line, in two languages."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from schemas.policies import POLICY_FOLDER
from services.cli import app
from services.domain.policy_check.findings import CODES
from services.domain.policy_check.marks import read_marked
from tests.unit.policy.conftest import Check

FAULTS = [
    # form
    ("priority", "programmes: 2", "programmes: [2", "SYNTAX", ""),
    ("priority", "programmes: 2", "programmes: 2\nprogrammes: 3", "DUPLICATE_KEY", "programmes: 3"),
    ("priority", "programmes: 2", "programmes: two", "VALUE_WRONG", "programmes: two"),
    ("priority", "programmes: 2", "programmes: 2\nstray: 1", "FIELD_UNKNOWN", "stray: 1"),
    ("priority", "programmes: 2", "", "FIELD_MISSING", ""),
    (
        "matrix",
        "modes: [PROMO, SURVEY, JOINT",
        "modes: [PROMO, PRIZE, JOINT",
        "VALUE_WRONG",
        "PRIZE",
    ),
    ("measures", "    stage: ENTRY", "    stage: BEGIN", "VALUE_WRONG", "stage: BEGIN"),
    ("measures", "y2025: {value: 10000}", "y2025: {}", "VALUE_WRONG", "y2025: {}"),
    ("priority", "points: 250", "points: -5", "VALUE_WRONG", "points: -5"),
    ("delivery", "GE300: 22", "GE300: 220", "VALUE_WRONG", "GE300: 220"),
    ("entitlements", "value: 9500", "value: -9500", "VALUE_WRONG", "value: -9500"),
    ("incentives", "kind: BONUS_POINT", "kind: BONUS", "VALUE_WRONG", "BONUS"),
    (
        "matrix",
        "starts_on: 2026-01-01",
        "starts_on: '2026-02-30'",
        "VALUE_WRONG",
        "2026-02-30",
    ),
    ("questions", "ko: 중견기업의 취급", "ko: ' '", "VALUE_WRONG", "ko: ' '"),
    # basis
    (
        "matrix",
        '    line: 512\n    quote: "①상호 홍보: 사업 참여기업에 각 부처의 사업 안내"\n',
        "",
        "BASIS_MISSING",
        "PROMO:",
    ),
    (
        "rules",
        "quote: 희망 기업에 사업 지원",
        "quote: 희망 기업에 큰 지원",
        "BASIS_WRONG",
        "큰 지원",
    ),
    ("rules", "    line: 513\n", "    line: 99999\n", "BASIS_WRONG", ""),
    ("rules", "    line: 513\n", "", "BASIS_MISSING", ""),
    ("rules", "section: IV-5 ④", "section: IX-9", "BASIS_WRONG", "section: IX-9"),
    ("questions", "citation: A-22\n", "citation: ' '\n", "BASIS_MISSING", "citation: ' '"),
    ("questions", "review_by: 2026-12-31", "review_by: 2026-04-14", "BASIS_OVERDUE", "04-14"),
    # references
    ("proposals", "measure: act-L3-pbl", "measure: act-L3-pbx", "REFERENCE_UNKNOWN", "act-L3-pbx"),
    ("proposals", "rule: ME-5", "rule: ME-55", "REFERENCE_UNKNOWN", "ME-55"),
    ("entitlements", "FIRM_AI: [EN-2]", "FIRM_AI: [EN-22]", "REFERENCE_UNKNOWN", "EN-22"),
    ("entitlements", "defaults: [Q5, Q22]", "defaults: [Q5, Q99]", "REFERENCE_UNKNOWN", "Q99"),
    ("measures", "{of: card,", "{of: cart,", "REFERENCE_UNKNOWN", "cart"),
    ("ax", "where: {stage: [DEMO]}", "where: {phase: [DEMO]}", "REFERENCE_UNKNOWN", "phase"),
    ("rules", "[participation.role]", "[participation.rol]", "REFERENCE_UNKNOWN", "rol]"),
    ("limits", "to: requested", "to: requestd", "REFERENCE_UNKNOWN", "requestd"),
    # overlaps
    (
        "entitlements",
        "{value: 9000, to: 2025-12-31}",
        "{value: 9000, to: 2026-01-31}",
        "OVERLAP",
        "from: 2026-01-01, value: 9000",
    ),
    (
        "entitlements",
        "{value: 1000}, {from: 2026-03-01",
        "{value: 1000, to: 2026-03-05}, {from: 2026-03-01",
        "OVERLAP",
        "2026-03-05",
    ),
    ("industry", "C: [10, 34]", "C: [10, 35]", "OVERLAP", "D: [35, 35]"),
    ("eligibility", "ended_statuses: [TERM", "ended_statuses: [APPLIED, TERM", "OVERLAP", ""),
    ("consent_forms", "signed_to: 2026-02-28", "signed_to: 2026-03-31", "OVERLAP", ""),
    ("delivery", "group_to: 45", "group_to: 60", "OVERLAP", "group_to: 60"),
    ("matrix", "modes: [PROMO, SURVEY]", "modes: [PROMO, PROMO]", "OVERLAP", "PROMO, PROMO"),
    # gaps
    (
        "entitlements",
        "{value: 9000, to: 2025-12-31}",
        "{value: 9000, to: 2025-11-30}",
        "GAP",
        "from: 2026-01-01, value: 9000",
    ),
    (
        "entitlements",
        "tiers: {CAPITAL: 400000, NON_CAPITAL: 600000, DECLINE: 800000}",
        "tiers: {CAPITAL: 400000, NON_CAPITAL: 600000}",
        "GAP",
        "",
    ),
    ("entitlements", "  KDT: [EN-7]\n", "", "GAP", "kinds:"),
    ("consent_forms", "signed_from: 2026-03-01", "signed_from: 2026-04-01", "GAP", ""),
    ("delivery", "{band: LT5, from: 0}", "{band: LT5, from: 1}", "GAP", "from: 1"),
    ("priority", "size_points: {LT5: 150, ", "size_points: {", "GAP", "size_points"),
    ("eligibility", "[APPLIED, REJECTED, SUSPENDED]", "[APPLIED, REJECTED]", "GAP", ""),
    ("matrix", "joint_order: [P1, P3, P4]", "joint_order: [P1, P3]", "GAP", "joint_order"),
    ("measures", "    budget:\n    - {of: ai-review, part: WHOLE}\n", "", "GAP", "ai-review:"),
    # clauses that can never hold
    ("ax", "where: {level_goal: [BASIC]}", "where: {level_goal: [BASE]}", "NEVER_HOLDS", "BASE"),
    ("ax", "  advanced_from: 7", "  advanced_from: 13", "NEVER_HOLDS", "advanced_from: 13"),
    ("ax", "  intermediate_from: 3", "  intermediate_from: 7", "NEVER_HOLDS", "7"),
    ("ax", "    where: {stage: [DEMO]}\n", "", "NEVER_HOLDS", ""),
    ("ax", "DONE: [COMPLETED, SETTLED]", "DONE: [COMPLETED, REJECTED]", "NEVER_HOLDS", "DONE"),
    ("ax", "to: {SOLUTION: 1}}", "to: {SOLUTION: 3}}", "NEVER_HOLDS", "AX-04"),
    ("ax", "programmes: 3,", "programmes: 8,", "NEVER_HOLDS", "programmes: 8"),
    ("matrix", "joint_order: [P1, P3, P4]", "joint_order: [P1, P3, P4, P5]", "NEVER_HOLDS", "P5"),
    (
        "entitlements",
        "{value: 9000, to: 2025-12-31}",
        "{from: 2026-02-01, value: 9000, to: 2025-12-31}",
        "NEVER_HOLDS",
        "",
    ),
    ("entitlements", "CARD_AI_BASIC: [EN-10]", "CARD_AI_BASIC: []", "NEVER_HOLDS", "EN-10:"),
    (
        "entitlements",
        "{entitled: false}, {from: 2026-01-01",
        "{entitled: false, value: 5}, {from: 2026-01-01",
        "NEVER_HOLDS",
        "",
    ),
    ("agencies", "kind: RSC", "kind: RSD", "NEVER_HOLDS", "RSD"),
    ("priority", "PR-9: ", "PR-10: ", "NEVER_HOLDS", "PR-10"),
    ("proposals", "obstacle: TIME", "obstacle: RAIN", "NEVER_HOLDS", "RAIN"),
    ("excluded_industries", "ksic: []", "ksic: [C26]", "NEVER_HOLDS", "C26"),
    (
        "eligibility",
        "finished_statuses: [COMPLETED",
        "finished_statuses: [APPLIED",
        "NEVER_HOLDS",
        "finished",
    ),
    (
        "ax",
        "SUSTAINED_TRAINING: 1}\nconf",
        "SUSTAINED_TRAINING: 3}\nconf",
        "NEVER_HOLDS",
        "SUSTAINED_TRAINING: 3",
    ),
    ("ax", "  advanced_from: 7", "  advanced_from: 12", "NEVER_HOLDS", "advanced_from: 12"),
    ("industry", "manufacturing: C", "manufacturing: Z", "NEVER_HOLDS", "manufacturing: Z"),
    ("delivery", 'hours: [LT4, "4_8"]', "hours: [LT5]", "NEVER_HOLDS", "LT5"),
    ("delivery", "  M: [PLAN, MARKETING]", "  M: [PLANS]", "NEVER_HOLDS", "PLANS"),
    # numbers that do not agree
    ("budget", "total_krw: 254000000000", "total_krw: 255000000000", "CONTRADICTION", "255"),
    ("schedule", "starts_on: 2026-05-01", "starts_on: 2026-06-01", "CONTRADICTION", "2026-06-01"),
    (
        "measures",
        "in_force_from: 2026-05-01",
        "in_force_from: 2026-06-01",
        "CONTRADICTION",
        "06-01",
    ),
    ("priority", "points: 250", "points: 260", "CONTRADICTION", "factors"),
    ("ax", "base: {SOLUTION: 1}", "base: {SOLUTION: 4}", "CONTRADICTION", "SOLUTION: 4"),
]


def test_the_shipped_policy_has_no_fault(check: Check) -> None:
    assert check() == []


def test_overdue_designations_warn(check: Check) -> None:
    assert check(today="2026-10-19") == []
    found = check(today="2026-10-20")
    assert {(one.code, one.severity) for one in found} == {("BASIS_OVERDUE", "warning")}
    assert {one.file for one in found} == {"reference/region_designations.csv"}


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "at"),
    FAULTS,
    ids=[f"{n}-{fault[3]}-{fault[0]}" for n, fault in enumerate(FAULTS)],
)
def test_faults_are_found_at_their_line(
    check: Check, texts: dict[str, str], file: str, old: str, new: str, code: str, at: str
) -> None:
    found = [one for one in check(file, old, new) if one.code == code]
    assert found, [one.json() for one in check(file, old, new)]
    spoilt = texts[file].replace(old, new, 1).split("\n")
    assert any(
        at in (spoilt[one.line - 1] if one.file == f"{file}.yaml" else at) for one in found
    ), [(one.line, one.path) for one in found]
    for one in found:
        assert one.line >= 1 and one.column >= 1
        assert any("가" <= letter <= "힣" for letter in one.ko)
        assert one.en and one.code in CODES and one.severity == "error"


@pytest.mark.parametrize(
    ("file", "old", "new", "at"),
    [
        ("matrix", "modes: [PROMO, SURVEY]", "modes: [PROMO, SURVEY, INCENTIVE]", "INCENTIVE]"),
        ("matrix", "modes: [PROMO]", "modes: [SURVEY]", "modes: [SURVEY]"),
        ("matrix", "starts_on: 2026-03-01", "starts_on: 2026-04-01", "2026-04-01"),
        ("entitlements", "{from: 2026-03-01, value: 0}", "{from: 2026-04-01, value: 0}", "04-01"),
        ("entitlements", "value: 9500", "value: 9600", "value: 9600"),
    ],
)
def test_what_differs_from_the_plan_warns_at_its_line(
    check: Check, texts: dict[str, str], file: str, old: str, new: str, at: str
) -> None:
    found = [one for one in check(file, old, new) if one.code == "CONTRADICTION"]
    assert found
    assert {one.severity for one in found} == {"warning"}
    assert at in texts[file].replace(old, new, 1).split("\n")[found[0].line - 1]


def test_an_unknown_field_is_told_beside_the_known_ones(check: Check) -> None:
    (found,) = check("entitlements", "undated: true", "undatd: true")
    assert "'undated'" in found.en and "measure, unit" in found.en


def test_every_kind_of_finding_has_a_test() -> None:
    tested = {fault[3] for fault in FAULTS} | {"FILE_MISSING", "FILE_UNKNOWN"}
    assert tested == set(CODES)


def test_a_value_that_the_plan_does_not_print_warns(check: Check) -> None:
    (found,) = check("entitlements", "value: 9500", "value: 9700")
    assert (found.code, found.severity) == ("CONTRADICTION", "warning")
    assert "9,700" in found.ko and "act-L2-skillup" in found.en


def test_a_slip_of_the_pen_gets_a_suggestion(check: Check) -> None:
    (found,) = check("priority", "programmes: 2", "programmes: 2\nsize_pionts: {}")
    assert "size_points" in found.ko and "Did you mean 'size_points'" in found.en


def test_a_quote_that_stands_elsewhere_is_led_to_its_line(check: Check) -> None:
    (found,) = check("rules", "    line: 513\n", "    line: 514\n")
    assert "513행" in found.ko and "513" in found.en


def test_all_faults_are_told_together(check: Check) -> None:
    found = check("matrix", "programmes:\n", "programmes:\n  P8: {}\n")
    assert {one.code for one in found} >= {"FIELD_MISSING", "VALUE_WRONG"}
    assert len(found) > 5


@pytest.mark.parametrize("text", ["", "a: b: c", "&a [*a]", "\t", "a: !!python/object:os.system x"])
def test_what_is_no_policy_is_a_finding_and_no_crash(check: Check, text: str) -> None:
    marked = read_marked("priority", text)
    if marked.root is None:
        assert [one.code for one in marked.findings] == ["SYNTAX"]
    found = check("priority", "# Who", text + "\n# Who")
    assert isinstance(found, list)


def naru(*arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(app, ["policy", *arguments])
    return answer.exit_code, answer.stdout


def test_the_command_ends_with_one_where_something_is_wrong(tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    assert naru("copy", str(draft))[0] == 0
    assert naru("check", str(draft), "--on", "2026-04-15")[0] == 0
    path = draft / "eligibility.yaml"
    path.write_text(path.read_text("utf-8").replace("MIDSIZE]", "MIDSIZE, SMALL]"), "utf-8")
    (draft / "matirx.yaml").write_text("a: 1\n", "utf-8")
    (draft / "policy.yaml").unlink()
    status, said = naru("check", str(draft), "--on", "2026-04-15", "--json")
    told = json.loads(said)
    assert (status, told["ok"]) == (1, False)
    assert {one["code"] for one in told["findings"]} == {"FILE_MISSING", "FILE_UNKNOWN"}
    assert any("matrix" in one["ko"] for one in told["findings"])
    (draft / "matirx.yaml").unlink()
    shutil.copy(POLICY_FOLDER / "policy.yaml", draft)
    status, said = naru("check", str(draft), "--on", "2026-04-15")
    line = path.read_text("utf-8").split("\n").index("midsize_sizes: [MIDSIZE, SMALL]") + 1
    assert status == 1
    assert f"eligibility.yaml:{line}:1" in said and "겹침" in said and "an overlap" in said


def test_warnings_fail_only_when_asked() -> None:
    assert naru("check", "--on", "2026-10-20")[0] == 0
    assert naru("check", "--on", "2026-10-20", "--strict")[0] == 1


def test_a_folder_without_policy_is_wrong_use(tmp_path: Path) -> None:
    status, said = naru("check", str(tmp_path), "--json")
    assert status == 2 and json.loads(said)["error"]["code"] == "WRONG_USE"


def test_a_copy_is_never_written_over(tmp_path: Path) -> None:
    assert naru("copy", str(tmp_path))[0] == 2
