"""What the engine is told about a firm, already validated (facts.md, rulings A-71, A-77, A-91).

Days are ISO strings `YYYY-MM-DD`, counts are whole numbers from 0, codes are those of the lists
below. None is "not known"; the word UNKNOWN of a code list means the same, except for
`Firm.tax_status`, where it says that the status service was asked and has not answered (F64).
"""

from dataclasses import field
from typing import Protocol

from schemas.values import frozen

PROGRAMMES = ("P1", "P2", "P3", "P4", "P5", "P6", "P7")
PLANNED = frozenset(PROGRAMMES)
ORIGINS = frozenset({"PARTNER_PROGRAM", "OWN_DISCOVERY", "SELF"})
SUBJECTS = frozenset({"FIRM", "INDIVIDUAL"})
ROLES = frozenset({"LEAD", "DEMAND", "SUPPLY", "COORDINATOR", "RESEARCH", "BORROWER"})
STATUSES = frozenset(
    {
        "APPLIED",
        "SELECTED",
        "CONTRACTED",
        "IN_PROGRESS",
        "INTERIM_CHECK",
        "COMPLETED",
        "SETTLED",
        "REJECTED",
        "WITHDRAWN",
        "TERMINATED",
        "SUSPENDED",
    }
)
ENDINGS = frozenset({"ABSENT_FROM_LIST", "LEFT", "RETRACTED"})
GOALS = frozenset({"NONE", "BASIC", "MID1", "MID2", "HIGH"})
BUSINESS_KINDS = frozenset({"A01", "A02", "A03", "A04", "A05", "A06"})
STAGES = frozenset({"PROBLEM", "DATA", "FINETUNE", "DEMO", "SPREAD"})
TRACKS = frozenset({"AGILE", "BUILD_UP"})
SIZE_CLASSES = frozenset(
    {"MICRO", "SMALL", "MEDIUM", "SME", "MIDSIZE", "LARGE", "NONPROFIT", "PUBLIC"}
)
PRIORITY = frozenset({"YES", "NO"})
TAX_STATUSES = frozenset({"ACTIVE", "SUSPENDED", "CLOSED", "UNKNOWN"})
CONFIDENCES = frozenset({"CODE", "PARSED", "ASSUMED", "UNRESOLVED"})
LEVELS_WANTED = frozenset({"LITERACY", "WORK_PRACTICE", "SYSTEM_LINK", "OWN_MODEL"})
FIELDS = frozenset(
    {"PLAN", "PRODUCTION", "MARKETING", "HR", "CS", "NEW_MARKET", "OFFICE", "KNOWHOW"}
)
DELIVERY_MODES = frozenset(
    {"INHOUSE_GROUP", "INHOUSE_REMOTE", "OUT_GROUP", "OUT_REMOTE", "LIVE_ONLINE", "VISITING"}
)
HOURS = frozenset({"LT4", "4_8", "8_16", "16_40", "GE40"})
OBSTACLES = frozenset({"CEO", "STAFF", "INFO", "COST", "TIME", "SECURITY", "EFFECT"})
FINAL_LEVELS = frozenset({"BEGINNER", "INTERMEDIATE", "ADVANCED"})
COURSE_KINDS = frozenset(
    {
        "ONLINE_AI",
        "FIRM_AI",
        "SKILLUP",
        "PBL",
        "KDT",
        "SANDAETEUK",
        "CARD_AI_BASIC",
        "CONSORTIUM_AI",
    }
)


class Consenting(Protocol):
    """Consent to the provision of enterprise information (A-02).

    granted None: not stated. recipients None: not known; else as facts.md writes them.
    """

    @property
    def granted(self) -> bool | None: ...

    @property
    def recipients(self) -> tuple[str, ...] | None: ...


@frozen
class Consent:
    """A consent as read from JSON."""

    granted: bool | None
    recipients: tuple[str, ...] | None


@frozen
class ParticipationFacts:
    """One participation of the firm in one of the seven programmes (A-77)."""

    programme: str
    role: str | None = None
    status: str | None = None
    agreement_on: str | None = None
    ends_on: str | None = None
    completed_on: str | None = None
    is_deleted: bool = False
    ended_by: str | None = None
    level_goal: str | None = None
    business_kind: str | None = None
    ai_applied: bool | None = None
    stage: str | None = None
    track: str | None = None
    ministry: str | None = None
    dx_mentor_visits: int | None = None
    joint_consulting_requested: bool | None = None
    consent: Consenting | None = None


@frozen
class Firm:
    """The enterprise 기업. priority_firm: register or declared value."""

    size_class: str | None = None
    priority_firm: str | None = None
    regular_workers: int | None = None
    ksic: str | None = None
    group_affiliate: bool | None = None
    tax_status: str | None = None


@frozen
class Establishment:
    """The referral's workplace 사업장. excluded_industry None: see policy (A-46)."""

    sigungu: str | None = None
    region_confidence: str | None = None
    insured_workers: int | None = None
    ei_arrears: bool | None = None
    excluded_industry: bool | None = None


@frozen
class Survey:
    """The firm's own answers; wishes None: undecided or no answer."""

    wishes: bool | None = None
    uses_ai: bool | None = None
    level_wanted: str | None = None
    fields: tuple[str, ...] = ()
    mode_wanted: str | None = None
    hours: str | None = None
    trainee_count: int | None = None
    obstacles: tuple[str, ...] = ()
    job_change: bool | None = None


@frozen
class Training:
    """AI-training history (A-38). A firm without records has 0 and False."""

    ai_courses_last_24m: int | None = None
    any_record: bool | None = None


@frozen
class Outcome:
    """What came of earlier training: evidence for the bonus point (A-65)."""

    training_completed: bool | None = None
    pbl_completed: bool | None = None


@frozen
class Consents:
    """Consents given to the hub itself, as on the deciding day (A-81).

    enterprise_info None: not given at all, which is not the same as given None (A-02).
    """

    enterprise_info: Consenting | None = None
    marketing: bool | None = None
    personal_third_party: bool | None = None
    survey: bool | None = None


@frozen
class Course:
    """A course for which entitlements are asked."""

    kind: str | None = None
    start_on: str | None = None
    site_sigungu: str | None = None
    provider_sigungu: str | None = None
    visiting: bool | None = None


@frozen
class Facts:
    """Everything one decision looks at. as_of: deciding day, Korean calendar (A-86).

    final_level: None unless a diagnosis gave one of FINAL_LEVELS (A-43).
    """

    as_of: str
    origin: str = "PARTNER_PROGRAM"
    subject: str = "FIRM"
    participations: tuple[ParticipationFacts, ...] = ()
    firm: Firm = field(default_factory=Firm)
    establishment: Establishment = field(default_factory=Establishment)
    survey: Survey = field(default_factory=Survey)
    training: Training = field(default_factory=Training)
    final_level: str | None = None
    outcome: Outcome = field(default_factory=Outcome)
    consents: Consents = field(default_factory=Consents)
    course: Course | None = None
