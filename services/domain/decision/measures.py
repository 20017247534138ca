"""Which measures are proposed, in rank order (handbook 4.5; A-04, A-12, A-16, A-17, A-49)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.policies import Policy
from schemas.policy_benefits import Proposal
from services.domain.decision.block import Block, seal
from services.domain.decision.values import NO, UNDETERMINED, YES, Tri


@dataclass(frozen=True, slots=True, eq=False)
class Needs:
    """What measures and entitlements may need of the firm, one attribute per need of the policy."""

    priority_firm: Tri
    insured_worker: Tri
    manufacturing: Tri
    region: Tri
    no_arrears: Tri

    def of(self, need: str) -> Tri:
        """The need of this name."""
        value: Tri = getattr(self, need)
        return value


@dataclass(frozen=True, slots=True, eq=False)
class Measures(Block):
    """states: per measure in rank order."""

    primary: str | None
    secondary: tuple[str, ...]
    states: Mapping[str, Tri]

    def proposes(self, measure: str) -> bool:
        """Whether the measure is on the list and its conditions hold."""
        return self.states.get(measure) == YES


def needs_of(policy: Policy, *states: Tri) -> Needs:
    """The needs with these states, in the order of Needs."""
    return Needs(*states)


def measures(
    policy: Policy,
    route: str,
    level: str,
    diagnosed: bool,
    short_of_time: bool,
    needs: Needs,
    day: str,
) -> Measures:
    """The measures block. short_of_time: small, or cannot free staff (A-49)."""
    items = {
        proposal.measure: _item(policy, proposal, needs, day)
        for proposal in _ranked(policy, route, level, diagnosed, short_of_time, day)
    }
    states: dict[str, Tri] = {measure: item["state"] for measure, item in items.items()}
    held = [measure for measure, state in states.items() if state == YES]
    picks = policy.proposals.picks
    secondary = tuple(held[picks.primary : picks.primary + picks.secondary])
    if route == "JOINT_CENTRE":
        secondary = ()
    primary = held[0] if held else None
    raw, digest = seal({"primary": primary, "secondary": secondary, "items": items})
    return Measures(raw, digest, primary, secondary, states)


def is_short_of_time(policy: Policy, workers: int | None, obstacles: tuple[str, ...]) -> bool:
    """A-49; an unknown size does not reorder."""
    rule = policy.proposals.short_of_time
    return (workers is not None and workers <= rule.max_workers) or rule.obstacle in obstacles


def _ranked(
    policy: Policy, route: str, level: str, diagnosed: bool, short_of_time: bool, day: str
) -> Iterator[Proposal]:
    proposals = policy.proposals
    if route == "JOINT_CENTRE":
        yield from proposals.midsize
    elif route != UNDETERMINED:
        if not diagnosed:
            yield _diagnosis(policy, day)
        first = proposals.short_of_time
        moved = first.first if short_of_time and level == first.level else None
        if moved:
            yield moved
        for proposal in proposals.levels[level]:
            if moved is None or proposal.measure != moved.measure:
                yield proposal


def _diagnosis(policy: Policy, day: str) -> Proposal:
    options = policy.proposals.diagnosis
    in_force = (option for option in options if _begun(_first_day(policy, option), day))
    return next(in_force, options[-1])


def _first_day(policy: Policy, proposal: Proposal) -> str | None:
    return policy.measures.measures[proposal.measure].in_force_from


def _begun(first_day: str | None, day: str) -> bool:
    return first_day is None or first_day <= day


def _item(policy: Policy, proposal: Proposal, needs: Needs, day: str) -> dict[str, Any]:
    words = policy.proposals.needs
    first_day = _first_day(policy, proposal)
    not_met = [words[need].not_met for need in proposal.needs if needs.of(need) == NO]
    missing = [words[need].missing for need in proposal.needs if needs.of(need) == UNDETERMINED]
    if not _begun(first_day, day):
        not_met.append(policy.proposals.not_yet)
    state = NO if not_met else UNDETERMINED if missing else YES
    return {
        "state": state,
        "not_met": sorted(not_met),
        "missing": sorted(missing),
        "in_force_from": first_day,
        "mode": proposal.mode,
        "rule": proposal.rule,
        "section": proposal.section,
    }
