"""The consent gate (handbook 4.3; rulings A-02, A-19, A-73).

A consent names an agency by its code or by its kind. The result for a recipient is the
three-valued OR over the participations that count and the consent given in the firm's own survey.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from schemas.policies import Policy
from schemas.values import frozen
from services.domain.decision.block import Block, seal
from services.domain.decision.facts import Consenting, Consents
from services.domain.decision.values import NO, UNDETERMINED, YES, Tri

PARTNER, HUB, NOT_ASKED = "PARTNER", "HUB", "NOT_ASKED"


@frozen
class Given:
    """The consents of one firm: whether each participation counts, with its consent; and its own.

    own_open: an own consent that was not given counts as unknown (A-02).
    """

    partners: tuple[tuple[Tri, Consenting | None], ...]
    own: Consenting | None
    own_open: bool

    def names(self, *recipient: str, if_counted: bool = False) -> Tri:
        """Whether a consent in force names the recipient: its code, its kind.

        if_counted: as if the participations that may count did.
        """
        result = NO if self.own is None and not self.own_open else named(self.own, recipient)
        for counts, consent in self.partners:
            if result == YES:
                return YES
            if counts == NO:
                continue
            one = named(consent, recipient)
            if one == YES and counts == UNDETERMINED and not if_counted:
                one = UNDETERMINED
            if one != NO:
                result = one
        return result


def named(consent: Consenting | None, recipient: Iterable[str]) -> Tri:
    """Whether one consent names the recipient; without a statement it is undetermined."""
    if consent is None or consent.granted is None:
        return UNDETERMINED
    if not consent.granted:
        return NO
    if consent.recipients is None:
        return UNDETERMINED
    return YES if any(entry in consent.recipients for entry in recipient) else NO


@dataclass(frozen=True, slots=True)
class Results:
    """What the gate found. joint_with None: joint consulting was not accepted.

    notices: per programme with incentives, whether its operator may be told.
    """

    promo_by_hub: bool
    survey_by_hub: bool
    referral: Tri
    joint: Tri
    joint_with: str | None
    notices: tuple[tuple[str, Tri], ...]


@dataclass(frozen=True, slots=True, eq=False)
class ConsentGate(Block):
    """The consent block."""

    results: Results


def by_hub(kind: bool | None, consents: Consents) -> bool:
    """Whether the hub may write to the contact itself (A-73)."""
    return kind is True and consents.personal_third_party is True


def consent_gate(policy: Policy, *found: Any) -> ConsentGate:
    """One entry per step of the gate; both channels are always decided. found: the values of
    Results."""
    results = Results(*found)
    promo_rule = "CG-2" if results.promo_by_hub else "CG-1"
    raw, digest = seal(
        {
            "promo": {
                "channel": HUB if results.promo_by_hub else PARTNER,
                "rule": promo_rule,
                "section": policy.section(promo_rule),
            },
            "survey": {
                "channel": HUB if results.survey_by_hub else PARTNER,
                "rule": "CG-3",
                "section": policy.section("CG-3"),
            },
            "referral": {
                "result": results.referral,
                "rule": "CG-4",
                "section": policy.section("CG-4"),
            },
            "joint_consulting": {
                "result": NOT_ASKED if results.joint_with is None else results.joint,
                "with": results.joint_with,
                "rule": "CG-5",
                "section": policy.section("CG-5"),
            },
            "incentive_notice": {
                programme: {"result": result, "rule": "CG-6", "section": policy.section("CG-6")}
                for programme, result in results.notices
            },
        }
    )
    return ConsentGate(raw, digest, results)
