"""Whether there is a referral, and what it still waits for (A-01, A-03, A-07, A-14, A-15)."""

from dataclasses import dataclass

from schemas.policies import Policy
from schemas.values import frozen
from services.domain.decision.block import Block, seal
from services.domain.decision.values import NO, UNDETERMINED, YES, Tri

RULE = "LC-1"
PARTNER = "PARTNER_PROGRAM"
REQUESTED, HELD, PROMO_ONLY, NONE = "requested", "held", "promo_only", "none"
SURVEY_STAGE, DIAGNOSIS_STAGE = "survey", "diagnosis"


@frozen
class Case:
    """What the steps of A-03 look at. failures, unknown: as in participations.Group."""

    origin: str
    route: str
    el5: Tri
    el4: Tri
    known: bool
    opens: Tri
    promo: Tri
    failures: tuple[str, ...]
    unknown: tuple[str, ...]
    wishes: bool | None
    day: str


@frozen
class Verdict:
    """A status that needs no further facts, with its reasons."""

    status: str
    reasons: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Referral(Block):
    """status: requested, held, promo_only or none; stage: what is asked for first.

    diagnosis_kind: JOINT_TECH_HRD, JOINT_PUBLIC_PRIVATE, PUBLIC or None.
    """

    status: str
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    stage: str | None
    diagnosis_kind: str | None
    addressees: tuple[str, ...]


def verdict_of(policy: Policy, case: Case) -> Verdict | None:
    """Steps 1 to 8 of A-03: the first that holds; None when the referral is to be opened."""
    by_partner = case.origin == PARTNER
    if case.route == "NONE":
        return Verdict(NONE, ("EL-9",))
    if case.route == "CLOSE":
        return Verdict(NONE, ("EL-6",))
    if case.day < policy.eligibility.hub_from:
        return Verdict(NONE, ("NOT_IN_FORCE",))
    if by_partner and not case.known:
        return Verdict(NONE, ("NO_PARTICIPATION",))
    if by_partner and case.opens == NO:
        return _promotion(case, ("MATRIX",), case.failures)
    if case.el5 == YES:
        return _promotion(case, ("EL-5",), ("EL-5",))
    if case.el4 == YES and case.day < policy.eligibility.midsize_from:
        return _promotion(case, ("EL-4",), ("EL-4",))
    if case.wishes is False:
        return Verdict(NONE, ("FIRM_REFUSED",))
    if case.origin == "OWN_DISCOVERY" and case.wishes is None:
        return Verdict(NONE, ("SURVEY_FIRST",))
    return None


def _promotion(case: Case, promo: tuple[str, ...], none: tuple[str, ...]) -> Verdict:
    if case.promo == YES:
        return Verdict(PROMO_ONLY, promo)
    if case.promo == UNDETERMINED:
        return Verdict(NONE, ("PROMO_UNDETERMINED",), case.unknown)
    return Verdict(NONE, none)


def stage_of(origin: str, wishes: bool | None) -> str:
    """A wish, or coming by itself, asks for the diagnosis, else the survey comes first (A-01)."""
    return DIAGNOSIS_STAGE if wishes or origin == "SELF" else SURVEY_STAGE


def referral(
    policy: Policy,
    verdict: Verdict,
    stage: str | None,
    diagnosis_kind: str | None,
    addressees: tuple[str, ...],
) -> Referral:
    """The referral block."""
    raw, digest = seal(
        {
            "status": verdict.status,
            "reasons": verdict.reasons,
            "missing": verdict.missing,
            "stage": stage,
            "diagnosis_kind": diagnosis_kind,
            "addressees": addressees,
            "section": policy.section(RULE),
        }
    )
    return Referral(
        raw,
        digest,
        verdict.status,
        verdict.reasons,
        verdict.missing,
        stage,
        diagnosis_kind,
        addressees,
    )


def waiting(missing: set[str]) -> Verdict:
    """Steps 9 and 10 of A-03: held for what is missing (A-07), or requested."""
    if missing:
        return Verdict(HELD, ("MISSING_FACTS",), tuple(sorted(missing)))
    return Verdict(REQUESTED, (RULE,))
