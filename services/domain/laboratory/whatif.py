"""What if: past decisions taken again under a draft policy, and who would gain or lose.

Decisions come in order of workplace, the oldest first. Every one is decided again; what a workplace
has is what its last decision says. Only counters and a few examples are kept.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.domain.decision.decision import Decision
from services.domain.decision.delivery import band_of
from services.domain.decision.engine import Engine
from services.domain.decision.facts import Facts
from services.domain.decision.stored import UnreadableStored, facts_from_stored
from services.domain.decision.values import NO, YES
from services.domain.laboratory.outcome import Outcome, course_values, movement, outcome_of
from services.domain.laboratory.replay import Stored, differing

EXAMPLES = 10
VERDICTS = ("gains", "loses", "mixed", "other", "same")
UNKNOWN = "UNKNOWN"


@dataclass(slots=True)
class _Pair:
    """The last decision of a workplace so far. parts: in which the draft's differs."""

    stored: Stored
    engine: Engine
    facts: Facts
    after: Decision
    parts: tuple[str, ...]


@dataclass(slots=True)
class WhatIf:
    """engines: by policy hash, for the decisions as they were taken. sido: name of the province by
    the first two digits of a 시군구 code."""

    engines: Mapping[bytes, Engine]
    draft: Engine
    sido: Mapping[str, str]
    decisions: int = 0
    changed: int = 0
    unknown_policy: int = 0
    unreadable: int = 0
    not_reproduced: int = 0
    parts: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    groups: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    moves: dict[str, Counter[str]] = field(default_factory=dict)
    totals: tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]] = field(
        default_factory=lambda: (Counter(), Counter())
    )
    examples: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _values_differ: bool = field(init=False)
    _pair: _Pair | None = None

    def __post_init__(self) -> None:
        values = self.draft.policy.entitlements
        self._values_differ = any(e.policy.entitlements != values for e in self.engines.values())

    def add(self, stored: Stored) -> None:
        """The next decision."""
        if self._pair is not None and self._pair.stored.establishment_id != stored.establishment_id:
            self._settle()
        engine = self.engines.get(stored.policy_hash or b"")
        if engine is None or stored.blocks is None:
            self.unknown_policy += 1
            return
        try:
            facts = facts_from_stored(stored.facts)
        except UnreadableStored:
            self.unreadable += 1
            return
        after = self.draft.decide(facts)
        parts = differing(stored.blocks, after)
        self.decisions += 1
        if parts:
            self.changed += 1
            self.parts.update(parts)
        self._pair = _Pair(stored, engine, facts, after, parts)

    def close(self) -> None:
        """After the last decision."""
        self._settle()

    def _settle(self) -> None:
        pair, self._pair = self._pair, None
        if pair is None:
            return
        decided = pair.engine.decide(pair.facts) if pair.parts else pair.after
        if pair.parts:
            self.not_reproduced += decided.content_hash != pair.stored.decision_id
        before = self._outcome(pair.engine, pair.facts, decided)
        after = self._outcome(self.draft, pair.facts, pair.after)
        self.totals[0].update(before.aspects)
        self.totals[1].update(after.aspects)
        moved = movement(before, after)
        same = not (pair.parts or moved.gains or moved.losses)
        verdict = "same" if same else moved.verdict
        self.verdicts[verdict] += 1
        for group in self._groups(pair.facts, decided):
            self.groups.setdefault(group, Counter())[verdict] += 1
        for name in moved.gains:
            self.moves.setdefault(name, Counter())["gains"] += 1
        for name in moved.losses:
            self.moves.setdefault(name, Counter())["loses"] += 1
        shown = self.examples.setdefault(verdict, [])
        if verdict != "same" and len(shown) < EXAMPLES:
            shown.append(
                {
                    "establishment_id": pair.stored.establishment_id,
                    "version": pair.stored.version,
                    "as_of": pair.stored.as_of,
                    "gains": list(moved.gains),
                    "losses": list(moved.losses),
                    "parts": list(pair.parts),
                }
            )

    def _outcome(self, engine: Engine, facts: Facts, decision: Decision) -> Outcome:
        values = course_values(engine, facts, decision) if self._values_differ else {}
        return outcome_of(decision, values)

    def _groups(self, facts: Facts, decision: Decision) -> Iterator[tuple[str, str]]:
        sigungu = facts.establishment.sigungu or ""
        yield "region", self.sido.get(sigungu[:2], UNKNOWN)
        yield "tier", _tier(decision)
        workers = facts.firm.regular_workers
        yield "size", band_of(self.draft.policy, workers) or UNKNOWN
        for programme in sorted({p.programme for p in facts.participations}) or ["-"]:
            yield "programme", programme

    def json(self) -> dict[str, Any]:
        """As `naru policy whatif --json` prints it."""
        before, after = self.totals
        return {
            "decisions": self.decisions,
            "decisions_changed": self.changed,
            "unknown_policy": self.unknown_policy,
            "unreadable": self.unreadable,
            "not_reproduced": self.not_reproduced,
            "workplaces": sum(self.verdicts.values()),
            "verdicts": {name: self.verdicts[name] for name in VERDICTS},
            "parts": dict(self.parts.most_common()),
            "moves": {name: dict(found) for name, found in sorted(self.moves.items())},
            "groups": [
                {"by": by, "group": group, **{name: found[name] for name in VERDICTS}}
                for (by, group), found in sorted(self.groups.items())
            ],
            "totals": [
                {"what": what, "value": value, "before": before[key], "after": after[key]}
                for key in sorted({*before, *after})
                for what, value in (key,)
            ],
            "examples": self.examples,
        }


def _tier(decision: Decision) -> str:
    """Decline before capital, as the three-tier values have it (Q3)."""
    region = decision.region
    if region.decline == YES:
        return "DECLINE"
    if region.capital == YES:
        return "CAPITAL"
    return "NON_CAPITAL" if region.capital == NO and region.decline == NO else UNKNOWN
