"""Why this agency, and why not the others."""

from collections.abc import Iterator
from typing import Any

from services.domain.explaining.case import Case
from services.domain.explaining.measures import unproposed

PARTS = ("PUBLIC", "SECOND", "JOINT_CENTRE", "LAB", "RSC")


def agencies_of(case: Case) -> list[dict[str, Any]]:
    """The agencies that the decision names, each with its rule and whether the referral goes
    there; none without a referral."""
    words, found = case.words, []
    addressees = case.decision["referral"]["addressees"]
    for part, one in (case.decision["agencies"] or {}).items():
        code, rule = one["agency"], words.rule(one["rule"])
        called = words.word("agency_part", part)
        if code is None:
            sentence = words.say("agency_nobody", part=called, rule=rule)
        else:
            sentence = words.say("agency_why", part=called, agency=words.agency(code), rule=rule)
        sent = code in addressees
        after = words.say("agency_addressed" if sent else "agency_named_only")
        found.append(
            {
                "part": part,
                "agency": code,
                "addressed": sent,
                "rule": one["rule"],
                "ko": f"{sentence['ko']} {after['ko']}" if code else sentence["ko"],
                "en": f"{sentence['en']} {after['en']}" if code else sentence["en"],
                "because": case.because(one["rule"]),
                **words.cited(one["rule"], one["section"]),
            }
        )
    return found


def agencies_not(case: Case) -> list[dict[str, Any]]:
    """Why the other agencies are not named."""
    named, words = case.decision["agencies"], case.words
    if named is None:
        return [{"part": None, **words.say("agency_no_referral")}]
    if named["PUBLIC"]["agency"] is None:
        return [{"part": None, **words.say("agency_no_place")}]
    return list(_others(case))


def _others(case: Case) -> Iterator[dict[str, Any]]:
    words, named = case.words, case.decision["agencies"]
    yield {"part": "PUBLIC", **words.say("agency_outside", place=case.place())}
    operator = words.policy.agencies.operator_prefix
    second = (named.get("SECOND") or {"agency": ""})["agency"]
    if second.startswith(operator):
        yield {"part": "SECOND", **words.say("centre_replaced")}
    else:
        yield _operator(case)
        route = case.decision["eligibility"]["route"]
        if not second and route == "PACKAGES":
            yield {"part": "SECOND", **words.say("centre_closed", day=case.facts.as_of)}
        elif not second and route == "UNDETERMINED":
            yield {"part": "SECOND", **words.say("centre_route_open")}
        elif not second:
            told = words.say("centre_route", route=words.word("route", route))
            yield {"part": "SECOND", **told}
    proposals = words.policy.proposals
    for part, measure in (("JOINT_CENTRE", proposals.joint_centre), ("LAB", proposals.lab)):
        if part not in named:
            yield _by_measure(case, part, measure)
    if "RSC" not in named:
        yield {"part": "RSC", **words.say("council_not_needed")}


def _operator(case: Case) -> dict[str, Any]:
    joint, words = case.decision["consent"]["joint_consulting"], case.words
    if joint["result"] == "NOT_ASKED":
        return {"part": "OPERATOR", **words.say("operator_not_asked")}
    sentence = words.rule(joint["rule"], joint["result"])
    part = words.word("agency_kind", "OPERATOR")
    return {"part": "OPERATOR", **words.say("about", about=part, sentence=sentence)}


def _by_measure(case: Case, part: str, measure: str) -> dict[str, Any]:
    words, called = case.words, case.words.word("agency_part", part)
    items = case.decision["measures"]["items"]
    if items.get(measure, {}).get("state") == "YES":
        return {"part": part, **words.say("agency_none_there", part=called, day=case.facts.as_of)}
    told = unproposed(case, measure)
    sentence = {"ko": told["ko"], "en": told["en"]}
    return {"part": part, **words.say("agency_by_measure", part=called, measure=sentence)}
