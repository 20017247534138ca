"""One value per fact from several participations of a firm (ruling A-91).

Within a rank the latest as-of day counts; SME yields to MICRO, SMALL or MEDIUM of the same rank;
two values of the same rank and day that differ are unknown. Deleted rows say nothing.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from connectors.base import Participation
from services.domain.decision.facts import (
    PLANNED,
    Establishment,
    Facts,
    Firm,
    ParticipationFacts,
    Training,
)

T = TypeVar("T")
_SMALL_CLASSES = ("MICRO", "SMALL", "MEDIUM")
_CONFIDENCES = ("CODE", "PARSED", "ASSUMED")
_NO_RECORD = Training(ai_courses_last_24m=0, any_record=False)
"""A workplace without training in a month has no record: none is none (A-38)."""


def latest(
    participations: Iterable[Participation], read: Callable[[Participation], T | None]
) -> T | None:
    """The known value with the latest event day; None where two of that day differ."""
    best: T | None = None
    day = ""
    conflict = False
    for p in participations:
        value = read(p)
        if value is None:
            continue
        on = p.event_on or ""
        if on > day or best is None:
            best, day, conflict = value, on, False
        elif on == day and value != best:
            conflict = True
    return None if conflict else best


def _size(p: Participation) -> str | None:
    return p.size_class if p.size_class != "UNKNOWN" else None


def _small_size(p: Participation) -> str | None:
    return p.size_class if p.size_class in _SMALL_CLASSES else None


def _workers(p: Participation) -> int | None:
    return p.regular_workers


def _ksic(p: Participation) -> str | None:
    return p.ksic_code


def _sigungu(p: Participation) -> str | None:
    return p.sigungu


def _family(p: Participation) -> str | None:
    return "SME" if p.size_class in _SMALL_CLASSES else _size(p)


def _size_of(participations: list[Participation]) -> str | None:
    size = latest(participations, _size)
    if size == "SME":
        return latest(participations, _small_size) or size
    if size is None and latest(participations, _family) == "SME":
        return latest(participations, _small_size)
    return size


def firm_of(participations: list[Participation]) -> Firm:
    """What partners say of the enterprise."""
    return Firm(
        size_class=_size_of(participations),
        regular_workers=latest(participations, _workers),
        ksic=latest(participations, _ksic),
    )


def establishment_of(participations: list[Participation]) -> Establishment:
    """What partners say of the referral's workplace, from its own participations only (A-13: the
    head office's address is never used instead)."""
    place = latest(participations, _sigungu)
    if place is None:
        return Establishment(region_confidence="UNRESOLVED")
    known = {p.region_confidence for p in participations if p.sigungu == place}
    best = next((one for one in _CONFIDENCES if one in known), None)
    return Establishment(sigungu=place, region_confidence=best)


def participation_facts(p: Participation) -> ParticipationFacts:
    """A participation as the engine reads it (A-77)."""
    return ParticipationFacts(
        programme=p.programme,
        role=p.role,
        status=p.status if p.status != "UNKNOWN" else None,
        agreement_on=p.agreement_on,
        ends_on=p.ends_on,
        completed_on=p.completed_on,
        is_deleted=p.is_deleted,
        ended_by=p.ended_by,
        level_goal=p.level_goal,
        business_kind=p.business_kind,
        ai_applied=p.ai_applied,
        stage=p.stage,
        track=p.track,
        ministry=p.ministry,
        dx_mentor_visits=p.dx_mentor_visits,
        joint_consulting_requested=p.joint_consulting_requested,
        consent=p.consent,
    )


def facts_for(
    as_of: str, enterprise: list[Participation], establishment: list[Participation]
) -> Facts:
    """The facts of one establishment: all participations of the enterprise, the place of its own
    (A-74). Participations stand in a fixed order, so that equal facts have equal bytes. Those of a
    programme that the plan does not know say of the firm what they say, and open nothing (A-71)."""
    live = [p for p in enterprise if not p.is_deleted]
    return Facts(
        as_of=as_of,
        participations=tuple([participation_facts(p) for p in live if p.programme in PLANNED]),
        firm=firm_of(live),
        establishment=establishment_of([p for p in establishment if not p.is_deleted]),
        training=_NO_RECORD,
    )
