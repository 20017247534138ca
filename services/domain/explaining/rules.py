"""The rules of a decision by what they came to: satisfied, not satisfied, undetermined.

A rule that is undetermined is told as such and never as "no" (architecture, decision 10).
"""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from services.domain.explaining.case import STATES, Case
from services.domain.explaining.words import Told

Rule: TypeAlias = dict[str, Any]


def rules_of(case: Case) -> dict[str, list[Rule]]:
    """Every rule with a state, in the order of the pipeline."""
    found: dict[str, list[Rule]] = {name: [] for name in STATES.values()}
    for rule in _all(case):
        found[STATES[rule["state"]]].append(rule)
    return found


def participations_of(case: Case) -> list[dict[str, Any]]:
    """Each participation: whether it counts and by which rules."""
    told = []
    for at, (p, view) in enumerate(zip(case.live, case.decision["participations"], strict=True)):
        told.append(
            {
                "programme": p["programme"],
                "counts": view["counts"],
                **_counts(case, p, view),
                "rules": [_rule(case, rule, view[rule], at=at) for rule in _OF_PARTICIPATION],
            }
        )
    return told


_OF_PARTICIPATION = ("EL-1", "EL-2", "EL-6", "ABSENT", "Q9")
_FAILS = (("EL-1", "NO"), ("EL-6", "YES"), ("EL-2", "NO"), ("ABSENT", "YES"), ("Q9", "NO"))


def _counts(case: Case, p: Mapping[str, Any], view: Mapping[str, Any]) -> Told:
    words = case.words
    slots = {
        "programme": words.programme(p["programme"]),
        "role": words.value("participation.role", p.get("role")),
        "status": words.value("participation.status", p.get("status")),
    }
    if view["counts"] == "YES":
        return words.say("counts_yes", **slots)
    if view["counts"] == "UNDETERMINED":
        return words.say("counts_open", **slots)
    failed = next(rule for rule, state in _FAILS if view[rule] == state)
    return words.failure(failed, **slots)


def _all(case: Case) -> Iterator[Rule]:
    decision = case.decision
    yield _region(case)
    eligibility = decision["eligibility"]
    for rule, one in eligibility["rules"].items():
        yield _rule(case, rule, one["holds"])
    yield _priority_firm(case, eligibility["priority_firm"])
    yield from _modes(case)
    yield from _consents(case)
    yield from _levels(case)
    for rule, one in (decision["priority"] or {"factors": {}})["factors"].items():
        yield {**_rule(case, rule, one["state"]), "points": one["points"]}


def _rule(
    case: Case, rule: str, state: str, about: str | None = None, at: int | None = None
) -> Rule:
    return {
        "rule": rule,
        "about": about,
        "state": state,
        **case.words.rule(rule, state),
        "because": case.because(rule, at),
        **case.words.cited(rule),
    }


def _region(case: Case) -> Rule:
    region, words = case.decision["region"], case.words
    if region["resolved"] != "YES":
        return _rule(case, region["rule"], "UNDETERMINED")
    suffix = {"YES": "yes", "NO": "no", "UNDETERMINED": "open"}
    traits = [
        words.say(f"trait_{name}_{suffix[region[name]]}")
        for name in ("capital", "decline", "concern")
    ]
    sentence = words.say("region", place=case.place(), traits=words.joined(traits))
    return {**_rule(case, region["rule"], "YES"), **sentence}


def _priority_firm(case: Case, found: Mapping[str, Any]) -> Rule:
    words, rule = case.words, _rule(case, found["rule"], found["value"])
    workers = case.facts.firm.regular_workers
    if found["basis"] != "COMPUTED" or workers is None or found["limit"] is None:
        return rule
    sentence = words.say(
        "priority_computed",
        workers=words.value("firm.regular_workers", workers),
        limit=found["limit"],
        value=words.say("priority_yes")
        if found["value"] == "YES"
        else words.rule(found["rule"], found["value"]),
    )
    return {**rule, **sentence}


def _modes(case: Case) -> Iterator[Rule]:
    words, matrix = case.words, case.words.policy.matrix
    for name, cell in case.decision["modes"]["cells"].items():
        _, programme, mode = name.split("-", 2)
        column = matrix.modes[mode]
        if case.facts.as_of < cell["starts_on"]:
            form = "mode_early"
        else:
            forms = {"YES": "mode_yes", "NO": "mode_not_counted", "UNDETERMINED": "mode_open"}
            form = forms[cell["state"]]
        sentence = words.say(
            form,
            programme=words.programme(programme),
            mode=words.bare({"ko": column.ko, "en": column.en}),
            day=cell["starts_on"],
        )
        clause = words.clause(cell["section"], column)
        yield {
            "rule": name,
            "about": programme,
            "state": cell["state"],
            **sentence,
            "because": [],
            **clause,
        }


def _consents(case: Case) -> Iterator[Rule]:
    consent = case.decision["consent"]
    for step in ("promo", "survey"):
        by_hub = consent[step]["channel"] == "HUB"
        if by_hub or step == "promo":
            yield _rule(case, consent[step]["rule"], "YES")
    yield _rule(case, consent["referral"]["rule"], consent["referral"]["result"])
    joint = consent["joint_consulting"]
    if joint["result"] in STATES:
        yield _rule(case, joint["rule"], joint["result"], about=joint["with"])
    for programme, one in consent["incentive_notice"].items():
        yield _rule(case, one["rule"], one["result"], about=programme)


def _levels(case: Case) -> Iterator[Rule]:
    """The AX rules that gave points; those that found nothing to look at are not told here."""
    fired: dict[str, list[Told]] = {}
    for name, one in case.decision["ax"]["dimensions"].items():
        for rule in one["rules"]:
            if rule != case.words.policy.ax.no_data:
                fired.setdefault(rule, []).append(case.words.word("dimension", name))
    for rule, dimensions in fired.items():
        yield {**_rule(case, rule, "YES"), "dimensions": case.words.joined(dimensions)}
