"""What a decision gives a workplace, in a form that two decisions can be compared by."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from services.domain.decision.decision import Decision
from services.domain.decision.engine import Engine
from services.domain.decision.facts import Course, Facts
from services.domain.decision.values import NO, UNDETERMINED, YES

REFERRAL_RANKS = {"none": 0, "promo_only": 1, "held": 2, "requested": 3}
STATE_RANKS = {NO: 0, UNDETERMINED: 1, YES: 2}
SMALLER_IS_BETTER = "SELF_PAY_WAIVER"


@dataclass(frozen=True, slots=True)
class Outcome:
    """ranks: what the workplace has, more is better; what is not named it has not (0).
    values: per EN rule kind the value, more is better. aspects: what totals are counted by."""

    ranks: Mapping[str, int]
    values: Mapping[str, int]
    aspects: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Movement:
    """What a workplace gains and loses, by name."""

    gains: tuple[str, ...]
    losses: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """gains, loses, mixed or other: something changed that is neither."""
        if self.gains and self.losses:
            return "mixed"
        return "gains" if self.gains else "loses" if self.losses else "other"


def outcome_of(decision: Decision, values: Mapping[str, int]) -> Outcome:
    """The outcome of one decision. values: of `course_values`."""
    ranks = dict(_ranks(decision))
    return Outcome(ranks, values, tuple(_aspects(decision, values)))


def movement(before: Outcome, after: Outcome) -> Movement:
    """What changes between two outcomes of one workplace."""
    gains, losses = [], []
    for name in sorted({*before.ranks, *after.ranks}):
        one, other = before.ranks.get(name, 0), after.ranks.get(name, 0)
        if other > one:
            gains.append(name)
        elif other < one:
            losses.append(name)
    for name in sorted({*before.values} & {*after.values}):
        one, other = before.values[name], after.values[name]
        if other > one:
            gains.append(f"value:{name}")
        elif other < one:
            losses.append(f"value:{name}")
    return Movement(tuple(gains), tuple(losses))


def course_values(engine: Engine, facts: Facts, decision: Decision) -> dict[str, int]:
    """Values that a course would have for a proposed measure, by entitlement kind and measure.

    The course is assumed: it begins on the deciding day, at the workplace's own place, and nobody
    visits. More is better: an own share counts as its negative.
    """
    if decision.measures is None:
        return {}
    found: dict[str, int] = {}
    place = facts.establishment.sigungu
    for kind in attached_kinds(engine):
        course = Course(kind, facts.as_of, place, place, False)
        items = engine.decide(replace(facts, course=course)).entitlements.items
        for item in items.values():
            proposed = decision.measures.states.get(item["measure"]) == YES
            if item["attached"] and proposed and item["value"] is not None:
                sign = -1 if item["kind"] == SMALLER_IS_BETTER else 1
                if item["status"] == "INDICATIVE":
                    found[f"{item['measure']}:{item['kind']}"] = sign * item["value"]
    return found


def attached_kinds(engine: Engine) -> list[str]:
    """Course kinds with a value that goes to the firm's referral."""
    told = engine.policy.entitlements
    return [
        kind
        for kind, rules in told.kinds.items()
        if any(told.rules[rule].attached for rule in rules if rule in told.rules)
    ]


def _ranks(decision: Decision) -> Iterator[tuple[str, int]]:
    yield "referral", REFERRAL_RANKS[decision.referral.status]
    if decision.consent.results.joint == YES:
        yield "joint_consulting", 1
    for mode, programmes in decision.modes.union.items():
        yield f"mode:{mode}", int(bool(programmes))
    for measure, state in decision.measures.states.items() if decision.measures else ():
        yield f"measure:{measure}", STATE_RANKS[state]
    for flag in decision.incentives.flags if decision.incentives else ():
        yield f"incentive:{flag.flag_id}", 1 + len(flag.evidence)


def _aspects(decision: Decision, values: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    yield "referral", decision.referral.status
    yield "route", decision.eligibility.route
    yield "level", decision.ax.level
    yield "joint_consulting", decision.consent.results.joint
    for mode, programmes in decision.modes.union.items():
        if programmes:
            yield "mode", mode
    for addressee in decision.referral.addressees:
        yield "addressee", addressee
    if decision.measures is not None:
        yield "primary", decision.measures.primary or "-"
        for measure, state in decision.measures.states.items():
            yield f"measure {state}", measure
    if decision.incentives is not None:
        for flag in decision.incentives.flags:
            yield "incentive", flag.flag_id
    for name, value in values.items():
        yield "value", f"{name} {abs(value)}"
