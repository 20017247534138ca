"""What each participation is worth to a decision, and what all of them come to.

EL-1, EL-2, Q9 and absence decide whether a participation counts (rulings A-09, A-10, A-48, A-97);
its AX evidence does not depend on Q9 or absence (A-42).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from schemas.policies import Policy
from schemas.policy_types import Evidence, Where
from services.domain.decision.block import Block, digest, seal
from services.domain.decision.calendar import years_after
from services.domain.decision.facts import ParticipationFacts
from services.domain.decision.values import NO, UNDETERMINED, YES, Tri, all_of, any_of, known

SECTION = "IV-2, IV-5"

Told: TypeAlias = Mapping[str, str | bool | None]
"""Facts of a participation by name."""


@dataclass(frozen=True, slots=True)
class Traits:
    """A participation as the rules see it: what is left when dates and consents are taken out.

    home: not another ministry's part (Q12). told: the facts of `told_facts`, in that order.
    """

    programme: str
    role: str | None
    status: str | None
    q9: Tri
    absent: bool
    home: bool
    mentored: bool
    joint_requested: bool
    told: tuple[str | bool | None, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """One rule's points for the AX level from one participation."""

    rule: str
    base: tuple[tuple[str, int], ...] = ()
    add: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class View(Block):
    """One participation.

    failure: the first thing that keeps it from counting
    (A-03). unknown: facts that leave it open whether it counts. passes: EL-1 and EL-2 hold.
    """

    programme: str
    home: bool
    el1: Tri
    el2: Tri
    ended: Tri
    counts: Tri
    failure: str | None
    unknown: tuple[str, ...]
    passes: bool
    mentored: bool
    joint_requested: bool
    scores: tuple[Score, ...]


def q9(policy: Policy, p: ParticipationFacts, as_of: str) -> Tri:
    """Whether the participation is recent enough (Q9, A-10)."""
    eligibility = policy.eligibility
    if p.status in eligibility.finished_statuses:
        end = p.completed_on or p.ends_on
        if end is None:
            return UNDETERMINED
        return known(as_of <= years_after(end, eligibility.finished_years))
    return UNDETERMINED if el2(policy, p.status) == UNDETERMINED else YES


def el1(policy: Policy, role: str | None) -> Tri:
    """EL-1: the firm is the one that uses AI (A-88)."""
    if role in policy.eligibility.using_roles:
        return YES
    return NO if role in policy.eligibility.other_roles else UNDETERMINED


def el2(policy: Policy, status: str | None) -> Tri:
    """EL-2: selected or later, and not ended (A-09)."""
    eligibility = policy.eligibility
    if status in eligibility.participant_statuses:
        return YES
    others = eligibility.other_statuses | eligibility.ended_statuses
    return NO if status in others else UNDETERMINED


def ended(policy: Policy, status: str | None) -> Tri:
    """EL-6 of one participation: terminated or withdrawn (A-09)."""
    if status in policy.eligibility.ended_statuses:
        return YES
    return UNDETERMINED if el2(policy, status) == UNDETERMINED else NO


def view(policy: Policy, *seen: Any) -> View:
    """One participation's view, with its entry of the decision. seen: the values of Traits."""
    traits = Traits(*seen)
    first, second = el1(policy, traits.role), el2(policy, traits.status)
    end = ended(policy, traits.status)
    counts = all_of((first, second, traits.q9, NO if traits.absent else YES))
    passes = first == YES and second == YES and traits.home
    raw, sealed = seal(
        {
            "programme": traits.programme,
            "EL-1": first,
            "EL-2": second,
            "EL-6": end,
            "ABSENT": known(traits.absent),
            "Q9": traits.q9,
            "counts": counts,
            "section": SECTION,
        }
    )
    return View(
        raw,
        sealed,
        programme=traits.programme,
        home=traits.home,
        el1=first,
        el2=second,
        ended=end,
        counts=counts,
        failure=_failure(first, end, second, traits),
        unknown=_unknown(first, second, traits) if counts == UNDETERMINED else (),
        passes=passes,
        mentored=traits.mentored,
        joint_requested=traits.joint_requested,
        scores=tuple(_scores(policy, traits)) if passes else (),
    )


def _failure(first: Tri, end: Tri, second: Tri, traits: Traits) -> str | None:
    if first == NO:
        return "EL-1"
    if end == YES:
        return "EL-6"
    if second == NO:
        return "EL-2"
    if traits.absent:
        return "ABSENT"
    return "Q9" if traits.q9 == NO else None


def _unknown(first: Tri, second: Tri, traits: Traits) -> tuple[str, ...]:
    names = []
    if first == UNDETERMINED:
        names.append("role")
    if second == UNDETERMINED:
        names.append("status")
    elif traits.q9 == UNDETERMINED:
        names.append("completed_on")
    return tuple(f"{traits.programme}.{name}" for name in names)


