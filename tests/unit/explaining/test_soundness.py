"""What is told is so: three values, changes that were decided, coming days that come true."""

import copy
from typing import Any

from hypothesis import HealthCheck, given, settings

from services.domain.decision.reading import facts_from_json
from services.domain.explaining.explainer import Explainer
from services.domain.explaining.plain import SECTIONS, at
from tests.unit.decision.test_properties import cases

SOME = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def reached(explainer: Explainer, facts: dict[str, Any], one: dict[str, Any]) -> bool:
    """Whether a benefit applies under these facts."""
    decision = explainer.decide(facts_from_json(facts))
    match one["benefit"]:
        case "REFERRAL":
            return bool(decision["referral"]["status"] == "requested")
        case "JOINT_CONSULTING":
            return bool(decision["referral"]["diagnosis_kind"] == "JOINT_TECH_HRD")
        case "INCENTIVE":
            return bool(decision["incentives"])
        case "LEVEL":
            return bool(decision["ax"]["level"] == one["id"])
        case "MEASURE":
            return bool(decision["measures"]["items"][one["id"]]["state"] == "YES")
        case _:
            status = decision["entitlements"][one["id"]]["status"]
            return status in ("INDICATIVE", "CATALOGUE")


def altered(facts: dict[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    """The facts with the told changes, made here and not by the code under test. A change of a
    participation is made in all of its programme: a case with two of one is left out."""
    told: dict[str, Any] = copy.deepcopy(facts)
    if one["on"] is not None:
        told["as_of"] = one["on"]
    for change in one["changes"]:
        part, _, name = change["fact"].partition(".")
        if change["fact"] == "participation":
            programme = change["after"][-1]
            told.setdefault("participations", []).append(
                {
                    "programme": programme,
                    "role": "DEMAND",
                    "status": "CONTRACTED",
                    "agreement_on": facts["as_of"],
                    "joint_consulting_requested": True,
                    "consent_enterprise_info": {
                        "granted": True,
                        "recipients": ["HRDK", f"OPERATOR:{programme}"],
                    },
                }
            )
        elif part == "participation":
            for p in told["participations"]:
                if p["programme"] == change["about"] and not p.get("is_deleted"):
                    p[name] = change["after"]
        else:
            told.setdefault(part, {})[name] = change["after"]
    return told


def told_apart(facts: dict[str, Any]) -> bool:
    programmes = [p["programme"] for p in facts.get("participations", [])]
    return len(programmes) == len(set(programmes))


@SOME
@given(case=cases)
def test_a_change_that_is_told_brings_the_benefit(
    case: dict[str, Any], explainer: Explainer
) -> None:
    found = explainer.explain(facts_from_json(case))["would_change"]
    for one in found:
        assert not reached_now(explainer, case, one), one
        if one["changes"] is not None and told_apart(case):
            assert reached(explainer, altered(case, one), one), one


def reached_now(explainer: Explainer, case: dict[str, Any], one: dict[str, Any]) -> bool:
    return reached(explainer, case, one)


@SOME
@given(case=cases)
def test_coming_days_come_true(case: dict[str, Any], explainer: Explainer) -> None:
    facts = facts_from_json(case)
    for one in explainer.explain(facts)["by_itself"]:
        assert one["on"] > facts.as_of or one["kind"] == "COURSE"
        if one["kind"] != "DAY":
            continue
        later = explainer.decide(facts_from_json({**case, "as_of": one["on"]}))
        assert value_at(later, one["path"]) == one["after"], one


def value_at(decision: dict[str, Any], path: str) -> Any:
    part, _, name = path.partition(".")
    block = decision[part]
    match part:
        case "participations":
            return block[int(name.split(".")[0])]["counts"]
        case "modes":
            return block["cells"][name]["state"]
        case "measures" if name not in ("primary", "secondary"):
            return ((block or {"items": {}})["items"].get(name) or {"state": None})["state"]
        case "agencies":
            return ((block or {}).get(name) or {"agency": None})["agency"]
        case "incentives":
            return ((block or {}).get(name) or {"status": None})["status"]
        case "alarms":
            return name if name in block else None
        case "entitlements":
            return [block[name]["status"], block[name]["value"]] if name in block else None
        case "referral":
            return block[name] or None
        case _:
            return (block or {}).get(name)


@SOME
@given(case=cases)
def test_undetermined_is_never_told_as_no(case: dict[str, Any], explainer: Explainer) -> None:
    found = explainer.explain(facts_from_json(case))
    rules = explainer.policy.rules.rules
    for state, name in (("YES", "satisfied"), ("NO", "not_satisfied")):
        for one in found["rules"][name]:
            assert one["state"] == state
            known = rules.get(one["rule"])
            assert known is None or known.open is None or one["ko"] != known.open.ko
    for one in found["rules"]["undetermined"]:
        assert one["state"] == "UNDETERMINED"
        known = rules.get(one["rule"])
        if known is not None and known.unmet is not None:
            assert known.open is not None
            assert one["ko"] != known.unmet.ko
            assert one["ko"] == known.open.ko or known.open.ko in one["ko"]
    if found["conclusion"]["route"] == "UNDETERMINED":
        for one in (*found["why_not"]["measures"], *found["why_not"]["agencies"]):
            assert "경로" not in one["ko"] and "제안하지 않는다" not in one["ko"], one
    for one in found["why_not"]["measures"]:
        if one["state"] == "UNDETERMINED":
            assert "제안하지 않는다:" not in one["ko"]
            assert one["missing"]


@SOME
@given(case=cases)
def test_every_text_is_there_in_both_languages(case: dict[str, Any], explainer: Explainer) -> None:
    found = explainer.explain(facts_from_json(case))
    for _, path in SECTIONS:
        for item in at(found, path):
            assert item["ko"].strip() and item["en"].strip(), (path, item)
            assert "{" not in item["ko"] + item["en"], item
            assert "None" not in item["ko"] + item["en"], item
