"""The AX evidence: rows that can never fit, scores and thresholds that cannot be reached."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.policies import Policy
from schemas.policy_types import Evidence, Where
from services.domain.decision import facts as f
from services.domain.policy_check.findings import Path, Said, never

FACTS: Mapping[str, frozenset[Any]] = {
    "role": f.ROLES,
    "status": f.STATUSES,
    "ended_by": f.ENDINGS,
    "level_goal": f.GOALS,
    "business_kind": f.BUSINESS_KINDS,
    "ai_applied": frozenset({True, False}),
    "stage": f.STAGES | {"PROGRESS"},
    "track": f.TRACKS,
    "joint_consulting_requested": frozenset({True, False}),
    "is_deleted": frozenset({True, False}),
}
"""The facts that a condition may ask for, with the values they can have."""


def evidence(policy: Policy) -> Iterator[Said]:
    """Every finding about ax.yaml."""
    yield from _rows(policy)
    yield from _caps(policy)
    yield from _levels(policy)


def _rows(policy: Policy) -> Iterator[Said]:
    ax = policy.ax
    for name, statuses in ax.statuses.items():
        for status in sorted(statuses - policy.eligibility.participant_statuses):
            yield never(
                ("ax", "statuses", name),
                f"{status}은(는) 참여 상태가 아니어서 근거가 되지 않습니다.",
                f"{status} is no status of a participant, so it gives no evidence.",
            )
    for at, row in enumerate(ax.evidence):
        path: Path = ("ax", "evidence", at)
        if row.at is not None and row.at not in ax.statuses:
            yield never(
                (*path, "at"),
                f"ax.statuses에 {row.at}이(가) 없습니다.",
                f"ax.statuses has no {row.at}.",
            )
        yield from _where((*path, "where"), row.where)
        for part in ("base", "add"):
            for dimension, score in getattr(row, part).items():
                if not 0 <= score <= ax.max_score:
                    yield _too_high((*path, part, dimension), score, ax.max_score)
        for earlier, other in enumerate(ax.evidence[:at]):
            if _covers(policy, other, row):
                yield never(
                    path,
                    f"앞의 {earlier + 1}번째 행({other.rule})이 언제나 먼저 맞습니다.",
                    f"row {earlier + 1} ({other.rule}) before it always fits first.",
                )
                break


def _caps(policy: Policy) -> Iterator[Said]:
    ax = policy.ax
    rules = {row.rule for row in ax.evidence}
    for at, cap in enumerate(ax.caps):
        yield from _where(("ax", "caps", at, "where"), cap.where)
        if cap.of not in rules:
            yield never(
                ("ax", "caps", at, "of"),
                f"{cap.of} 규칙의 근거가 없습니다.",
                f"no evidence has the rule {cap.of}.",
            )
            continue
        for dimension, most in cap.to.items():
            given = [row.base.get(dimension, 0) for row in ax.evidence if row.rule == cap.of]
            if max(given, default=0) <= most:
                yield never(
                    ("ax", "caps", at, "to", dimension),
                    f"{cap.of}은(는) {dimension}에 {most}보다 많이 주지 않습니다.",
                    f"{cap.of} never gives {dimension} more than {most}.",
                )


def _where(path: Path, where: Where) -> Iterator[Said]:
    for fact, values in where.items():
        codes = FACTS.get(fact)
        if codes is None:
            yield Said(
                "REFERENCE_UNKNOWN",
                (*path, fact),
                f"사업참여에 {fact}라는 사실이 없습니다. 쓸 수 있는 것: {', '.join(FACTS)}.",
                f"a participation has no fact {fact}; known are {', '.join(FACTS)}.",
            )
            continue
        if not values:
            yield never((*path, fact), "맞는 값이 하나도 없습니다.", "no value fits.")
        for value in values:
            if value not in codes:
                yield never(
                    (*path, fact),
                    f"{fact}에 {value}라는 값이 없습니다.",
                    f"{fact} never has the value {value}.",
                )


def _covers(policy: Policy, earlier: Evidence, later: Evidence) -> bool:
    """Whether a row fits wherever a later one of its rule does."""
    if (earlier.rule, earlier.programme) != (later.rule, later.programme):
        return False
    statuses = policy.ax.statuses
    if earlier.at is not None and (
        later.at is None
        or not statuses.get(later.at, frozenset()) <= statuses.get(earlier.at, frozenset())
    ):
        return False
    return all(
        fact in later.where and set(later.where[fact]) <= set(values)
        for fact, values in earlier.where.items()
    )


def _too_high(path: Path, score: int, most: int) -> Said:
    return Said(
        "CONTRADICTION",
        path,
        f"점수는 0에서 {most}까지입니다: {score}",
        f"a score lies between 0 and {most}: {score}",
    )


def _reached(policy: Policy) -> dict[str, int]:
    """The most that any evidence gives a dimension (A-29: the best base, and every addition)."""
    ax = policy.ax
    bases = [*(row.base for row in ax.evidence), ax.alone.base]
    bases += [{ax.training.dimension: score} for score in ax.training.scores]
    adds: dict[tuple[str, str], int] = {(ax.survey.rule, ax.survey.dimension): ax.survey.uses_ai}
    for rule, added in [
        *((row.rule, row.add) for row in ax.evidence),
        (ax.breadth.rule, ax.breadth.add),
    ]:
        for dimension, score in added.items():
            adds[rule, dimension] = max(score, adds.get((rule, dimension), 0))
    return {
        dimension: min(
            ax.max_score,
            max((base.get(dimension, 0) for base in bases), default=0)
            + sum(score for (_, of), score in adds.items() if of == dimension),
        )
        for dimension in ax.dimensions
    }


def _levels(policy: Policy) -> Iterator[Said]:
    ax = policy.ax
    levels, reached = ax.levels, _reached(policy)
    most = sum(reached.values())
    if levels.intermediate_from >= levels.advanced_from:
        yield never(
            ("ax", "levels", "intermediate_from"),
            f"중급({levels.intermediate_from}점~)이 고급({levels.advanced_from}점~)보다"
            " 낮아야 합니다.",
            f"INTERMEDIATE ({levels.intermediate_from}) must begin below ADVANCED"
            f" ({levels.advanced_from}).",
        )
    if levels.intermediate_from <= 0:
        yield never(
            ("ax", "levels", "intermediate_from"),
            "0점도 중급이 되어 초급이 없어집니다.",
            "a total of 0 is INTERMEDIATE already: nobody is a BEGINNER.",
        )
    if levels.advanced_from > most:
        yield never(
            ("ax", "levels", "advanced_from"),
            f"합계는 {most}점까지입니다.",
            f"totals end at {most}.",
        )
    for dimension, score in levels.advanced_needs.items():
        if score > reached.get(dimension, 0):
            yield never(
                ("ax", "levels", "advanced_needs", dimension),
                f"{dimension}은(는) {reached.get(dimension, 0)}점까지입니다.",
                f"{dimension} ends at {reached.get(dimension, 0)}.",
            )
    if ax.breadth.programmes > len(policy.matrix.programmes):
        yield never(
            ("ax", "breadth", "programmes"),
            f"사업은 {len(policy.matrix.programmes)}개뿐입니다.",
            f"there are {len(policy.matrix.programmes)} programmes only.",
        )
    for at, score in enumerate(ax.training.scores):
        if not 0 <= score <= ax.max_score:
            yield _too_high(("ax", "training", "scores", at), score, ax.max_score)
