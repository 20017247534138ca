"""Which agencies a decision names (handbook 4.6; A-12, A-13, A-17 to A-20, A-51 to A-53)."""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.policies import Policy
from schemas.policy_benefits import Agencies as AgencyRules
from schemas.policy_benefits import AgencyRule, KindRule
from services.domain.decision.block import Block, seal
from services.domain.decision.region import Place


@dataclass(frozen=True, slots=True, eq=False)
class Agencies(Block):
    """named: agency code by part (PUBLIC, SECOND, JOINT_CENTRE, LAB, RSC).

    addressees: who receives the referral (A-18). diagnosis_kind: None where there is none.
    """

    named: Mapping[str, str]
    addressees: tuple[str, ...]
    diagnosis_kind: str | None


def agencies(
    policy: Policy,
    place: Place | None,
    day: str,
    packages: bool,
    operator: str | None,
    joint_centre: bool,
    lab: bool,
    council: bool,
) -> Agencies:
    """The agencies block.

    packages: the firm is diagnosed, by HRDK and by the diffusion centre where it is open.
    operator: programme whose operator joins instead of the centre (A-19). joint_centre, lab: the
    measure is proposed. council: workers must change jobs.
    """
    rules = policy.agencies
    if place is None:
        raw, digest = seal({"PUBLIC": {"agency": None, **_cited(policy, rules.unresolved)}})
        return Agencies(raw, digest, {}, (), None)
    wanted = _wanted(rules, packages and operator is None, joint_centre, lab, council)
    found = {part: (rule, place.agency(rule.kind, day)) for part, rule in wanted.items()}
    entries = {
        part: {"agency": code, **_cited(policy, rule)}
        for part, (rule, code) in found.items()
        if code is not None
    }
    named = {part: code for part, (_, code) in found.items() if code is not None}
    if operator is not None:
        named["SECOND"] = rules.operator_prefix + operator
        entries["SECOND"] = {"agency": named["SECOND"], **_cited(policy, rules.operator)}
    raw, digest = seal(entries)
    addressed = ("PUBLIC", "SECOND") if operator is not None else ("PUBLIC",)
    return Agencies(
        raw,
        digest,
        named,
        tuple(named[part] for part in addressed if part in named),
        _diagnosis_kind(policy, packages, operator, "SECOND" in named),
    )


def _wanted(
    rules: AgencyRules, centre: bool, joint_centre: bool, lab: bool, council: bool
) -> dict[str, KindRule]:
    wanted = {"PUBLIC": rules.public}
    if centre:
        wanted["SECOND"] = rules.centre
    if joint_centre:
        wanted["JOINT_CENTRE"] = rules.joint_centre
    if lab:
        wanted["LAB"] = rules.lab
    if council:
        wanted["RSC"] = rules.council
    return wanted


def _diagnosis_kind(
    policy: Policy, packages: bool, operator: str | None, second: bool
) -> str | None:
    kinds = policy.agencies.diagnosis_kinds
    if operator is not None:
        return kinds.operator
    if not packages:
        return None
    return kinds.centre if second else kinds.alone


def _cited(policy: Policy, rule: AgencyRule | KindRule) -> dict[str, str]:
    return {"rule": rule.rule, "section": policy.section(rule.rule)}
