"""The facts of a decision from participations, training register and survey (A-91): register
before declared before partner, within a rank the latest day, two values of one day are unknown.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

from connectors.base import Participation
from connectors.course_lines import evidence
from services.domain.decision.facts import (
    Consent,
    Consents,
    Establishment,
    Facts,
    Firm,
    Survey,
    Training,
)
from services.domain.decision.referral import PARTNER
from services.domain.merge import establishment_of, facts_for, firm_of
from services.domain.records import (
    ANSWERED,
    CONTACT,
    ENTERPRISE_INFO,
    Kept,
    Record,
    SurveyAnswer,
    TrainingMonth,
)
from services.domain.tax_status import Business, TaxStatus, business_of

T = TypeVar("T")
R = TypeVar("R", TrainingMonth, SurveyAnswer)

OWN_DISCOVERY, SELF = "OWN_DISCOVERY", "SELF"
HRDK = "HRDK"
OPERATOR_PREFIX = "OPERATOR:"


def newest(
    records: Iterable[R], rank: Callable[[R], tuple[str, ...]], read: Callable[[R], T | None]
) -> T | None:
    """The known value of the highest rank; None where two values of that rank differ."""
    best: T | None = None
    at: tuple[str, ...] = ()
    conflict = False
    for record in records:
        value = read(record)
        if value is None:
            continue
        here = rank(record)
        if best is None or here > at:
            best, at, conflict = value, here, False
        elif here == at and value != best:
            conflict = True
    return None if conflict else best


def _month(month: TrainingMonth) -> tuple[str, ...]:
    return month.period, month.event_on


def _day(answer: SurveyAnswer) -> tuple[str, ...]:
    return (answer.event_on,)


def months_of(records: Iterable[Record]) -> list[TrainingMonth]:
    """The months in force: those that were not cancelled."""
    return [r for r in records if isinstance(r, TrainingMonth) and not r.is_cancelled]


def answers_of(records: Iterable[Record]) -> list[SurveyAnswer]:
    """The answers to surveys."""
    return [r for r in records if isinstance(r, SurveyAnswer)]


def firm_with(participations: list[Participation], records: Iterable[Record]) -> Firm:
    """The enterprise: the register's industry and priority-support mark before the partners'."""
    firm, months = firm_of(participations), months_of(records)
    if not months:
        return firm
    return replace(
        firm,
        ksic=newest(months, _month, lambda m: m.ksic_code) or firm.ksic,
        priority_firm=newest(
            months, _month, lambda m: None if m.priority_firm == "UNKNOWN" else m.priority_firm
        ),
    )


def establishment_with(participations: list[Participation], own: Iterable[Record]) -> Establishment:
    """The referral's workplace: the register's place before the partners', and its insured
    workers (A-91). own: the records of that workplace."""
    found, months = establishment_of(participations), months_of(own)
    if not months:
        return found
    place = newest(months, _month, _place)
    if place is not None:
        found = replace(found, sigungu=place[0], region_confidence=place[1])
    return replace(found, insured_workers=newest(months, _month, lambda m: m.insured_workers))


def _place(month: TrainingMonth) -> tuple[str, str | None] | None:
    return None if month.sigungu is None else (month.sigungu, month.region_confidence)


def training_of(records: Iterable[Record], as_of: str) -> Training:
    """What the months in force of all workplaces prove on a day (A-38)."""
    found = evidence((line for month in months_of(records) for line in month.lines), as_of)
    return Training(found.ai_courses, found.any_record)


def survey_of(records: Iterable[Record]) -> Survey:
    """The firm's own words: per question the newest answer (A-62: an empty list is none)."""
    said = [(one, one.answers or {}) for one in answers_of(records)]

    def read(name: str) -> Callable[[SurveyAnswer], object]:
        return lambda one: (one.answers or {}).get(name)

    def listed(name: str) -> Callable[[SurveyAnswer], tuple[str, ...] | None]:
        return lambda one: tuple((one.answers or {}).get(name) or ()) or None

    if not said:
        return Survey()
    answers = [one for one, _ in said]
    values: dict[str, object] = {
        fact: newest(answers, _day, read(name))
        for fact, name in (
            ("wishes", "wishes"),
            ("uses_ai", "uses_ai"),
            ("level_wanted", "level_wanted"),
            ("mode_wanted", "mode_wanted"),
            ("hours", "hours_wanted"),
            ("trainee_count", "trainee_count"),
        )
    }
    values |= {name: newest(answers, _day, listed(name)) or () for name in ("fields", "obstacles")}
    return Survey(**values)  # type: ignore[arg-type]


