"""The referral's life on the hub's side: what a decision makes of the referral that stands.

Design: lifecycle.md. The agency's moves come with the tracker; here the hub opens, holds, renews
and takes back. History is never rewritten: every change is a higher version.
"""

from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from schemas.values import frozen
from services.domain.ids import Id, uid

NEED = "ai-training"


class Status(StrEnum):
    """The closed set of referral statuses (lifecycle.md)."""

    HELD = "held"
    REQUESTED = "requested"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    ON_HOLD = "on_hold"
    CANCEL_REQUESTED = "cancel_requested"
    COMPLETED = "completed"
    CLOSED = "closed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    FAILED = "failed"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    NOT_PURSUED = "not_pursued"
    ENTERED_IN_ERROR = "entered_in_error"


STATUSES = {status.value: status for status in Status}

OPEN = frozenset(
    {
        Status.HELD,
        Status.REQUESTED,
        Status.RECEIVED,
        Status.ACCEPTED,
        Status.IN_PROGRESS,
        Status.ON_HOLD,
        Status.CANCEL_REQUESTED,
    }
)
WITH_AGENCY = frozenset({Status.REQUESTED, Status.RECEIVED, Status.ACCEPTED, Status.IN_PROGRESS})


@frozen
class Referral:
    """A referral as it stands. handed_over: an agency has been sent it at least once."""

    referral_id: Id
    enterprise_id: Id
    establishment_id: Id
    round: int
    version: int
    status: Status
    stage: str | None
    reasons: tuple[str, ...]
    addressees: tuple[str, ...]
    handed_over: bool
    recall: bool = False


class Verdict(Protocol):
    """What the engine says of the establishment (facts.md, `referral`)."""

    @property
    def status(self) -> str: ...
    @property
    def stage(self) -> str | None: ...
    @property
    def reasons(self) -> tuple[str, ...]: ...
    @property
    def missing(self) -> tuple[str, ...]: ...
    @property
    def addressees(self) -> tuple[str, ...]: ...


@frozen
class Circumstances:
    """What the verdict does not say: why participations ended, what became of consent, and whether
    the firm has closed. closing: None: it has not; False: not confirmed yet (A-98)."""

    deleted: bool
    suspended: bool
    consent_withdrawn: bool
    closing: bool | None = None


def advance(
    current: Referral | None,
    establishment: tuple[Id, Id],
    version: int,
    verdict: Verdict,
    circumstances: Circumstances,
) -> Referral | None:
    """The referral after a decision; None where there was none and none is opened.

    establishment: (enterprise id, establishment id). version: the sum of the versions of the
    enterprise's participations, so that workers that meet a firm's events in different orders
    end with the same number; a version always rises.
    """
    if verdict.status == "requested":
        return _requested(current, establishment, version, verdict)
    if verdict.status == "held":
        return _held(current, establishment, version, verdict, circumstances)
    return _ended(current, version, verdict, circumstances)


def _opened(current: Referral | None, establishment: tuple[Id, Id], version: int) -> Referral:
    """The referral to write on: the one that stands, one that ended before any agency saw it, or
    a new round."""
    if current is not None and (current.status in OPEN or not current.handed_over):
        return replace(current, version=max(version, current.version + 1), recall=False)
    round_ = 0 if current is None else current.round + 1
    enterprise_id, establishment_id = establishment
    return Referral(
        referral_id=uid("referral", establishment_id, NEED, round_),
        enterprise_id=enterprise_id,
        establishment_id=establishment_id,
        round=round_,
        version=version,
        status=Status.HELD,
        stage=None,
        reasons=(),
        addressees=(),
        handed_over=False,
    )


def _requested(
    current: Referral | None, establishment: tuple[Id, Id], version: int, verdict: Verdict
) -> Referral:
    referral = _opened(current, establishment, version)
    with_agency = referral.handed_over and referral.status in WITH_AGENCY
    # Most events end here; `replace` would cost more than the decision's own look-ups.
    return Referral(
        referral.referral_id,
        referral.enterprise_id,
        referral.establishment_id,
        referral.round,
        referral.version,
        referral.status if with_agency else Status.REQUESTED,
        referral.stage if with_agency and referral.stage else verdict.stage,
        verdict.reasons,
        verdict.addressees,
        True,
    )


def _held(
    current: Referral | None,
    establishment: tuple[Id, Id],
    version: int,
    verdict: Verdict,
    circumstances: Circumstances,
) -> Referral:
    referral = _opened(current, establishment, version)
    if not referral.handed_over:
        return replace(
            referral,
            status=Status.HELD,
            stage=verdict.stage,
            reasons=verdict.reasons,
            addressees=(),
        )
    withdrawn = "consent.enterprise_info" in verdict.missing
    reason = "CONSENT_WITHDRAWN" if circumstances.consent_withdrawn else "MISSING_FACTS"
    return replace(referral, status=Status.ON_HOLD, reasons=(reason,), recall=withdrawn)


def _ended(
    current: Referral | None, version: int, verdict: Verdict, circumstances: Circumstances
) -> Referral | None:
    if current is None or current.status not in OPEN:
        return current
    # What goes out after a withdrawal names the firm no more, whatever it is about (F71).
    recall = current.handed_over and circumstances.consent_withdrawn
    referral = replace(current, version=max(version, current.version + 1), recall=recall)
    if circumstances.closing is False and current.status is not Status.CANCEL_REQUESTED:
        waits = Status.ON_HOLD if referral.handed_over else Status.HELD
        return replace(referral, status=waits, reasons=("CLOSING_UNCONFIRMED",))
    if circumstances.suspended and circumstances.closing is None:
        return replace(referral, status=Status.ON_HOLD, reasons=("SUSPENDED",))
    if not referral.handed_over:
        status = Status.ENTERED_IN_ERROR if circumstances.deleted else Status.CANCELLED
        return replace(referral, status=status, reasons=verdict.reasons)
    reason = "mistake" if circumstances.deleted else _cancel_reason(verdict, circumstances)
    return replace(
        referral,
        status=Status.CANCEL_REQUESTED,
        reasons=tuple(sorted({reason, *verdict.reasons})),
        recall=recall or circumstances.deleted,
    )


def superseded(current: Referral | None, version: int, reason: str) -> Referral | None:
    """The referral of a workplace that is no more, because a person has said that it is another:
    its agency gets a last version without the firm's data. One that has ended stays as it is."""
    if current is None or current.status not in OPEN:
        return current
    return replace(
        current,
        version=max(version, current.version + 1),
        status=Status.SUPERSEDED,
        reasons=(reason,),
        recall=current.handed_over,
    )


def _cancel_reason(verdict: Verdict, circumstances: Circumstances) -> str:
    if circumstances.closing:
        return "firm_closed"
    return "firm_withdrew" if "FIRM_REFUSED" in verdict.reasons else "support_withdrawn"
