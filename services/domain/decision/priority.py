"""Who is served first: a sum of published factors (handbook 4.9; A-55 to A-61, A-85)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from schemas.policies import Policy
from services.domain.decision.block import Block, seal
from services.domain.decision.calendar import shifted
from services.domain.decision.facts import ParticipationFacts, Training
from services.domain.decision.values import NO, UNDETERMINED, YES, Tri, all_of, any_of, known

RULES = ("PR-1", "PR-2", "PR-3", "PR-4", "PR-5", "PR-6", "PR-7", "PR-8", "PR-9")
SIZE = "PR-3"


@dataclass(frozen=True, slots=True, eq=False)
class Priority(Block):
    """score: 0 to 1000, the plain sum of the points."""

    score: int
    states: Mapping[str, Tri]


@dataclass(frozen=True, slots=True)
class Window:
    """The days around the deciding day in which adoption happens, ISO strings (A-56)."""

    agreed_from: str
    today: str
    ends_to: str

    def holds(self, p: ParticipationFacts) -> Tri:
        """Whether one participation was agreed lately or ends soon."""
        return any_of(
            (
                _within(self.agreed_from, p.agreement_on, self.today),
                _within(self.today, p.ends_on, self.ends_to),
            )
        )


def adoption(window: Window, parts: Iterable[tuple[Tri, ParticipationFacts]]) -> Tri:
    """PR-6 over participations with whether they count."""
    return any_of(all_of((counts, window.holds(p))) for counts, p in parts if counts != NO)


def window_of(policy: Policy, as_of: str) -> Window:
    """The window around a deciding day."""
    weights = policy.priority
    return Window(
        shifted(as_of, -weights.agreement_within_days),
        as_of,
        shifted(as_of, weights.ends_within_days),
    )


def experience(training: Training) -> Tri:
    """Whether the firm has an AI-training record of any age (A-38)."""
    return YES if training.ai_courses_last_24m else known(training.any_record)


def size_state(policy: Policy, band: str | None) -> Tri:
    """PR-3: whether the band earns points."""
    if band is None:
        return UNDETERMINED
    return known(policy.priority.size_points[band] > 0)


def priority(policy: Policy, band: str | None, *states: Tri) -> Priority:
    """The priority block. states: in the order of RULES; an undetermined factor scores 0."""
    weights = policy.priority
    by_rule = dict(zip(RULES, states, strict=True))
    points = {rule: _points(policy, rule, state, band) for rule, state in by_rule.items()}
    score = sum(points.values())
    raw, digest = seal(
        {
            "score": score,
            "factors": {
                rule: {
                    "factor": weights.factors[rule].factor,
                    "state": state,
                    "points": points[rule],
                    "section": policy.section(rule),
                }
                for rule, state in by_rule.items()
            },
        }
    )
    return Priority(raw, digest, score, by_rule)


def _points(policy: Policy, rule: str, state: Tri, band: str | None) -> int:
    if state != YES:
        return 0
    if rule == SIZE and band is not None:
        return policy.priority.size_points[band]
    return policy.priority.factors[rule].points


def _within(first: str, day: str | None, last: str) -> Tri:
    return UNDETERMINED if day is None else known(first <= day <= last)