def told_facts(policy: Policy) -> dict[str, tuple[str, ...]]:
    """Per programme, the facts of a participation that its evidence rules ask for."""
    ax = policy.ax
    asked: dict[str, set[str]] = {programme: set() for programme in policy.matrix.programmes}
    for row in ax.evidence:
        asked[row.programme].update(row.where)
        for cap in ax.caps:
            if cap.of == row.rule:
                asked[row.programme].update(cap.where)
    return {programme: tuple(sorted(facts)) for programme, facts in asked.items()}


def _scores(policy: Policy, traits: Traits) -> Iterable[Score]:
    told = dict(zip(told_facts(policy)[traits.programme], traits.told, strict=True))
    fired: dict[str, Evidence] = {}
    for row in policy.ax.evidence:
        if row.rule not in fired and _fits(policy, row, traits, told):
            fired[row.rule] = row
    for rule, row in fired.items():
        base = dict(row.base)
        for cap in policy.ax.caps:
            if cap.of == rule and _where(cap.where, told):
                for dimension, most in cap.to.items():
                    base[dimension] = min(base.get(dimension, 0), most)
                yield Score(cap.rule, tuple((dimension, 0) for dimension in cap.to))
        yield Score(rule, tuple(base.items()), tuple(row.add.items()))


def _fits(policy: Policy, row: Evidence, traits: Traits, told: Told) -> bool:
    return (
        row.programme == traits.programme
        and (row.at is None or traits.status in policy.ax.statuses[row.at])
        and _where(row.where, told)
    )


def _where(where: Where, told: Told) -> bool:
    return all(told[fact] in values for fact, values in where.items())


@dataclass(frozen=True, slots=True, eq=False)
class Group(Block):
    """All participations of the firm together.

    el1, el2: OR over them; all_ended: whether every one of them was terminated or withdrawn.
    counts: per programme, whether any counts, and whether any of the matrix's own ministry does.
    unknown: per programme, facts that leave it open; opening: only of those that could open a
    referral. failures: the first failure of each (A-03). joint: programmes that were accepted for
    joint consulting, in the order of A-19. passing: programmes that pass EL-1 and EL-2.
    raw has the entries in an order of its own, listed in that of the facts.
    """

    views: tuple[View, ...]
    el1: Tri
    el2: Tri
    all_ended: Tri
    counts: tuple[tuple[str, Tri, Tri], ...]
    unknown: tuple[str, ...]
    opening: tuple[str, ...]
    failures: tuple[str, ...]
    joint: tuple[str, ...]
    passing: frozenset[str]
    mentored: bool
    scores: frozenset[Score]
    two_programmes: Tri
    joint_programme: Tri
    listed: bytes


def group(policy: Policy, *views: View) -> Group:
    """What all participations come to. Their order shows in views and listed only."""
    matrix = policy.matrix
    counts = _counts(views)
    raw = _array(sorted([v.raw for v in views]))
    return Group(
        raw,
        digest(raw),
        views=views,
        el1=any_of([v.el1 for v in views]),
        el2=any_of([v.el2 for v in views]),
        all_ended=all_of([v.ended for v in views]) if views else NO,
        counts=counts,
        unknown=_all_unknown(views),
        opening=_all_unknown([v for v in views if v.unknown and v.home and _opens(policy, v)]),
        failures=tuple(sorted({v.failure for v in views if v.failure})),
        joint=_joint(matrix.joint_order, views),
        passing=frozenset([v.programme for v in views if v.passes]),
        mentored=True in [v.passes and v.mentored for v in views],
        scores=frozenset([score for v in views for score in v.scores]),
        two_programmes=_several(counts, policy.priority.programmes),
        joint_programme=any_of([home for name, _, home in counts if name in matrix.joint_order]),
        listed=_array([v.raw for v in views]),
    )


def _array(entries: list[bytes]) -> bytes:
    return b"[" + b",".join(entries) + b"]"


def _counts(views: Iterable[View]) -> tuple[tuple[str, Tri, Tri], ...]:
    found: dict[str, tuple[Tri, Tri]] = {}
    for v in views:
        anywhere, at_home = found.get(v.programme, (NO, NO))
        found[v.programme] = (
            any_of((anywhere, v.counts)),
            any_of((at_home, v.counts)) if v.home else at_home,
        )
    return tuple([(name, *found[name]) for name in sorted(found)])


def _joint(order: tuple[str, ...], views: Iterable[View]) -> tuple[str, ...]:
    accepted = {v.programme for v in views if v.joint_requested and v.home and v.counts == YES}
    return tuple([programme for programme in order if programme in accepted])


def _all_unknown(views: Iterable[View]) -> tuple[str, ...]:
    return tuple(sorted({fact for v in views for fact in v.unknown}))


def _opens(policy: Policy, v: View) -> bool:
    modes = policy.matrix.programmes[v.programme].modes
    return any(mode in policy.matrix.referral_modes for mode in modes)


def _several(counts: Iterable[tuple[str, Tri, Tri]], least: int) -> Tri:
    homes = [home for _, _, home in counts]
    if homes.count(YES) >= least:
        return YES
    return UNDETERMINED if len(homes) - homes.count(NO) >= least else NO
