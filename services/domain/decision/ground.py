"""What is decided for every firm, referral or not (A-69): taken from the facts, part by part."""

from schemas.values import frozen
from services.domain.decision.ax import AxLevel, course_score
from services.domain.decision.consent import ConsentGate, Given, by_hub
from services.domain.decision.eligibility import (
    Eligibility,
    closed,
    excluded_industry,
    insured_worker,
    priority_firm,
)
from services.domain.decision.entitlements import Entitlements
from services.domain.decision.facts import Course, Facts, ParticipationFacts
from services.domain.decision.measures import Needs
from services.domain.decision.memory import Memory
from services.domain.decision.modes import Modes
from services.domain.decision.participations import Group, View, q9
from services.domain.decision.referral import PARTNER
from services.domain.decision.region import Place, Region
from services.domain.decision.values import (
    NO,
    UNDETERMINED,
    YES,
    Tri,
    all_of,
    any_of,
    known,
    negated,
)


@frozen
class Ground:
    """The blocks of every decision, and what the rest is made from.

    day: the turning day of as_of (calendar.py). parts: the participations with what they are
    worth.
    """

    facts: Facts
    day: str
    place: Place | None
    section: str | None
    parts: tuple[tuple[View, ParticipationFacts], ...]
    given: Given
    needs: Needs
    group: Group
    region: Region
    eligibility: Eligibility
    modes: Modes
    gate: ConsentGate
    ax: AxLevel
    entitlements: Entitlements


def ground_of(memory: Memory, facts: Facts) -> Ground:
    """Everything that does not depend on whether there is a referral."""
    day = memory.floor(facts.as_of)
    place = memory.place(facts.establishment)
    section = memory.section(facts.firm.ksic)
    parts = tuple(
        [(_view(memory, p, facts.as_of), p) for p in facts.participations if not p.is_deleted]
    )
    group = memory.group(*[view for view, _ in parts])
    needs, eligible = _eligibility(memory, facts, group, place, section)
    modes = memory.modes(group.counts, day)
    given = Given(
        tuple([(view.counts, p.consent) for view, p in parts]),
        facts.consents.enterprise_info,
        facts.origin != PARTNER or not parts,
    )
    return Ground(
        facts,
        day,
        place,
        section,
        parts,
        given,
        needs,
        group,
        memory.region(place, day),
        eligible,
        modes,
        _gate(memory, facts, given, group, modes, memory.recipient(place, day)),
        _ax(memory, facts, group),
        _entitlements(memory, facts.course, needs),
    )


def _view(memory: Memory, p: ParticipationFacts, as_of: str) -> View:
    policy = memory.policy
    breadth = policy.ax.breadth
    home_ministry = policy.matrix.home_ministry.get(p.programme)
    return memory.view(
        p.programme,
        p.role,
        p.status,
        q9(policy, p, as_of),
        p.ended_by == policy.eligibility.absent_ended_by,
        home_ministry is None or p.ministry is None or p.ministry == home_ministry,
        p.programme == breadth.mentor_programme
        and p.dx_mentor_visits is not None
        and p.dx_mentor_visits >= breadth.mentor_visits,
        p.joint_consulting_requested is True,
        memory.told[p.programme](p),
    )


def _eligibility(
    memory: Memory, facts: Facts, group: Group, place: Place | None, section: str | None
) -> tuple[Needs, Eligibility]:
    policy, firm, establishment = memory.policy, facts.firm, facts.establishment
    workers = establishment.insured_workers
    excluded = excluded_industry(policy, establishment, firm.ksic)
    el8 = any_of((known(establishment.ei_arrears), known(excluded)))
    priority = priority_firm(policy, firm, section)
    needs = memory.needs(
        priority.value,
        insured_worker(workers),
        UNDETERMINED if section is None else known(section == policy.industry.manufacturing),
        UNDETERMINED if place is None else YES,
        negated(el8),
    )
    eligible = memory.eligibility(
        group.el1,
        group.el2,
        firm.size_class,
        priority,
        closed(firm.tax_status),
        group.all_ended if facts.origin == PARTNER else NO,
        UNDETERMINED if workers is None else known(workers == 0),
        el8,
        facts.subject == "INDIVIDUAL",
    )
    return needs, eligible


def _gate(
    memory: Memory,
    facts: Facts,
    given: Given,
    group: Group,
    modes: Modes,
    public: tuple[str, ...],
) -> ConsentGate:
    operator = memory.policy.agencies.operator_prefix
    referral = given.names(*public)
    joint_with = group.joint[0] if group.joint and modes.joint_active else None
    joint: Tri = NO
    if joint_with is not None:
        joint = all_of((referral, given.names(operator + joint_with)))
    return memory.gate(
        by_hub(facts.consents.marketing, facts.consents),
        by_hub(facts.consents.survey, facts.consents),
        referral,
        joint,
        joint_with,
        tuple([(name, given.names(operator + name)) for name in modes.incentive]),
    )


def _ax(memory: Memory, facts: Facts, group: Group) -> AxLevel:
    policy, training = memory.policy, facts.training
    return memory.ax(
        group.scores,
        group.passing,
        group.mentored,
        course_score(policy, training.ai_courses_last_24m, training.any_record),
        facts.survey.uses_ai,
        facts.survey.level_wanted in policy.ax.survey.levels,
        facts.final_level,
    )


def _entitlements(memory: Memory, course: Course | None, needs: Needs) -> Entitlements:
    if course is None or course.kind is None:
        return memory.entitlements(needs)
    if course.start_on is None:
        return memory.entitlements(needs, course.kind)
    start = memory.floor(course.start_on)
    if course.kind in memory.sited_kinds:
        site = memory.region(memory.places.get(course.site_sigungu or ""), start)
        return memory.entitlements(
            needs, course.kind, start, site.capital, site.decline, None, course.visiting
        )
    provider = memory.places.get(course.provider_sigungu or "")
    tier = memory.tier(provider, start)
    return memory.entitlements(needs, course.kind, start, UNDETERMINED, UNDETERMINED, tier)
