"""What the tables keep of a workplace's decision and referral."""

from datetime import date, datetime
from typing import Any

from services.domain.evidence import business_at, has_answered, has_withdrawn
from services.domain.ids import Id
from services.domain.outgoing import Cause
from services.domain.referral import Circumstances, Referral
from services.domain.standing import Standing
from services.domain.tax_status import CLOSED

_ENDED = ("WITHDRAWN", "TERMINATED")


def circumstances(standing: Standing) -> Circumstances:
    """Why participations ended, what became of consent, whether the firm has closed."""
    own, answers = standing.own, standing.own_kept
    return Circumstances(
        deleted=bool(own) and not has_answered(answers) and all(h.p.is_deleted for h in own),
        suspended=any(h.p.status == "SUSPENDED" and not h.p.is_deleted for h in own),
        consent_withdrawn=any(h.p.consent_enterprise_info is False for h in own)
        or has_withdrawn(answers, [h.p for h in own]),
        closing=_closing(standing),
    )


def _closing(standing: Standing) -> bool | None:
    """A closing counts where it is what ends the referral."""
    own, facts = standing.own, standing.facts
    if facts.firm.tax_status != CLOSED or "EL-6" not in standing.verdict.reasons:
        return None
    if own and all(h.p.is_deleted or h.p.status in _ENDED for h in own):
        return None
    return business_at(
        facts.as_of,
        [h.p for h in standing.held if not h.p.is_deleted],
        [h.p for h in own if not h.p.is_deleted],
        [k.record for k in standing.kept],
        [k.record for k in standing.own_kept],
    ).closing


def decided_row(
    place: tuple[Id, Id],
    version: int,
    standing: Standing,
    facts: bytes,
    today: date,
    now: datetime,
    cause: Cause,
) -> tuple[Any, ...]:
    """That a workplace got a decision, and from what, in the order of its table's columns. place:
    (enterprise, workplace). facts: as stored."""
    return (
        place[1],
        version,
        place[0],
        today,
        now,
        standing.decision_id,
        facts,
        cause.stream,
        cause.offset,
    )


def referral_row(
    referral: Referral, standing: Standing, today: date, now: datetime
) -> tuple[Any, ...]:
    """The referral as it stands now, in the order of its table's columns."""
    return (
        referral.referral_id,
        referral.enterprise_id,
        referral.establishment_id,
        referral.round,
        referral.version,
        referral.status.value,
        referral.stage,
        " ".join(referral.reasons),
        referral.addressees[0] if referral.addressees else None,
        " ".join(referral.addressees),
        standing.level,
        standing.priority,
        referral.handed_over,
        standing.decision_id,
        today,
        now,
        now,
    )