def consents_of(records: Iterable[Record]) -> Consents:
    """The consents given to the hub itself. One survey's consents say nothing about another's:
    enterprise information may go wherever any of them lets it; those about the contact person are
    the newest survey's that states one."""
    answers = sorted(answers_of(records), key=lambda one: (one.event_on, one.source_key))
    own = [one.consents[ENTERPRISE_INFO] for one in answers if ENTERPRISE_INFO in one.consents]
    given: Consent | None = None
    if own:
        granted = [to or () for granted, to in own if granted]
        names = tuple(sorted({name for to in granted for name in to}))
        given = Consent(bool(granted), names if granted else None)
    personal: dict[str, bool] = {}
    for one in answers:
        stated = {kind: said[0] for kind, said in one.consents.items() if kind != ENTERPRISE_INFO}
        personal = stated or personal
    return Consents(
        enterprise_info=given,
        marketing=personal.get("MARKETING"),
        personal_third_party=personal.get(CONTACT),
        survey=personal.get("SURVEY"),
    )


def origin_of(live: list[Participation], records: list[Record], own: list[Record]) -> str:
    """How a workplace came to the hub: by itself, over a programme of its firm, or found in the
    training register (demand-survey and training-history notes)."""
    if any(one.came_by_itself for one in answers_of(own)):
        return SELF
    return OWN_DISCOVERY if not live and months_of(records) else PARTNER


def business_at(
    as_of: str,
    live: Iterable[Participation],
    live_own: Iterable[Participation],
    records: Iterable[Record],
    own: Iterable[Record],
) -> Business:
    """How the business behind a workplace stands on a day: by the business numbers that are stated
    there, else by all of the firm. live, live_own: participations that are not deleted."""
    said = list(records)
    statements = [one for one in said if isinstance(one, TaxStatus)]
    if not statements:
        return Business()
    everything, here = [*live, *_stating(said)], [*live_own, *_stating(own)]
    brns = {one.brn for one in here if one.brn} or {one.brn for one in everything if one.brn}
    return business_of(as_of, brns, {one.crn for one in everything if one.crn}, statements)


def _stating(records: Iterable[Record]) -> list[TrainingMonth | SurveyAnswer]:
    kept = list(records)
    return [*months_of(kept), *answers_of(kept)]


def facts_of(
    as_of: str,
    enterprise: list[Participation],
    establishment: list[Participation],
    records: list[Kept],
    own: list[Kept],
    origin: str = "",
) -> Facts:
    """The facts of one workplace. records: all of the enterprise in a fixed order; own: those of
    the workplace. origin: as decided before, where only a part of the records is shown."""
    facts = facts_for(as_of, enterprise, establishment)
    if not records and not origin:
        return facts
    said, here = [k.record for k in records], [k.record for k in own]
    live = [p for p in enterprise if not p.is_deleted]
    live_own = [p for p in establishment if not p.is_deleted]
    business = business_at(as_of, live, live_own, said, here)
    return replace(
        facts,
        origin=origin or origin_of(live, said, here),
        firm=replace(firm_with(live, said), tax_status=business.status),
        establishment=establishment_with(live_own, here),
        survey=survey_of(said),
        training=training_of(said, as_of),
        consents=consents_of(said),
    )


def may_see(record: Record, agency: str) -> bool:
    """Whether an agency may be shown what follows from a record: of the register only the labour
    ministry's own (training-history note, "Consent and limits"), of an answer those whom its
    consent names. Whether a business goes on is public."""
    if isinstance(record, TaxStatus):
        return True
    outside = agency.startswith(OPERATOR_PREFIX)
    if isinstance(record, TrainingMonth):
        return not outside
    return record.grants(agency) if outside else record.grants(agency, HRDK)


def has_answered(own: list[Kept]) -> bool:
    """Whether an answer of the workplace itself stands."""
    return any(one.state == ANSWERED for one in answers_of(k.record for k in own))


def has_withdrawn(own: list[Kept], participations: list[Participation]) -> bool:
    """Whether the firm's own consent has been refused or taken back, and no programme of the
    workplace has another."""
    refused = any(
        one.consents.get(ENTERPRISE_INFO, (True, None))[0] is False
        for one in answers_of(k.record for k in own)
    )
    granted = any(p.consent_enterprise_info and not p.is_deleted for p in participations)
    return refused and not granted


def stated(records: list[Record], name: str) -> str | None:
    """A number or name that records state, the newest first; UNKNOWN is none."""
    for record in sorted(records, key=lambda one: (one.event_on, one.source_key), reverse=True):
        value: str | None = getattr(record, name)
        if value is not None and value != "UNKNOWN":
            return value
    return None
