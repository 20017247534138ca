"""The policy's data against the handbook's invariants (section 6) and the plan's own text."""

import re
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
import yaml
from pydantic import BaseModel, ValidationError

from schemas.policies import (
    POLICY_FOLDER,
    Policy,
    digest_of,
    load_documents,
    plan_lines,
    policy_of,
)
from schemas.policy_record import Amount, Measure
from schemas.tables import Tables, load_tables
from services.domain.decision import facts as f
from services.domain.decision.eligibility import ROUTES
from services.domain.decision.participations import told_facts
from services.domain.decision.priority import RULES

SECTION_KEYS = re.compile(r"SUM|III|II|I|IV-[1-5]|V-[1-5]|A1|A2-[12]|-")


def sections(value: str) -> set[str]:
    return {re.sub(r" [①②③④]$", "", part) for part in value.split(", ")}


def citations(value: Any, path: str = "") -> list[tuple[str, int, str]]:
    """Every line and quote in a document, with its path."""
    found = []
    if isinstance(value, dict):
        if "line" in value:
            found.append((path, value["line"], value["quote"]))
        for key, item in value.items():
            found += citations(item, f"{path}/{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            found += citations(item, f"{path}/{number}")
    return found


def test_every_quote_stands_in_its_line_of_the_plan(policy: Policy) -> None:
    lines = plan_lines(policy)
    cited = citations(load_documents())
    assert len(cited) > 150
    assert [(p, n) for p, n, quote in cited if quote not in lines[n - 1]] == []


def test_every_section_is_a_key_of_the_handbook(policy: Policy) -> None:
    found: set[str] = set()
    for document in load_documents().values():
        found |= _sections_in(document)
    assert {key for key in found if not SECTION_KEYS.fullmatch(key)} == set()


def _sections_in(value: Any) -> set[str]:
    found: set[str] = set()
    if isinstance(value, dict):
        if isinstance(value.get("section"), str):
            found |= sections(value["section"])
        if isinstance(value.get("sections"), list):
            found |= {key for item in value["sections"] for key in sections(item)}
        for item in value.values():
            found |= _sections_in(item)
    elif isinstance(value, list):
        for item in value:
            found |= _sections_in(item)
    return found


def test_invariant_1_matrix_totals(policy: Policy) -> None:
    """Invariant 1: 7/6/2/3; P5 only promotion; incentives {P3, P4}; joint {P1, P3, P4}."""
    rows = policy.matrix.programmes
    by_mode = {mode: {p for p, row in rows.items() if mode in row.modes} for mode in MODES}
    assert {mode: len(programmes) for mode, programmes in by_mode.items()} == {
        "PROMO": 7,
        "SURVEY": 6,
        "INCENTIVE": 2,
        "JOINT_CONSULT": 3,
    }
    assert rows["P5"].modes == ("PROMO",)
    assert by_mode["INCENTIVE"] == {"P3", "P4"}
    assert by_mode["JOINT_CONSULT"] == {"P1", "P3", "P4"} == set(policy.matrix.joint_order)


MODES = ("PROMO", "SURVEY", "INCENTIVE", "JOINT_CONSULT")


def test_matrix_circles_are_those_the_plan_prints(policy: Policy) -> None:
    lines = plan_lines(policy)
    for row in policy.matrix.programmes.values():
        assert row.line is not None
        cells = lines[row.line - 1].split("\t")[2:]
        printed = tuple(mode for mode, cell in zip(MODES, cells, strict=False) if cell == "○")
        assert printed == row.modes, row.slug


def test_mode_dates(policy: Policy) -> None:
    """A-68: promotion and survey with V-2's discovery, incentive and joint with V-5's package."""
    rows, modes = policy.schedule.rows, policy.matrix.modes
    assert modes["PROMO"].starts_on == modes["SURVEY"].starts_on == rows["V-2.2"].starts_on
    assert modes["INCENTIVE"].starts_on == rows["V-5.1"].starts_on == "2026-03-01"
    assert modes["JOINT_CONSULT"].starts_on == rows["V-5.1"].starts_on


def test_invariant_2_schedule(policy: Policy) -> None:
    """Invariant 2: 27 rows, 5/6/5/7/4; dates as printed; measures follow their row."""
    rows = policy.schedule.rows
    stages = Counter(row_id[:3] for row_id in rows)
    assert len(rows) == 27
    assert [stages[f"V-{n}"] for n in range(1, 6)] == [5, 6, 5, 7, 4]
    for row in rows.values():
        assert row.starts_on == _printed_day(row.printed)
    for measure in policy.measures.measures.values():
        if measure.schedule:
            assert measure.in_force_from == rows[measure.schedule].starts_on
            assert measure.precision == rows[measure.schedule].precision


def _printed_day(printed: str) -> str | None:
    month = re.fullmatch(r"'(\d\d)\.(\d+)월~?", printed)
    if month:
        return f"20{month[1]}-{int(month[2]):02d}-01"
    return {"계속": None, "'26.下~": "2026-07-01"}[printed]


def test_every_row_of_the_schedule_dates_a_measure(policy: Policy) -> None:
    dated = {measure.schedule for measure in policy.measures.measures.values()}
    assert set(policy.schedule.rows) <= dated


def test_in_force_dates_of_the_proposed_measures(policy: Policy) -> None:
    """A-94."""
    dates = {name: m.in_force_from for name, m in policy.measures.measures.items()}
    expected = {
        "hrdk-own-diagnosis": "2026-01-01",
        "act-L1-ceo-consult": "2026-01-01",
        "act-L2-skillup": "2026-01-01",
        "act-visit-diagnosis": "2026-03-01",
        "act-L1-online-free": "2026-03-01",
        "inf-joint-center": "2026-03-01",
        "act-L3-pbl": "2026-03-01",
        "act-L3-inhouse-experts": "2026-03-01",
        "inf-physical-ai-lab": "2026-07-01",
        "inf-step-content": "2025-11-01",
        "act-L1-unit-price-3x": None,
    }
    assert {name: dates[name] for name in expected} == expected
    proposed = {p.measure for level in policy.proposals.levels.values() for p in level}
    proposed |= {p.measure for p in policy.proposals.diagnosis}
    assert proposed == set(expected)


def test_invariant_3_and_invariant_4_budget_and_academy(policy: Policy) -> None:
    """Invariants 3 and 4: 2,540억 counted of 4,109억; 24.25만 heads; academy 12,650."""
    budget = policy.budget
    assert sum(line.counted_krw for line in budget.lines.values()) == budget.total_krw
    assert budget.total_krw == 2_540 * 100_000_000
    assert sum(line.printed_krw for line in budget.lines.values()) == budget.all_lines_krw
    assert budget.all_lines_krw == 4_109 * 100_000_000
    assert sum(heads.people for heads in budget.heads.values()) == 242_500
    assert sum(row.people for row in budget.academy) == 12_650
    academy = policy.measures.measures["inf-teacher-academy"].target
    assert academy is not None and academy.value == 12_650 and academy.open_ended


def test_invariant_5_survey_mix(policy: Policy) -> None:
    """Invariant 5: 52.4 per cent reproduced; the 67.8 one is not asserted."""
    survey = policy.survey_2025
    share = survey.experienced / 100
    mixed = share * survey.needed.experienced + (1 - share) * survey.needed.not_experienced
    assert mixed == pytest.approx(survey.needed.all, abs=0.1)


def test_invariant_6_designations(tables: Tables) -> None:
    """Invariant 6: 89 by province, 18 of concern, no overlap, every code known."""
    decline = [row.code for row in tables.designations if row.kind == "DECLINE"]
    concern = [row.code for row in tables.designations if row.kind == "CONCERN"]
    provinces = Counter(code[:2] for code in decline)
    order = ("26", "27", "28", "41", "51", "43", "44", "52", "46", "47", "48")
    assert [provinces[code] for code in order] == [3, 3, 2, 2, 12, 6, 9, 10, 16, 15, 11]
    assert len(decline) == 89
    assert len(concern) == 18
    assert not set(decline) & set(concern)
    regions = {row.code: row for row in tables.regions}
    assert {*decline, *concern} <= set(regions)
    assert sum(len(regions[code].successors) == 1 for code in decline) == 16
    assert sum(regions[code].capital for code in decline) == 4


def test_every_rule_that_data_name_is_explained(policy: Policy) -> None:
    named = _rules_in(load_documents())
    assert named <= set(policy.rules.rules)
    assert {rule for rule, _ in ROUTES} | set(RULES) <= set(policy.rules.rules)


def _rules_in(value: Any) -> set[str]:
    found: set[str] = set()
    if isinstance(value, dict):
        for key, item in value.items():
            if re.fullmatch(r"(EL|CG|AX|ME|AG|DM|EN|PR|IN)-\w+", str(key)):
                found.add(str(key))
            if key == "rule":
                found.add(item)
            found |= _rules_in(item)
    elif isinstance(value, list):
        for item in value:
            found |= _rules_in(item)
    return found


def test_rules_are_one_sentence_in_two_languages(policy: Policy) -> None:
    words = policy.rules
    for text in (*words.rules.values(), *words.reasons.values(), *words.alarms.values()):
        assert text.ko.strip() and text.en.strip()
        assert re.search("[가-힣]", text.ko)
        assert not re.search("[가-힣]", text.en.replace("시군구", "").replace("산대특", ""))


def test_code_lists_and_policy_sets_agree(policy: Policy) -> None:
    eligibility = policy.eligibility
    assert eligibility.using_roles | eligibility.other_roles == f.ROLES
    assert not eligibility.using_roles & eligibility.other_roles
    statuses = (
        eligibility.participant_statuses,
        eligibility.ended_statuses,
        eligibility.other_statuses,
    )
    assert frozenset().union(*statuses) == f.STATUSES
    assert sum(map(len, statuses)) == len(f.STATUSES)
    assert eligibility.finished_statuses <= eligibility.participant_statuses
    sizes = (eligibility.sme_sizes, eligibility.midsize_sizes, eligibility.promo_only_sizes)
    assert frozenset().union(*sizes) == f.SIZE_CLASSES
    assert sum(map(len, sizes)) == len(f.SIZE_CLASSES)
    assert set(policy.entitlements.kinds) == f.COURSE_KINDS
    assert set(policy.matrix.programmes) == set(f.PROGRAMMES)
    assert set(policy.proposals.levels) == f.FINAL_LEVELS
    assert policy.proposals.short_of_time.obstacle in f.OBSTACLES
    assert policy.ax.survey.levels <= f.LEVELS_WANTED
    assert set(policy.delivery.hours) <= f.HOURS
    assert {field for fields in policy.delivery.fields.values() for field in fields} <= f.FIELDS


def test_priority_limits(policy: Policy) -> None:
    """Handbook 2.4: 500, 300, 200 and 100 regular workers."""
    limits = policy.eligibility.priority_limits
    by_limit = {limit: {s for s, n in limits.items() if n == limit} for limit in limits.values()}
    assert by_limit == {500: {"C"}, 300: set("BFHJNMQ"), 200: set("GIKR")}
    assert policy.eligibility.priority_limit_other == 100


def test_industry_sections_do_not_overlap(policy: Policy) -> None:
    spans = sorted(policy.industry.sections.values())
    assert len(spans) == 21
    assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_delivery_table_and_bands_agree(policy: Policy) -> None:
    bands = {band.band for band in policy.delivery.bands}
    assert set(policy.delivery.remote.experienced) == bands
    assert set(policy.delivery.remote.not_experienced) == bands
    assert set(policy.priority.size_points) == bands
    assert [band.least for band in policy.delivery.bands] == [0, 5, 10, 30, 50, 100, 300]


def test_priority_adds_up_to_a_thousand(policy: Policy) -> None:
    points = sum(factor.points for factor in policy.priority.factors.values())
    assert points + max(policy.priority.size_points.values()) == 1000
    assert set(policy.priority.factors) == set(RULES)


def test_periods_of_benefits_follow_one_another(policy: Policy) -> None:
    for rule in policy.entitlements.rules.values():
        firsts = [period.first or "" for period in rule.periods]
        assert firsts == sorted(firsts)
    skillup = policy.entitlements.rules
    flat, tiered = skillup["EN-5"].periods[0], skillup["EN-3"].periods[0]
    assert flat.last is not None and tiered.first is not None
    assert date.fromisoformat(flat.last) + timedelta(1) == date.fromisoformat(tiered.first)


def test_evidence_asks_for_facts_that_exist(policy: Policy) -> None:
    names = {field.name for field in f.ParticipationFacts.__dataclass_fields__.values()}
    assert {fact for facts in told_facts(policy).values() for fact in facts} <= names


def test_consent_forms_follow_the_contracts(policy: Policy) -> None:
    """A-02: recipients per contract and wording."""
    four = ("HRDK", "AI_CENTER", "JOINT_CENTER", "POLYTECH")
    forms = policy.consent_forms.forms
    voucher = forms["ai-voucher"].versions
    assert [version.enterprise_info for version in voucher] == [None, four, (*four, "OPERATOR:P1")]
    assert forms["mfg-ai"].versions[0].enterprise_info == ("HRDK", "AI_CENTER")
    assert forms["smart-factory"].versions[0].enterprise_info == (*four, "OPERATOR:P3")
    assert forms["robot"].versions[0].enterprise_info == four
    listed = {name for name, form in forms.items() if _listed(form)}
    assert listed == set(policy.consent_forms.listed_in)
    assert policy.consent_forms.aliases["SMTECH"] == ("OPERATOR:P3", "OPERATOR:P4")
    assert len(forms) == 9


def _listed(form: Any) -> bool:
    return any(version.enterprise_info == "LISTED" for version in form.versions)


def test_open_questions(policy: Policy) -> None:
    """Handbook 5: Q1 to Q28, each with a default, who settled it, and a day of review."""
    questions = policy.questions.questions
    assert list(questions) == [f"Q{n}" for n in range(1, 29)]
    for question in questions.values():
        assert question.default_ko and question.default_en and question.citation
        assert question.review_by > policy.policy.decided_on


MEASURES = {
    "ent": (
        "card-ai-basic card-ai-basic-curriculum kdc-ai ai-assistant-job-course kdt-ai-campus"
        " kdt-allowance kdt-regional-opening kopo-hightech startup-hire-fund kdt-hackathon-bonus"
    ),
    "act": (
        "find-own find-partner outreach-consult ai-center visit-diagnosis L1-ceo-consult"
        " L1-online-free L1-unit-price-3x L2-skillup L3-pbl L3-inhouse-experts"
    ),
    "trn": (
        "mid-career-needs kopo-basic rsc-needs consortium-300 sandaeteuk-ai sandaeteuk-allowance"
        " kopo-ax"
    ),
    "inf": (
        "physical-ai-lab joint-center step-content teacher-academy curriculum mfg-guide"
        " digital-twin ai-review"
    ),
    "col": "ax-package channel mfg-ax-talent content-share job-startup list-platform",
}
"""Handbook 1.2."""


def test_the_forty_two_measures_of_the_plan(policy: Policy) -> None:
    names = [f"{stage}-{name}" for stage, told in MEASURES.items() for name in told.split()]
    assert len(names) == 42
    quoted = [name for name, m in policy.measures.measures.items() if m.quote is not None]
    assert quoted == names
    assert set(policy.measures.measures) - set(names) == {"hrdk-own-diagnosis"}
    owned = {name for name, m in policy.measures.measures.items() if m.owners}
    assert set(names) - owned == {"col-list-platform"}


def test_values_of_both_years(policy: Policy) -> None:
    """Handbook 1.2, "benefit 2025 → 2026"."""
    found = {
        name: [(v.unit, _amount(v.y2025), _amount(v.y2026)) for v in measure.values]
        for name, measure in policy.measures.measures.items()
        if measure.values
    }
    kdt = {"CAPITAL": 400_000, "NON_CAPITAL": 600_000, "DECLINE": 800_000}
    special = {"CAPITAL": 300_000, "NON_CAPITAL": 400_000, "DECLINE": 500_000}
    assert found == {
        "ent-card-ai-basic": [("bp", 10_000, 11_000)],
        "ent-kdc-ai": [("bp", 3_330, (5_000, None))],
        "ent-kdt-allowance": [("KRW", 316_000, kdt)],
        "ent-startup-hire-fund": [("KRW", None, (150_000_000, 200_000_000))],
        "act-outreach-consult": [("FIRM", 60, None), ("FIRM", 10, None)],
        "act-L1-online-free": [("bp", 1_000, 0)],
        "act-L1-unit-price-3x": [("x100", (None, 300), (None, 300))],
        "act-L2-skillup": [("bp", 9_000, {"CAPITAL": 9_000, "NON_CAPITAL": 9_500})],
        "act-L3-inhouse-experts": [("KRW", None, None)],
        "trn-consortium-300": [("bp", None, (None, 30_000))],
        "trn-sandaeteuk-ai": [("bp", 10_000, 13_000)],
        "trn-sandaeteuk-allowance": [("KRW", 316_000, special)],
        "inf-step-content": [("COURSE", 4, 24)],
        "inf-ai-review": [("COURSE", 70_000, None)],
    }


def _amount(amount: Amount | None) -> Any:
    if amount is None:
        return None
    if amount.value is not None:
        return amount.value
    return dict(amount.tiers) if amount.tiers else (amount.least, amount.most)


def test_entitlements_give_what_the_measures_say(policy: Policy) -> None:
    """The calculator's values and the catalogue's are the same numbers."""
    for name, rule in policy.entitlements.rules.items():
        printed = [_numbers(v.y2025) | _numbers(v.y2026) for v in _measure(policy, rule).values]
        given = {p.value for p in rule.periods if p.value is not None}
        given |= {value for p in rule.periods for value in (p.tiers or {}).values()}
        assert printed, name
        assert given <= set().union(*printed), name


def _measure(policy: Policy, rule: Any) -> Measure:
    return policy.measures.measures[rule.measure]


def _numbers(amount: Amount | None) -> set[int]:
    if amount is None:
        return set()
    told = {amount.value, amount.least, amount.most, *(amount.tiers or {}).values()}
    return {value for value in told if value is not None}


def test_targets(policy: Policy) -> None:
    """Handbook 1.2, "target 2026"; "+a" has no upper limit."""
    found = {
        name: (m.target.value, m.target.unit, m.target.open_ended)
        for name, m in policy.measures.measures.items()
        if m.target
    }
    assert found == {
        "ent-card-ai-basic": (56_000, "PERSON", False),
        "ent-ai-assistant-job-course": (1_500, "PERSON", True),
        "ent-kdt-ai-campus": (10_000, "PERSON", False),
        "ent-kdt-allowance": (10_000, "PERSON", False),
        "ent-kopo-hightech": (260, "PERSON", False),
        "ent-startup-hire-fund": (80, "FIRM", False),
        "act-ai-center": (10, "SITE", False),
        "act-visit-diagnosis": (2_000, "FIRM", False),
        "act-L1-online-free": (100_000, "PERSON", False),
        "act-L2-skillup": (10_000, "FIRM", False),
        "act-L3-pbl": (600, "FIRM", False),
        "trn-kopo-basic": (28_000, "PERSON", False),
        "trn-rsc-needs": (17, "SITE", False),
        "trn-sandaeteuk-ai": (500, "PERSON", True),
        "trn-kopo-ax": (1_000, "PERSON", False),
        "inf-physical-ai-lab": (4, "SITE", False),
        "inf-joint-center": (20, "SITE", False),
        "inf-step-content": (24, "COURSE", False),
        "inf-teacher-academy": (12_650, "PERSON", True),
    }


def test_every_budget_line_pays_for_a_measure(policy: Policy) -> None:
    """Handbook 1.2, "budget"; 1.6."""
    paid: dict[str, list[str]] = {}
    for name, measure in policy.measures.measures.items():
        for share in measure.budget:
            paid.setdefault(share.of, []).append(f"{name} {share.part}")
    assert set(paid) == set(policy.budget.lines)
    assert paid["sme-ai"] == ["act-L1-online-free SHARED", "act-L2-skillup SHARED"]
    assert paid["kdt-ai-campus"] == ["ent-kdt-ai-campus WHOLE", "ent-kdt-allowance WITHIN"]
    assert paid["sandaeteuk-entry"] == ["ent-ai-assistant-job-course INFERRED"]
    assert all(sum("WHOLE" in one for one in found) <= 1 for found in paid.values())


@pytest.mark.parametrize("told", ["{}", "{value: 1, most: 2}", "{value: 1, tiers: {CAPITAL: 1}}"])
def test_an_amount_says_one_thing(told: str) -> None:
    with pytest.raises(ValidationError):
        Amount.model_validate(yaml.safe_load(told))


def test_no_industry_is_excluded_yet(policy: Policy) -> None:
    assert policy.excluded_industries.ksic == ()


def test_digest_is_of_the_content(policy: Policy) -> None:
    documents = load_documents()
    assert policy.digest == digest_of(dict(reversed(documents.items())))
    documents["priority"]["factors"]["PR-1"]["points"] = 251
    assert policy_of(documents).digest != policy.digest


def test_tables_digest_is_of_the_rows(tables: Tables) -> None:
    assert load_tables().digest == tables.digest


def test_a_policy_with_a_slip_is_refused_with_its_place() -> None:
    documents = load_documents()
    documents["matrix"]["programmes"]["P3"]["modes"] = ["PROMO", "PRIZE"]
    documents["priority"]["factors"]["PR-2"] = {"factor": "x", "points": True}
    documents["stray"] = {}
    with pytest.raises(ValidationError) as refused:
        policy_of(documents)
    places = {error["loc"][:4] for error in refused.value.errors()}
    assert ("matrix", "programmes", "P3", "modes") in places
    assert ("priority", "factors", "PR-2", "points") in places
    assert ("stray",) in places


def test_policy_is_immutable(policy: Policy) -> None:
    def models(value: Any) -> list[BaseModel]:
        inner = [item for _, item in value] if isinstance(value, BaseModel) else []
        return [item for item in inner if isinstance(item, BaseModel)]

    assert models(policy)
    with pytest.raises(ValidationError):
        policy.priority.agreement_within_days = 91


def test_files_are_yaml_with_a_reason_on_top() -> None:
    for path in POLICY_FOLDER.glob("*.yaml"):
        text = path.read_text("utf-8")
        assert text.startswith("# "), path.name
        assert yaml.safe_load(text), path.name
        assert max(map(len, text.splitlines())) <= 160, path.name
