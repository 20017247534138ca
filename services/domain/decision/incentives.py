"""Incentive flags both ways, for programmes with mode INCENTIVE (handbook 4.10; A-65)."""

from dataclasses import dataclass
from typing import Any

from schemas.policies import Policy
from services.domain.decision.block import Block, seal
from services.domain.decision.values import Tri, known

EVIDENCE = ("DIAGNOSED", "TRAINED", "PBL_DONE")


@dataclass(frozen=True, slots=True)
class Flag:
    """One INDICATIVE flag; evidence: what has earned it, in the policy's order."""

    flag_id: str
    rule: str
    programme: str
    kind: str
    direction: str
    valid_from: str
    section: str
    evidence: tuple[str, ...] = ()
    notify_operator: Tri | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Incentives(Block):
    """All flags of the referral."""

    flags: tuple[Flag, ...]


def incentives(policy: Policy, notices: tuple[tuple[str, Tri], ...], *earned: bool) -> Incentives:
    """The incentives block. notices: programmes of the union of INCENTIVE, with whether their
    operator may be told; earned: in the order of EVIDENCE."""
    evidence = {kind for kind, holds in zip(EVIDENCE, earned, strict=True) if holds}
    valid_from = policy.matrix.modes["INCENTIVE"].starts_on
    flags = tuple(
        Flag(
            f"{flag.rule}-{programme}",
            flag.rule,
            programme,
            flag.kind,
            flag.direction,
            valid_from,
            policy.section(flag.rule),
            tuple(kind for kind in flag.earned_by if kind in evidence),
            notify if flag.earned_by else None,
        )
        for programme, notify in notices
        for flag in policy.incentives.flags
    )
    raw, digest = seal({flag.flag_id: _entry(policy, flag) for flag in flags})
    return Incentives(raw, digest, flags)


def _entry(policy: Policy, flag: Flag) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "programme": flag.programme,
        "value": None,
        "status": policy.incentives.status,
        "valid_from": flag.valid_from,
        "section": flag.section,
        "kind": flag.kind,
        "direction": flag.direction,
        "rule": flag.rule,
    }
    if flag.notify_operator is not None:
        entry["earned"] = known(bool(flag.evidence))
        entry["evidence"] = flag.evidence
        entry["notify_operator"] = flag.notify_operator
    return entry
