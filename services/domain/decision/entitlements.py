"""What a course gets, as of its first day (handbook 4.8; A-21 to A-27, A-76)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.policies import Policy
from schemas.policy_benefits import Entitlement, Period
from services.domain.decision.block import Block, seal
from services.domain.decision.calendar import shifted
from services.domain.decision.measures import Needs
from services.domain.decision.values import NO, UNDETERMINED, YES, Tri

START, SITE, PROVIDER, VISITING = (
    "course.start_on",
    "course.site_sigungu",
    "course.provider_sigungu",
    "course.visiting",
)


@dataclass(frozen=True, slots=True)
class CourseCase:
    """A course as the rules see it. start: turning day of its first day; None: not known;
    provider_tier None: not known."""

    kind: str
    start: str | None = None
    site_capital: Tri = UNDETERMINED
    site_decline: Tri = UNDETERMINED
    provider_tier: str | None = None
    visiting: bool | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """What the course alone gives: the rule, its period's value, and what is missing for it."""

    rule: str
    value: int | None = None
    tier: str | None = None
    basis: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    also: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    entitled: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Entitlements(Block):
    """items: per EN rule the entry as it stands in the JSON."""

    items: Mapping[str, Mapping[str, Any]]


def entitlements(policy: Policy, needs: Needs, *course: Any) -> Entitlements:
    """The entitlements block. course: the values of CourseCase; none: no course, or of an unknown
    kind."""
    values = _values(policy, CourseCase(*course)) if course else ()
    items = {value.rule: _entry(policy, value, needs) for value in values}
    raw, digest = seal(items)
    return Entitlements(raw, digest, items)


def sited_kinds(policy: Policy) -> frozenset[str]:
    """The course kinds whose benefit depends on the course's site."""
    held = policy.entitlements.skillup.held
    return frozenset(kind for kind, rules in policy.entitlements.kinds.items() if held in rules)


def _values(policy: Policy, case: CourseCase) -> Iterator[Value]:
    for rule in policy.entitlements.kinds[case.kind]:
        if rule == policy.entitlements.skillup.held:
            yield _skillup(policy, case)
        else:
            yield _dated(policy, rule, case)


def _dated(policy: Policy, rule: str, case: CourseCase) -> Value:
    entitlement = policy.entitlements.rules[rule]
    if case.start is None and not entitlement.undated:
        return Value(rule, missing=(START,))
    period, last = _period(entitlement, case.start)
    if period.tiers is None:
        return Value(
            rule,
            period.value,
            valid_from=period.first,
            valid_to=last,
            entitled=period.entitled,
        )
    if case.provider_tier is None:
        return Value(rule, valid_from=period.first, valid_to=last, missing=(PROVIDER,))
    return Value(
        rule,
        period.tiers[case.provider_tier],
        case.provider_tier,
        policy.entitlements.allowance_basis,
        period.first,
        last,
    )


def _period(entitlement: Entitlement, start: str | None) -> tuple[Period, str | None]:
    """The period of a first day, and its last day."""
    periods = entitlement.periods
    begun = [
        index
        for index, period in enumerate(periods)
        if start is None or period.first is None or period.first <= start
    ]
    index = begun[-1] if begun else 0
    last = periods[index].last
    if last is None and index + 1 < len(periods):
        following = periods[index + 1].first
        last = None if following is None else shifted(following, -1)
    return periods[index], last


def _skillup(policy: Policy, case: CourseCase) -> Value:
    skillup = policy.entitlements.skillup
    if case.start is None:
        return Value(skillup.held, missing=(START,))
    tiered_from = policy.entitlements.rules[skillup.capital].periods[0].first
    if tiered_from is not None and case.start < tiered_from:
        return _rate(policy, skillup.flat, case.start, None, None, ())
    also = (skillup.decline_note,) if case.site_decline == YES else ()
    if case.visiting:
        return _rate(policy, skillup.elsewhere, case.start, "NON_CAPITAL", skillup.visiting, also)
    if case.site_capital == UNDETERMINED:
        return Value(skillup.held, valid_from=tiered_from, also=also, missing=(SITE,))
    if case.site_capital == NO:
        return _rate(policy, skillup.elsewhere, case.start, "NON_CAPITAL", skillup.site, also)
    if case.visiting is None:
        return Value(skillup.held, valid_from=tiered_from, also=also, missing=(VISITING,))
    return _rate(policy, skillup.capital, case.start, "CAPITAL", skillup.site, also)


def _rate(
    policy: Policy,
    rule: str,
    start: str,
    tier: str | None,
    basis: str | None,
    also: tuple[str, ...],
) -> Value:
    period, last = _period(policy.entitlements.rules[rule], start)
    return Value(rule, period.value, tier, basis, period.first, last, also)


def _entry(policy: Policy, value: Value, needs: Needs) -> dict[str, Any]:
    entitlement = policy.entitlements.rules[value.rule]
    status, missing = _status(policy, entitlement, value, needs)
    return {
        "status": status,
        "value": value.value,
        "unit": entitlement.unit,
        "up_to": entitlement.up_to,
        "kind": entitlement.kind,
        "measure": entitlement.measure,
        "region_tier": value.tier,
        "region_basis": value.basis,
        "valid_from": value.valid_from,
        "valid_to": value.valid_to,
        "also": value.also,
        "missing": missing,
        "attached": entitlement.attached,
        "section": policy.section(value.rule),
    }


def _status(
    policy: Policy, entitlement: Entitlement, value: Value, needs: Needs
) -> tuple[str, list[str]]:
    states = {need: needs.of(need) for need in entitlement.needs}
    if not value.entitled or NO in states.values():
        return "NOT_ENTITLED", []
    words = policy.proposals.needs
    missing = {words[need].missing for need, state in states.items() if state == UNDETERMINED}
    missing.update(value.missing)
    if missing:
        return "HELD", sorted(missing)
    return ("INDICATIVE" if entitlement.attached else "CATALOGUE"), []
