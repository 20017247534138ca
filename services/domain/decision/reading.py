"""Facts from JSON (facts.md).

Whatever is not of its type or not in its code list is unknown, as if the field were blank
(ruling A-71); only `as_of` must be readable.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from services.domain.decision import facts as f
from services.domain.decision.facts import (
    Consent,
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

T = TypeVar("T")
Read: TypeAlias = Callable[[str], Any]
"""A JSON object's member by name, None where there is none."""
NESTED = frozenset(
    {"fields", "obstacles", "recipients", "enterprise_info", "consent_enterprise_info"}
)
"""Members of the parts that are a list or an object."""


class UnreadableFacts(Exception):
    """The line holds no facts. code: NOT_A_JSON_OBJECT, AS_OF_UNREADABLE or BEYOND_LIMITS."""

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


def beyond_limits() -> UnreadableFacts:
    """The error for a line that no reader here holds."""
    return UnreadableFacts(
        "BEYOND_LIMITS",
        "너무 깊이 중첩되었거나 숫자가 너무 깁니다.",
        "The line is nested too deeply or holds a number that is too long.",
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
        _known(obj.get("origin"), f.ORIGINS, "PARTNER_PROGRAM"),
        _known(obj.get("subject"), f.SUBJECTS, "FIRM"),
        _participations(obj.get("participations")),
        _read(_firm, _part(obj, "firm")),
        _read(_establishment, _part(obj, "establishment")),
        _read(_survey, _part(obj, "survey")),
        _read(_training, _part(obj, "training")),
        _read(_final_level, _part(obj, "diagnosis")),
        _read(_outcome, _part(obj, "outcome")),
        _read(_consents, _part(obj, "consents")),
        _read(_course, course) if type(course) is dict else None,
    )


_BLANK: dict[str, Any] = {}
DAYS_REMEMBERED = 4_096
DAY_LENGTH = len("YYYY-MM-DD")
LONGEST_KSIC = len("C26421")
SIGUNGU_LENGTH = 5
LONGEST_TEXT = 1_000


def _part(obj: dict[str, Any], name: str) -> dict[str, Any]:
    value = obj.get(name)
    return value if type(value) is dict else _BLANK


def _known(value: Any, codes: frozenset[str], default: str) -> str:
    return value if type(value) is str and value in codes else default


def _text(value: Any, longest: int = LONGEST_TEXT) -> str | None:
    """A text that says something; a longer one than any code is none, and is not remembered."""
    if type(value) is not str or len(value) > longest or not value or value.isspace():
        return None
    return value


def _flag(value: Any) -> bool | None:
    return value if value is True or value is False else None


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _day(value: Any) -> str | None:
    return _real_day(value) if type(value) is str and len(value) == DAY_LENGTH else None


@lru_cache(maxsize=DAYS_REMEMBERED)
def _real_day(value: str) -> str | None:
    if value[4] != "-" or value[7] != "-":
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
        tuple([item for item in recipients if type(item) is str])
        if type(recipients) is list
        else None,
    )


def _read(reader: Callable[[Read], T], part: dict[str, Any]) -> T:
    """What the reader makes of a part. A list or object where a code or day is expected does not
    hash: TypeError; it is unknown, and the part is read again without it."""
    try:
        return reader(part.get)
    except TypeError:
        nested = (list, dict)
        plain = {k: v for k, v in part.items() if k in NESTED or not isinstance(v, nested)}
        return reader(plain.get)


def _participations(value: Any) -> tuple[ParticipationFacts, ...]:
    if type(value) is not list:
        return ()
    return tuple(
        [
            _read(_participation, item)
            for item in value
            if type(item) is dict
            and type(item.get("programme")) is str
            and item["programme"] in f.PROGRAMMES
        ]
    )


def _participation(get: Read) -> ParticipationFacts:
    programme = get("programme")
    return ParticipationFacts(
        programme,
        value if (value := get("role")) in f.ROLES else None,
        value if (value := get("status")) in f.STATUSES else None,
        _day(get("agreement_on")),
        _day(get("ends_on")),
        _day(get("completed_on")),
        get("is_deleted") is True,
        value if (value := get("ended_by")) in f.ENDINGS else None,
        value if (value := get("level_goal")) in f.GOALS else None,
        value if (value := get("business_kind")) in f.BUSINESS_KINDS else None,
        _flag(get("ai_applied")),
        _stage(programme, get("stage")),
        value if (value := get("track")) in f.TRACKS else None,
        _text(get("ministry")),
        _count(get("dx_mentor_visits")),
        _flag(get("joint_consulting_requested")),
        _consent(get("consent_enterprise_info")),
    )


def _stage(programme: str, value: Any) -> str | None:
    if programme != "P2":
        return value if value in f.STAGES else None
    if _text(value) is None:
        return None
    return "DEMO" if value == "DEMO" else "PROGRESS"


def _firm(get: Read) -> Firm:
    return Firm(
        value if (value := get("size_class")) in f.SIZE_CLASSES else None,
        value if (value := get("priority_firm")) in f.PRIORITY else None,
        _count(get("regular_workers")),
        _text(get("ksic"), LONGEST_KSIC),
        _flag(get("group_affiliate")),
        value if (value := get("tax_status")) in f.TAX_STATUSES else None,
    )


def _establishment(get: Read) -> Establishment:
    return Establishment(
        _text(get("sigungu"), SIGUNGU_LENGTH),
        value if (value := get("region_confidence")) in f.CONFIDENCES else None,
        _count(get("insured_workers")),
        _flag(get("ei_arrears")),
        _flag(get("excluded_industry")),
    )


def _survey(get: Read) -> Survey:
    return Survey(
        _flag(get("wishes")),
        _flag(get("uses_ai")),
        value if (value := get("level_wanted")) in f.LEVELS_WANTED else None,
        _codes(get("fields"), f.FIELDS),
        value if (value := get("mode_wanted")) in f.DELIVERY_MODES else None,
        value if (value := get("hours")) in f.HOURS else None,
        _count(get("trainee_count")),
        _codes(get("obstacles"), f.OBSTACLES),
        _flag(get("job_change")),
    )


def _training(get: Read) -> Training:
    return Training(_count(get("ai_courses_last_24m")), _flag(get("any_record")))


def _final_level(get: Read) -> str | None:
    return value if (value := get("final_level")) in f.FINAL_LEVELS else None


def _outcome(get: Read) -> Outcome:
    return Outcome(_flag(get("training_completed")), _flag(get("pbl_completed")))


def _consents(get: Read) -> Consents:
    return Consents(
        _consent(get("enterprise_info")),
        _flag(get("marketing")),
        _flag(get("personal_third_party")),
        _flag(get("survey")),
    )


def _course(get: Read) -> Course:
    return Course(
        value if (value := get("kind")) in f.COURSE_KINDS else None,
        _day(get("start_on")),
        _text(get("site_sigungu"), SIGUNGU_LENGTH),
        _text(get("provider_sigungu"), SIGUNGU_LENGTH),
        _flag(get("visiting")),
    )
