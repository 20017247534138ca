"""Facts as JSON, as they are stored beside a decision (architecture, decision 9)."""

from dataclasses import fields
from typing import Any

from services.domain.decision.facts import Consenting, Consents, Facts, ParticipationFacts


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """The facts as stored beside a decision: unknown facts are left out; reading gives the same
    facts again."""
    told: dict[str, Any] = {
        "as_of": facts.as_of,
        "origin": facts.origin,
        "subject": facts.subject,
        "participations": [_told_participation(p) for p in facts.participations],
        "firm": _told(facts.firm),
        "establishment": _told(facts.establishment),
        "survey": _told(facts.survey),
        "training": _told(facts.training),
        "diagnosis": {"final_level": facts.final_level} if facts.final_level else {},
        "outcome": _told(facts.outcome),
        "consents": _told_consents(facts.consents),
    }
    if facts.course is not None:
        told["course"] = _told(facts.course)
    return told


def _told(part: Any) -> dict[str, Any]:
    pairs = ((item.name, getattr(part, item.name)) for item in fields(part))
    return {
        name: list(value) if type(value) is tuple else value
        for name, value in pairs
        if value is not None and value != ()
    }


def _told_consent(consent: Consenting) -> dict[str, Any]:
    recipients = None if consent.recipients is None else list(consent.recipients)
    return {"granted": consent.granted, "recipients": recipients}


def _told_participation(p: ParticipationFacts) -> dict[str, Any]:
    told = _told(p)
    told.pop("consent", None)
    if not p.is_deleted:
        told.pop("is_deleted")
    if p.consent is not None:
        told["consent_enterprise_info"] = _told_consent(p.consent)
    return told


def _told_consents(consents: Consents) -> dict[str, Any]:
    told = _told(consents)
    if consents.enterprise_info is not None:
        told["enterprise_info"] = _told_consent(consents.enterprise_info)
    return told
