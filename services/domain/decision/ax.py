"""The provisional AX level and what a diagnosis makes of it (handbook 4.4; A-29 to A-44)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemas.policies import Policy
from services.domain.decision.block import Block, seal
from services.domain.decision.participations import Score

RULE = "AX-LEVEL"
BEGINNER, INTERMEDIATE, ADVANCED = "BEGINNER", "INTERMEDIATE", "ADVANCED"


@dataclass(frozen=True, slots=True)
class Said:
    """What counts beside the participations. courses: score of AX-09, None where it is open."""

    courses: int | None
    uses_ai: bool | None
    wants_more: bool
    final_level: str | None


@dataclass(frozen=True, slots=True, eq=False)
class AxLevel(Block):
    """The level that packages are proposed for; provisional is what the rules alone give."""

    level: str
    provisional: str
    basis: str
    total: int
    confidence: int
    scores: dict[str, int]


def course_score(policy: Policy, courses: int | None, any_record: bool | None) -> int | None:
    """AX-09: by the number of courses; an unknown number is 0 only without any record (A-38)."""
    scores = policy.ax.training.scores
    if courses is None:
        return scores[0] if any_record is False else None
    return scores[min(courses, len(scores) - 1)]


def ax_level(
    policy: Policy,
    scores: frozenset[Score],
    passing: frozenset[str],
    mentored: bool,
    *answers: Any,
) -> AxLevel:
    """The AX block. scores, passing, mentored: as in participations.Group; answers: the values
    of Said."""
    said = Said(*answers)
    fired = [*scores, *_firm_scores(policy, passing, mentored, said)]
    dimensions = {name: _dimension(policy, name, fired) for name in policy.ax.dimensions}
    points = {name: score for name, (score, _) in dimensions.items()}
    total = sum(points.values())
    provisional = _level(policy, points, total)
    silent = sum(rules == [policy.ax.no_data] for _, rules in dimensions.values())
    confidence = _confidence(policy, silent, said)
    level = said.final_level or provisional
    basis = "DIAGNOSIS" if said.final_level else "PROVISIONAL_RULE"
    section = policy.section(RULE)
    raw, digest = seal(
        {
            "dimensions": {
                name: {"score": score, "rules": rules, "section": section}
                for name, (score, rules) in dimensions.items()
            },
            "total": total,
            "provisional_level": provisional,
            "level": level,
            "basis": basis,
            "confidence": confidence,
            "rule": RULE,
            "section": section,
        }
    )
    return AxLevel(raw, digest, level, provisional, basis, total, confidence, points)


def _firm_scores(
    policy: Policy, passing: frozenset[str], mentored: bool, said: Said
) -> Iterator[Score]:
    ax = policy.ax
    if passing == {ax.alone.programme}:
        yield Score(ax.alone.rule, tuple(ax.alone.base.items()))
    if said.courses is not None:
        yield Score(ax.training.rule, ((ax.training.dimension, said.courses),))
    if len(passing) >= ax.breadth.programmes or mentored:
        yield Score(ax.breadth.rule, (), tuple(ax.breadth.add.items()))
    if said.uses_ai is not None:
        points = ax.survey.uses_ai if said.uses_ai else 0
        yield Score(ax.survey.rule, (), ((ax.survey.dimension, points),))


def _dimension(policy: Policy, name: str, fired: list[Score]) -> tuple[int, list[str]]:
    base, rules = 0, set()
    additions: dict[str, int] = {}
    for score in fired:
        for dimension, points in score.base:
            if dimension == name:
                base = max(base, points)
                rules.add(score.rule)
        for dimension, points in score.add:
            if dimension == name:
                additions[score.rule] = max(additions.get(score.rule, 0), points)
                rules.add(score.rule)
    total = min(policy.ax.max_score, base + sum(additions.values()))
    return total, sorted(rules) or [policy.ax.no_data]


def _level(policy: Policy, points: dict[str, int], total: int) -> str:
    levels = policy.ax.levels
    if total < levels.intermediate_from:
        return BEGINNER
    ready = all(points[name] >= least for name, least in levels.advanced_needs.items())
    return ADVANCED if total >= levels.advanced_from and ready else INTERMEDIATE


def _confidence(policy: Policy, silent: int, said: Said) -> int:
    confidence = policy.ax.confidence
    if said.final_level:
        return confidence.full
    wanted = confidence.level_wanted if said.wants_more else 0
    return max(0, min(confidence.full, confidence.full - confidence.no_data * silent + wanted))
