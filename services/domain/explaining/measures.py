"""Why these measures and this level, and why not the others."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.policy_benefits import Proposal
from services.domain.explaining.case import Case
from services.domain.explaining.words import Told

_LOWEST_FIRST = ("BEGINNER", "INTERMEDIATE", "ADVANCED")


def measures_of(case: Case) -> list[dict[str, Any]]:
    """The measures that the referral carries, the first one first."""
    found = case.decision["measures"]
    if found is None:
        return []
    picks = [(found["primary"], "primary"), *((name, "secondary") for name in found["secondary"])]
    return [
        _entry(case, name, pick, case.words.say(f"measure_{pick}", measure=_name(case, name)))
        for name, pick in picks
        if name is not None
    ]


def measures_not(case: Case) -> list[dict[str, Any]]:
    """Every other measure that some level proposes, with what stands against it."""
    found = case.decision["measures"]
    if found is None:
        return []
    carried = {found["primary"], *found["secondary"]}
    names = dict.fromkeys([*found["items"], *_proposable(case)])
    return [unproposed(case, name) for name in names if name not in carried]


def unproposed(case: Case, measure: str) -> dict[str, Any]:
    """Why a measure is not among those that the referral carries."""
    words = case.words
    item = (case.decision["measures"] or {"items": {}})["items"].get(measure)
    name = _name(case, measure)
    if item is None:
        return _entry(case, measure, "other", _elsewhere(case, measure))
    if item["state"] == "YES":
        picks = words.policy.proposals.picks
        most = picks.primary + picks.secondary
        sentence = words.say("measure_listed", measure=name, picks=most)
    elif item["state"] == "NO":
        reasons = words.joined(_unmet(case, item, word) for word in item["not_met"])
        sentence = words.say("measure_no", measure=name, reasons=reasons)
    else:
        missing = words.missing_names(item["missing"])
        sentence = words.say("measure_open", measure=name, missing=missing)
    return _entry(case, measure, "listed", sentence)


def _entry(case: Case, measure: str, pick: str, sentence: Told) -> dict[str, Any]:
    words = case.words
    item = (case.decision["measures"] or {"items": {}})["items"].get(measure, {})
    known = words.policy.measures.measures.get(measure)
    clause = {"section": "-", "line": None, "quote": None, "plan": None}
    if known is not None:
        sections = ", ".join(known.sections) or "-"
        clause = words.clause(item.get("section", sections), known)
    rule = item.get("rule")
    return {
        "measure": measure,
        "name": _name(case, measure),
        "pick": pick,
        "state": item.get("state"),
        "rule": rule,
        "why": None if rule is None else words.rule(rule),
        "not_met": item.get("not_met", []),
        "missing": item.get("missing", []),
        "in_force_from": item.get("in_force_from") or (known.in_force_from if known else None),
        **sentence,
        **clause,
    }


def _name(case: Case, measure: str) -> Told:
    return case.words.measure(measure)


def _unmet(case: Case, item: Mapping[str, Any], word: str) -> Told:
    words, proposals = case.words, case.words.policy.proposals
    if word == proposals.not_yet:
        return words.say("why_in_force", day=item["in_force_from"])
    if word in words.policy.rules.rules:
        return words.bare(words.rule(word))
    if word == proposals.needs["priority_firm"].not_met:
        return words.bare(words.rule("PF", "NO"))
    if word == proposals.needs["manufacturing"].not_met:
        return words.bare(words.rule("PR-8", "NO"))
    return words.missing_fact(word)["name"]  # type: ignore[no-any-return]


def _proposable(case: Case) -> Iterator[str]:
    for proposal in _proposals(case):
        yield proposal.measure


def _proposals(case: Case) -> Iterator[Proposal]:
    proposals = case.words.policy.proposals
    yield from proposals.diagnosis
    for listed in proposals.levels.values():
        yield from listed
    yield from proposals.midsize


def _elsewhere(case: Case, measure: str) -> Told:
    """Why a measure is not even on the list: another level, another route, a diagnosis made."""
    words, proposals = case.words, case.words.policy.proposals
    name, route = _name(case, measure), case.decision["eligibility"]["route"]
    if route == "UNDETERMINED":
        return words.say("measure_route_open", measure=name)
    if any(one.measure == measure for one in proposals.diagnosis) and route == "PACKAGES":
        if case.facts.final_level is not None:
            return words.say("measure_diagnosed", measure=name)
        items = case.decision["measures"]["items"]
        other = next(one.measure for one in proposals.diagnosis if one.measure in items)
        return words.say("measure_replaced", measure=name, other=_name(case, other))
    if route != "PACKAGES":
        return words.say("measure_other_route", measure=name, route=words.word("route", route))
    levels = [
        words.word("level", level)
        for level in _LOWEST_FIRST
        if any(one.measure == measure for one in proposals.levels[level])
    ]
    return words.say("measure_other_level", measure=name, levels=words.joined(levels))


def level_of(case: Case) -> dict[str, Any]:
    """The AX level, its dimensions with the rules behind them, and why no other level."""
    ax, words = case.decision["ax"], case.words
    return {
        "level": ax["level"],
        "basis": ax["basis"],
        "total": ax["total"],
        "confidence": ax["confidence"],
        **words.say(
            "level_is",
            level=words.word("level", ax["level"]),
            basis=words.word("basis", ax["basis"]),
            total=ax["total"],
            confidence=ax["confidence"],
        ),
        **words.cited(ax["rule"], ax["section"]),
        "dimensions": [_dimension(case, name, one) for name, one in ax["dimensions"].items()],
    }


def _dimension(case: Case, name: str, one: Mapping[str, Any]) -> dict[str, Any]:
    words = case.words
    said = {
        language: " ".join(words.rule(rule)[language] for rule in one["rules"])
        for language in ("ko", "en")
    }
    return {
        "dimension": name,
        "score": one["score"],
        "rules": one["rules"],
        **words.say(
            "level_dimension",
            dimension=words.word("dimension", name),
            score=one["score"],
            rules=said,
        ),
    }


def levels_not(case: Case) -> list[dict[str, Any]]:
    """Why the firm is at none of the other levels."""
    level = case.decision["ax"]["level"]
    return [
        {"level": other, **sentence}
        for other in _LOWEST_FIRST
        if other != level
        for sentence in _against(case, other)
    ]


def _against(case: Case, level: str) -> Iterator[Told]:
    ax, words, rules = case.decision["ax"], case.words, case.words.policy.ax.levels
    called = words.word("level", level)
    if ax["basis"] == "DIAGNOSIS":
        yield words.say("level_diagnosed", level=called, found=words.word("level", ax["level"]))
        return
    if _LOWEST_FIRST.index(level) < _LOWEST_FIRST.index(ax["level"]):
        yield words.say("level_too_high", level=called, total=ax["total"])
        return
    needed = rules.advanced_from if level == "ADVANCED" else rules.intermediate_from
    if ax["total"] < needed:
        yield words.say("level_total_low", level=called, needed=needed, total=ax["total"])
    for name, least in rules.advanced_needs.items() if level == "ADVANCED" else ():
        score = ax["dimensions"][name]["score"]
        if score < least:
            yield words.say(
                "level_dimension_low",
                level=called,
                dimension=words.word("dimension", name),
                needed=least,
                score=score,
            )
