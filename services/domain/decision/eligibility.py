"""Who is referred and on which route (handbook 2.2, 2.4, 4.1; rulings A-03 to A-06, A-45 to A-48).

For every rule YES means that the condition printed in the handbook's table is true (A-47).
"""

import re
from dataclasses import dataclass

from schemas.policies import Policy
from services.domain.decision.block import Block, seal
from services.domain.decision.facts import Establishment, Firm
from services.domain.decision.values import (
    NO,
    UNDETERMINED,
    YES,
    Tri,
    all_of,
    any_of,
    known,
    negated,
)

ROUTES = (
    ("EL-9", "NONE"),
    ("EL-6", "CLOSE"),
    ("EL-5", "PROMO_ONLY"),
    ("EL-4", "JOINT_CENTRE"),
    ("EL-3", "PACKAGES"),
)
PRIORITY_RULE = "PF"
KSIC = re.compile(r"([A-Z])?([0-9]{2})[0-9]{0,3}|([A-Z])")


@dataclass(frozen=True, slots=True)
class PriorityFirm:
    """Whether the firm is a priority-support firm; limit: the workers it was compared with."""

    value: Tri
    basis: str
    limit: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Eligibility(Block):
    """The nine rules, the route that follows."""

    rules: dict[str, Tri]
    priority: PriorityFirm
    route: str


def section_of(policy: Policy, ksic: str | None) -> str | None:
    """The KSIC section of a code; None where it cannot be told (A-72)."""
    matched = KSIC.fullmatch(ksic) if ksic else None
    if matched is None:
        return None
    letter, division, alone = matched.groups()
    if alone:
        return alone if alone in policy.industry.sections else None
    for section, (first, last) in policy.industry.sections.items():
        if first <= int(division) <= last:
            return section if letter in (None, section) else None
    return None


def excluded_industry(policy: Policy, establishment: Establishment, ksic: str | None) -> bool:
    """Whether PBL excludes the firm's industry; an unknown answer and an empty list mean no."""
    if establishment.excluded_industry is not None:
        return establishment.excluded_industry
    digits = (ksic or "").lstrip("ABCDEFGHIJKLMNOPQRSTU")
    return any(digits.startswith(code) for code in policy.excluded_industries.ksic)


def priority_firm(policy: Policy, firm: Firm, section: str | None) -> PriorityFirm:
    """The register's or declared value, else computed; never from the size class (A-05, A-06)."""
    if firm.priority_firm == YES:
        return PriorityFirm(YES, "DECLARED", None)
    if firm.priority_firm == NO:
        return PriorityFirm(NO, "DECLARED", None)
    limit = None if section is None else _limit(policy, section)
    return PriorityFirm(_computed(policy, firm, limit), "COMPUTED", limit)


def _limit(policy: Policy, section: str) -> int:
    eligibility = policy.eligibility
    return eligibility.priority_limits.get(section, eligibility.priority_limit_other)


def _computed(policy: Policy, firm: Firm, limit: int | None) -> Tri:
    if firm.group_affiliate:
        return NO
    workers = firm.regular_workers
    if workers is None:
        return UNDETERMINED
    if limit is not None:
        return known(workers <= limit)
    limits = {policy.eligibility.priority_limit_other, *policy.eligibility.priority_limits.values()}
    if workers <= min(limits):
        return YES
    return NO if workers > max(limits) else UNDETERMINED


def insured_worker(workers: int | None) -> Tri:
    """Whether the worker measures have someone to train; 0 and unknown alike leave it open until
    the count is confirmed (A-45)."""
    return YES if workers else UNDETERMINED


def closed(tax_status: str | None) -> Tri:
    """EL-6 by tax status; nobody to ask and no answer are both undetermined (F64)."""
    if tax_status == "CLOSED":
        return YES
    return UNDETERMINED if tax_status in (None, "UNKNOWN") else NO


def size_in(size_class: str | None, classes: frozenset[str]) -> Tri:
    """Whether the size class is one of these."""
    if size_class in (None, "UNKNOWN"):
        return UNDETERMINED
    return known(size_class in classes)


def eligibility(
    policy: Policy,
    el1: Tri,
    el2: Tri,
    size_class: str | None,
    priority: PriorityFirm,
    closed: Tri,
    all_ended: Tri,
    no_worker: Tri,
    el8: Tri,
    individual: bool,
) -> Eligibility:
    """The eligibility block. closed, all_ended: EL-6 by tax status, by participations."""
    sizes = policy.eligibility
    midsize = size_in(size_class, sizes.midsize_sizes)
    rules: dict[str, Tri] = {
        "EL-1": el1,
        "EL-2": el2,
        "EL-3": any_of((size_in(size_class, sizes.sme_sizes), priority.value)),
        "EL-4": all_of((midsize, negated(priority.value))),
        "EL-5": size_in(size_class, sizes.promo_only_sizes),
        "EL-6": any_of((closed, all_ended)),
        "EL-7": no_worker,
        "EL-8": el8,
        "EL-9": known(individual),
    }
    route = next((route for rule, route in ROUTES if rules[rule] == YES), UNDETERMINED)
    raw, digest = seal(
        {
            "rules": {
                rule: {"holds": holds, "section": policy.section(rule)}
                for rule, holds in rules.items()
            },
            "priority_firm": {
                "value": priority.value,
                "basis": priority.basis,
                "limit": priority.limit,
                "rule": PRIORITY_RULE,
                "section": policy.section(PRIORITY_RULE),
            },
            "route": route,
        }
    )
    return Eligibility(raw, digest, rules, priority, route)
