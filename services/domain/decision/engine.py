"""The engine: facts in, decision out, under one policy.

Every part of a decision is a pure function of a few abstracted facts; this module takes them from
the facts and puts the parts together.
"""

from schemas.policies import Policy
from schemas.tables import Tables
from services.domain.decision.agencies import Agencies
from services.domain.decision.decision import Decision
from services.domain.decision.delivery import Delivery, band_of
from services.domain.decision.facts import Facts
from services.domain.decision.ground import Ground, ground_of
from services.domain.decision.incentives import Incentives
from services.domain.decision.measures import Measures, is_short_of_time
from services.domain.decision.memory import Memory
from services.domain.decision.priority import Priority, adoption, experience, size_state
from services.domain.decision.referral import (
    PARTNER,
    Case,
    Referral,
    stage_of,
    verdict_of,
    waiting,
)
from services.domain.decision.values import NO, UNDETERMINED, YES, known, negated


class Engine:
    """Decides under one policy and one set of reference tables.

    policy_hash: sha256, hex, over the content of both. An instance lives as long as its policy;
    instances share nothing.
    """

    def __init__(self, policy: Policy, tables: Tables) -> None:
        self.policy = policy
        self.memory = Memory(policy, tables)
        self.policy_hash = self.memory.policy_hash.hex()

    def decide(self, facts: Facts) -> Decision:
        """The decision on these facts. Pure: equal facts, equal decision."""
        ground = ground_of(self.memory, facts)
        verdict = verdict_of(self.policy, _case(ground))
        if verdict is not None:
            ended = self.memory.referral(verdict, None, None, ())
            return self._decision(ground, ended, None, None, None, None, None)
        measures = self._measures(ground)
        agencies = self._agencies(ground, measures)
        return self._decision(
            ground,
            self._opened(ground, agencies),
            measures,
            agencies,
            self._delivery(ground),
            self._priority(ground),
            self._incentives(ground),
        )

    def _measures(self, ground: Ground) -> Measures:
        facts = ground.facts
        workers, obstacles = facts.firm.regular_workers, facts.survey.obstacles
        return self.memory.measures(
            ground.eligibility.route,
            ground.ax.level,
            facts.final_level is not None,
            is_short_of_time(self.policy, workers, obstacles),
            ground.needs,
            ground.day,
        )

    def _agencies(self, ground: Ground, measures: Measures) -> Agencies:
        proposals = self.policy.proposals
        results = ground.gate.results
        route = ground.eligibility.route
        joint = results.joint == YES and route != UNDETERMINED
        return self.memory.agencies(
            ground.place,
            ground.day,
            route == "PACKAGES",
            results.joint_with if joint else None,
            measures.proposes(proposals.joint_centre),
            measures.proposes(proposals.lab),
            ground.facts.survey.job_change is True and ground.region.capital == NO,
        )

    def _delivery(self, ground: Ground) -> Delivery:
        facts, survey = ground.facts, ground.facts.survey
        return self.memory.delivery(
            band_of(self.policy, facts.firm.regular_workers),
            experience(facts.training),
            ground.section,
            survey.mode_wanted,
            survey.hours,
            survey.fields,
            survey.level_wanted,
        )

    def _priority(self, ground: Ground) -> Priority:
        facts = ground.facts
        band = band_of(self.policy, facts.firm.regular_workers)
        window = self.memory.window(facts.as_of)
        return self.memory.priority(
            band,
            known(facts.survey.wishes),
            negated(experience(facts.training)),
            size_state(self.policy, band),
            negated(ground.region.capital),
            ground.region.decline,
            adoption(window, [(view.counts, p) for view, p in ground.parts if view.home]),
            ground.group.joint_programme,
            ground.needs.manufacturing,
            ground.group.two_programmes,
        )

    def _incentives(self, ground: Ground) -> Incentives:
        outcome = ground.facts.outcome
        return self.memory.incentives(
            ground.gate.results.notices,
            ground.facts.final_level is not None,
            outcome.training_completed is True,
            outcome.pbl_completed is True,
        )

    def _opened(self, ground: Ground, agencies: Agencies) -> Referral:
        facts, memory = ground.facts, self.memory
        verdict = waiting(_missing(ground, memory.recipient(ground.place, ground.day)))
        return memory.referral(
            verdict,
            stage_of(facts.origin, facts.survey.wishes),
            agencies.diagnosis_kind,
            agencies.addressees if not verdict.missing else (),
        )

    def _decision(
        self,
        ground: Ground,
        referral: Referral,
        measures: Measures | None,
        agencies: Agencies | None,
        delivery: Delivery | None,
        priority: Priority | None,
        incentives: Incentives | None,
    ) -> Decision:
        course = ground.facts.course
        return Decision(
            self.memory.policy_hash,
            ground.group,
            ground.region,
            ground.eligibility,
            ground.modes,
            ground.gate,
            ground.ax,
            ground.entitlements,
            measures,
            agencies,
            delivery,
            priority,
            incentives,
            referral,
            self.memory.alarms(ground.facts.as_of, course.start_on if course else None),
        )


def _case(ground: Ground) -> Case:
    facts, group, rules = ground.facts, ground.group, ground.eligibility.rules
    return Case(
        facts.origin,
        ground.eligibility.route,
        rules["EL-5"],
        rules["EL-4"],
        bool(ground.parts),
        ground.modes.opens,
        ground.modes.promo,
        group.failures,
        group.unknown,
        facts.survey.wishes,
        ground.day,
    )


def _missing(ground: Ground, public: tuple[str, ...]) -> set[str]:
    """The facts for which the referral is held (A-07)."""
    facts, eligible = ground.facts, ground.eligibility
    missing: set[str] = set()
    if facts.origin == PARTNER and ground.modes.opens != YES:
        missing.update(ground.group.opening)
    if eligible.route == UNDETERMINED:
        if facts.firm.size_class in (None, "UNKNOWN"):
            missing.add("firm.size_class")
        if eligible.priority.value == UNDETERMINED:
            missing.add("firm.priority_firm")
    if facts.firm.tax_status == "UNKNOWN":
        missing.add("firm.tax_status")
    if ground.gate.results.referral != YES:
        counted = ground.given.names(*public, if_counted=True)
        missing.update(ground.group.unknown if counted == YES else ("consent.enterprise_info",))
    if ground.place is None:
        missing.add("establishment.sigungu")
    return missing
