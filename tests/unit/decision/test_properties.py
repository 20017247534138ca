"""What holds for every case: order, unknown facts, arbitrary input, memories."""

import copy
import json
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.policies import Policy
from schemas.tables import Tables
from services.domain.decision import facts as f
from services.domain.decision.decision import Decision
from services.domain.decision.engine import Engine
from services.domain.decision.lines import decide_line
from services.domain.decision.reading import facts_from_json
from services.domain.decision.telling import facts_to_json

MANY = settings(
    max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
FEW = settings(MANY, max_examples=60)

days = st.integers(0, 800).map(lambda n: (date(2025, 6, 1) + timedelta(n)).isoformat())
flags = st.sampled_from([True, False])
codes = st.sampled_from(
    ["48123", "41820", "28710", "28125", "12790", "46820", "42820", "41110", "11680", "99999"]
)
recipients = st.lists(
    st.sampled_from(["HRDK", "AI_CENTER", "HRDK-GYEONGNAM", "OPERATOR:P1", "OPERATOR:P3"]),
    max_size=4,
    unique=True,
)
consents = st.fixed_dictionaries({}, optional={"granted": flags, "recipients": recipients})


def among(values: Any) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(values))


def part(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


participations = st.fixed_dictionaries(
    {"programme": among(f.PROGRAMMES)},
    optional={
        "role": among(f.ROLES) | st.just("DEMAND"),
        "status": among(f.STATUSES) | st.just("CONTRACTED"),
        "agreement_on": days,
        "ends_on": days,
        "completed_on": days,
        "is_deleted": flags,
        "ended_by": among(f.ENDINGS),
        "level_goal": among(f.GOALS),
        "business_kind": among(f.BUSINESS_KINDS),
        "ai_applied": flags,
        "stage": among(f.STAGES),
        "track": among(f.TRACKS),
        "ministry": st.sampled_from(["MSS", "MSIT"]),
        "dx_mentor_visits": st.integers(0, 6),
        "joint_consulting_requested": flags,
        "consent_enterprise_info": consents,
    },
)
cases = st.fixed_dictionaries(
    {"as_of": days},
    optional={
        "origin": among(f.ORIGINS) | st.just("PARTNER_PROGRAM"),
        "participations": st.lists(participations, max_size=4),
        "firm": part(
            size_class=among(f.SIZE_CLASSES),
            priority_firm=among(f.PRIORITY),
            regular_workers=st.sampled_from([0, 4, 9, 30, 100, 101, 300, 430, 501, 620]),
            ksic=st.sampled_from(["C26421", "26", "J58", "G47", "P", "C05"]),
            group_affiliate=flags,
            tax_status=among(f.TAX_STATUSES),
        ),
        "establishment": part(
            sigungu=codes,
            region_confidence=among(f.CONFIDENCES),
            insured_workers=st.integers(0, 3),
            ei_arrears=flags,
            excluded_industry=flags,
        ),
        "survey": part(
            wishes=flags,
            uses_ai=flags,
            level_wanted=among(f.LEVELS_WANTED),
            fields=st.lists(among(f.FIELDS), unique=True, max_size=3),
            mode_wanted=among(f.DELIVERY_MODES),
            hours=among(f.HOURS),
            obstacles=st.lists(among(f.OBSTACLES), unique=True, max_size=3),
            job_change=flags,
        ),
        "training": part(ai_courses_last_24m=st.integers(0, 3), any_record=flags),
        "diagnosis": part(final_level=among(f.FINAL_LEVELS)),
        "outcome": part(training_completed=flags, pbl_completed=flags),
        "consents": part(
            enterprise_info=consents, marketing=flags, personal_third_party=flags, survey=flags
        ),
        "course": part(
            kind=among(f.COURSE_KINDS),
            start_on=days,
            site_sigungu=codes,
            provider_sigungu=codes,
            visiting=flags,
        ),
    },
)


def decided(engine: Engine, facts: Any) -> dict[str, Any]:
    line, ok = decide_line(json.dumps(facts).encode(), engine)
    assert ok
    found: dict[str, Any] = json.loads(line)
    return found


def decision_of(engine: Engine, facts: Any) -> Decision:
    return engine.decide(facts_from_json(facts))


@MANY
@given(case=cases, data=st.data())
def test_the_order_of_lists_changes_nothing(
    case: dict[str, Any], data: st.DataObject, engine: Engine
) -> None:
    mixed = copy.deepcopy(case)
    if "participations" in mixed:
        mixed["participations"] = data.draw(st.permutations(mixed["participations"]))
        for p in mixed["participations"]:
            consent = p.get("consent_enterprise_info", {})
            if "recipients" in consent:
                consent["recipients"] = data.draw(st.permutations(consent["recipients"]))
    one, other = decided(engine, case), decided(engine, mixed)
    for decision in (one, other):
        decision["participations"].sort(key=json.dumps)
    assert one == other
    assert decision_of(engine, case).content_hash == decision_of(engine, mixed).content_hash


REMOVABLE = (
    "participations.role",
    "participations.status",
    "participations.agreement_on",
    "participations.completed_on+ends_on",
    "participations.consent_enterprise_info.granted",
    "participations.consent_enterprise_info.recipients",
    "firm.size_class",
    "firm.priority_firm+regular_workers+group_affiliate",
    "firm.regular_workers",
    "firm.ksic",
    "establishment.sigungu",
    "establishment.insured_workers",
    "establishment.ei_arrears",
    "survey.wishes",
    "training.any_record",
    "consents.enterprise_info.granted",
    "consents.enterprise_info.recipients",
)


def without(case: dict[str, Any], path: str) -> dict[str, Any]:
    """The case with one fact unknown (of the first participation)."""
    less = copy.deepcopy(case)
    *parents, last = path.split(".")
    place: Any = less
    for name in parents:
        place = place.get(name) or {}
        if isinstance(place, list):
            place = place[0]
    for name in last.split("+"):
        place.pop(name, None)
    return less


def answers(decision: dict[str, Any]) -> dict[str, str]:
    """Every YES, NO and UNDETERMINED that must not become NO for want of a fact."""
    found = {f"EL {k}": v["holds"] for k, v in decision["eligibility"]["rules"].items()}
    found["PF"] = decision["eligibility"]["priority_firm"]["value"]
    found |= {k: v["state"] for k, v in decision["modes"]["cells"].items()}
    found |= {f"region {k}": decision["region"][k] for k in ("capital", "decline", "concern")}
    consent = decision["consent"]
    found["consent"] = consent["referral"]["result"]
    found |= {f"notice {k}": v["result"] for k, v in consent["incentive_notice"].items()}
    found[f"joint {consent['joint_consulting']['with']}"] = consent["joint_consulting"]["result"]
    if decision["measures"] is not None:
        found |= {k: v["state"] for k, v in decision["measures"]["items"].items()}
        found |= {k: v["state"] for k, v in decision["priority"]["factors"].items()}
    return found


@MANY
@given(case=cases, path=st.sampled_from(REMOVABLE))
def test_an_unknown_fact_never_makes_a_no(case: dict[str, Any], path: str, engine: Engine) -> None:
    before = answers(decided(engine, case))
    after = answers(decided(engine, without(case, path)))
    became_no = {k for k, v in after.items() if v == "NO" and before.get(k, "NO") != "NO"}
    assert became_no == set()


@MANY
@given(case=cases, path=st.sampled_from(REMOVABLE))
def test_a_missing_fact_never_ends_an_open_referral(
    case: dict[str, Any], path: str, engine: Engine
) -> None:
    """A referral that is requested is at most held once a fact is taken away. (The own consent's
    survey is not among the removable ones, a wish is not needed; A-01.)"""
    before = decided(engine, case)["referral"]["status"]
    after = decided(engine, without(case, path))["referral"]
    if before == "requested" and not (case.get("origin") == "OWN_DISCOVERY" and "wishes" in path):
        assert after["status"] in ("requested", "held"), after


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
anything = st.recursive(
    scalars | days | st.sampled_from(["P3", "DEMAND", "CONTRACTED", "YES", "C26", "48123"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = (
    *f.Facts.__dataclass_fields__,
    *f.ParticipationFacts.__dataclass_fields__,
    *f.Firm.__dataclass_fields__,
    *f.Survey.__dataclass_fields__,
    *f.Course.__dataclass_fields__,
    "consent_enterprise_info",
    "enterprise_info",
    "granted",
    "recipients",
    "sigungu",
    "final_level",
    "diagnosis",
)
shaped = st.recursive(
    anything,
    lambda inner: (
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=6) | st.lists(inner, max_size=3)
    ),
    max_leaves=20,
)


@MANY
@given(case=st.dictionaries(st.sampled_from(NAMES), shaped, max_size=12), as_of=days | scalars)
def test_any_json_object_gets_an_answer(case: dict[str, Any], as_of: Any, engine: Engine) -> None:
    case["as_of"] = as_of
    line, ok = decide_line(json.dumps(case).encode(), engine)
    answer = json.loads(line)
    assert ("error" in answer) is not ok
    if ok:
        facts = facts_from_json(json.loads(json.dumps(case)))
        assert facts_from_json(facts_to_json(facts)) == facts


@FEW
@given(raw=st.binary(max_size=60))
def test_any_bytes_get_an_answer(raw: bytes, engine: Engine) -> None:
    line, ok = decide_line(raw, engine)
    assert ok is ("error" not in json.loads(line))


@FEW
@given(case=cases)
def test_memories_change_nothing(
    case: dict[str, Any], engine: Engine, policy: Policy, tables: Tables
) -> None:
    fresh = decision_of(Engine(policy, tables), case)
    again = decision_of(engine, case)
    assert fresh.to_json_bytes(b"null", case["as_of"]) == again.to_json_bytes(
        b"null", case["as_of"]
    )
    assert fresh.content_hash == again.content_hash
    assert [b and b.raw for b in fresh.blocks] == [b and b.raw for b in again.blocks]


@pytest.fixture(scope="module")
def unfloored(policy: Policy, tables: Tables) -> Engine:
    """An engine that decides by the very day instead of the last turning day."""
    engine = Engine(policy, tables)
    engine.memory.floor = lambda day: day
    return engine


@MANY
@given(case=cases)
def test_turning_days_change_nothing(
    case: dict[str, Any], engine: Engine, unfloored: Engine
) -> None:
    assert decided(engine, case) == decided(unfloored, case)


@MANY
@given(case=cases)
def test_invariant_11_cited_and_justified(case: dict[str, Any], engine: Engine) -> None:
    """Invariant 11, A-69, A-18, A-61, A-65, facts.md."""
    decision = decided(engine, case)
    referral = decision["referral"]
    assert referral["section"] != "-"
    opened = referral["status"] in ("requested", "held")
    for name in ("measures", "agencies", "delivery", "priority", "incentives"):
        assert (decision[name] is not None) is opened, name
    assert len(referral["addressees"]) <= 2
    assert bool(referral["addressees"]) is (referral["status"] == "requested")
    assert (referral["stage"] is not None) is opened
    assert bool(referral["missing"]) is (
        referral["status"] == "held" or referral["reasons"] == ["PROMO_UNDETERMINED"]
    )
    for names in (referral["missing"], referral["reasons"]):
        assert names == sorted(set(names))
    assert set(decision["modes"]["union"]["INCENTIVE"]) <= {"P3", "P4"}
    if opened:
        priority = decision["priority"]
        assert priority["score"] == sum(x["points"] for x in priority["factors"].values()) <= 1000
        flags = {flag["programme"] for flag in decision["incentives"].values()}
        assert flags == set(decision["modes"]["union"]["INCENTIVE"])
        picks = [decision["measures"]["primary"], *decision["measures"]["secondary"]]
        items = decision["measures"]["items"]
        assert all(items[pick]["state"] == "YES" for pick in picks if pick is not None)
        assert len(picks) <= 3
    for item in decision["entitlements"].values():
        assert bool(item["missing"]) is (item["status"] == "HELD")


@MANY
@given(case=cases)
def test_every_rule_named_is_in_the_policy(
    case: dict[str, Any], engine: Engine, policy: Policy
) -> None:
    def named(value: Any) -> set[str]:
        if isinstance(value, list):
            return {name for item in value for name in named(item)}
        if not isinstance(value, dict):
            return set()
        found = {value["rule"]} if isinstance(value.get("rule"), str) else set()
        found |= set(value.get("rules", ())) if isinstance(value.get("rules"), list) else set()
        return found | {name for item in value.values() for name in named(item)}

    decision = decided(engine, case)
    words = policy.rules
    assert named(decision) <= set(words.rules)
    assert set(decision["entitlements"]) <= set(words.rules)
    reasons = set(decision["referral"]["reasons"])
    assert reasons <= set(words.reasons) | set(words.rules)
    facts = {
        f"<P>{name[2:]}" if name[:1] == "P" else name for name in decision["referral"]["missing"]
    }
    assert facts <= set(words.facts)


@FEW
@given(case=cases)
def test_invariant_8_the_waiver_is_monotonous_in_time(case: dict[str, Any], engine: Engine) -> None:
    """Invariant 8: false on 2026-02-28, true on 2026-03-01, and a mode once in force stays."""
    states = []
    for day in ("2025-12-31", "2026-01-01", "2026-02-28", "2026-03-01", "2026-07-01"):
        for p in case.get("participations", []):
            p.pop("completed_on", None)
            p["ends_on"] = "2030-01-01"
        cells = decided(engine, {**case, "as_of": day})["modes"]["cells"]
        states.append({name for name, cell in cells.items() if cell["state"] == "YES"})
        course = {"kind": "ONLINE_AI", "start_on": day}
        entitlements = decided(engine, {**case, "course": course})["entitlements"]
        assert entitlements["EN-1"]["value"] == (0 if day >= "2026-03-01" else 1000)
    assert all(earlier <= later for earlier, later in pairwise(states))
