"""Facts from JSON and back (facts.md).

Whatever is not of its type or not in its code list is unknown, as if the field were blank
(ruling A-71); only `as_of` must be readable.
"""

from dataclasses import fields
from datetime import date
from typing import Any

from connectors.base import Consent
from services.domain.decision import facts as f
from services.domain.decision.facts import (
    Consents,
    Course,
    Establishment,
    Facts,
    Firm,
    Outcome,
    ParticipationFacts,
    Survey,
    Training,
)


class UnreadableFacts(Exception):
    """The line holds no facts. code: NOT_A_JSON_OBJECT or AS_OF_UNREADABLE."""

    def __init__(self, code: str, ko: str, en: str) -> None:
        super().__init__(en)
        self.code = code
        self.ko = ko
        self.en = en

    def as_json(self) -> dict[str, str]:
        """The error object of `naru decide`."""
        return {"code": self.code, "message_ko": self.ko, "message_en": self.en}


def not_an_object() -> UnreadableFacts:
    """The error for a line that is no JSON object."""
    return UnreadableFacts(
        "NOT_A_JSON_OBJECT", "JSON 객체가 아닙니다.", "The line is not a JSON object."
    )


def facts_from_json(obj: Any) -> Facts:
    """The facts that a parsed JSON value states. Raises UnreadableFacts."""
    if type(obj) is not dict:
        raise not_an_object()
    as_of = _day(obj.get("as_of"))
    if as_of is None:
        raise UnreadableFacts(
            "AS_OF_UNREADABLE",
            "기준일 as_of가 없거나 읽을 수 없습니다 (YYYY-MM-DD).",
            "as_of is missing or unreadable (YYYY-MM-DD).",
        )
    course = obj.get("course")
    return Facts(
        as_of,
        _code(obj.get("origin"), f.ORIGINS) or "PARTNER_PROGRAM",
        _code(obj.get("subject"), f.SUBJECTS) or "FIRM",
        _participations(obj.get("participations")),
        _firm(_part(obj, "firm")),
        _establishment(_part(obj, "establishment")),
        _survey(_part(obj, "survey")),
        _training(_part(obj, "training")),
        _code(_part(obj, "diagnosis").get("final_level"), f.FINAL_LEVELS),
        _outcome(_part(obj, "outcome")),
        _consents(_part(obj, "consents")),
        _course(course) if type(course) is dict else None,
    )


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


_BLANK: dict[str, Any] = {}


def _part(obj: dict[str, Any], name: str) -> dict[str, Any]:
    value = obj.get(name)
    return value if type(value) is dict else _BLANK


def _code(value: Any, codes: frozenset[str]) -> str | None:
    return value if type(value) is str and value in codes else None


def _text(value: Any) -> str | None:
    return value if type(value) is str and value and not value.isspace() else None


def _flag(value: Any) -> bool | None:
    return value if value is True or value is False else None


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _day(value: Any) -> str | None:
    if type(value) is not str or len(value) != 10 or value[4] != "-" or value[7] != "-":
        return None
    try:
        date.fromisoformat(value)
    except ValueError:
        return None
    return value


def _codes(value: Any, codes: frozenset[str]) -> tuple[str, ...]:
    if type(value) is not list or not value:
        return ()
    known = [item for item in value if type(item) is str and item in codes]
    return tuple(dict.fromkeys(known))


def _consent(value: Any) -> Consent | None:
    if type(value) is not dict:
        return None
    recipients = value.get("recipients")
    return Consent(
        _flag(value.get("granted")),
        tuple(item for item in recipients if type(item) is str)
        if type(recipients) is list
        else None,
    )


def _participations(value: Any) -> tuple[ParticipationFacts, ...]:
    if type(value) is not list:
        return ()
    return tuple(
        _participation(item)
        for item in value
        if type(item) is dict and _programme(item.get("programme"))
    )


def _programme(value: Any) -> bool:
    return type(value) is str and value in f.PROGRAMMES


def _participation(item: dict[str, Any]) -> ParticipationFacts:
    get = item.get
    programme = item["programme"]
    stage = get("stage")
    return ParticipationFacts(
        programme,
        _code(get("role"), f.ROLES),
        _code(get("status"), f.STATUSES),
        _day(get("agreement_on")),
        _day(get("ends_on")),
        _day(get("completed_on")),
        get("is_deleted") is True,
        _code(get("ended_by"), f.ENDINGS),
        _code(get("level_goal"), f.GOALS),
        _code(get("business_kind"), f.BUSINESS_KINDS),
        _flag(get("ai_applied")),
        _text(stage) if programme == "P2" else _code(stage, f.STAGES),
        _code(get("track"), f.TRACKS),
        _text(get("ministry")),
        _count(get("dx_mentor_visits")),
        _flag(get("joint_consulting_requested")),
        _consent(get("consent_enterprise_info")),
    )


def _firm(part: dict[str, Any]) -> Firm:
    get = part.get
    return Firm(
        _code(get("size_class"), f.SIZE_CLASSES),
        _code(get("priority_firm"), f.PRIORITY),
        _count(get("regular_workers")),
        _text(get("ksic")),
        _flag(get("group_affiliate")),
        _code(get("tax_status"), f.TAX_STATUSES),
    )


def _establishment(part: dict[str, Any]) -> Establishment:
    get = part.get
    return Establishment(
        _text(get("sigungu")),
        _code(get("region_confidence"), f.CONFIDENCES),
        _count(get("insured_workers")),
        _flag(get("ei_arrears")),
        _flag(get("excluded_industry")),
    )


def _survey(part: dict[str, Any]) -> Survey:
    get = part.get
    return Survey(
        _flag(get("wishes")),
        _flag(get("uses_ai")),
        _code(get("level_wanted"), f.LEVELS_WANTED),
        _codes(get("fields"), f.FIELDS),
        _code(get("mode_wanted"), f.DELIVERY_MODES),
        _code(get("hours"), f.HOURS),
        _count(get("trainee_count")),
        _codes(get("obstacles"), f.OBSTACLES),
        _flag(get("job_change")),
    )


def _training(part: dict[str, Any]) -> Training:
    return Training(_count(part.get("ai_courses_last_24m")), _flag(part.get("any_record")))


def _outcome(part: dict[str, Any]) -> Outcome:
    return Outcome(_flag(part.get("training_completed")), _flag(part.get("pbl_completed")))


def _consents(part: dict[str, Any]) -> Consents:
    get = part.get
    return Consents(
        _consent(get("enterprise_info")),
        _flag(get("marketing")),
        _flag(get("personal_third_party")),
        _flag(get("survey")),
    )


def _course(part: dict[str, Any]) -> Course:
    get = part.get
    return Course(
        _code(get("kind"), f.COURSE_KINDS),
        _day(get("start_on")),
        _text(get("site_sigungu")),
        _text(get("provider_sigungu")),
        _flag(get("visiting")),
    )


def _told(part: Any) -> dict[str, Any]:
    pairs = ((item.name, getattr(part, item.name)) for item in fields(part))
    return {
        name: list(value) if type(value) is tuple else value
        for name, value in pairs
        if value is not None and value != ()
    }


def _told_consent(consent: Consent) -> dict[str, Any]:
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
