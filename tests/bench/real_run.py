"""What a real run under a draft gives, workplace by workplace, beside what `naru policy whatif` has
foretold of it: every total, and who gains and who loses, by region, size and programme.

A workplace that the two runs know different facts of proves nothing about the policy: it is taken
out of both sides and counted. What is left must be equal to the last one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from services.domain.decision.decision import Decision
from services.domain.decision.delivery import band_of
from services.domain.decision.engine import Engine
from services.domain.decision.facts import Facts
from services.domain.decision.stored import facts_from_stored
from services.domain.laboratory.outcome import Outcome, movement, outcome_of
from services.domain.laboratory.replay import differing

LAST = """
select distinct on (l.establishment_id) l.establishment_id::text, l.facts, l.decision_id, d.blocks
from decision_log l join decision d using (decision_id)
order by l.establishment_id, l.version desc, l.decided_at desc, l.stream desc, l.kafka_offset desc
"""
VERDICTS = ("gains", "loses", "mixed", "other", "same")
EXAMPLES = 5

Row: TypeAlias = tuple[Any, ...]
"""A row of `LAST`: workplace, facts, decision id, digests of its blocks."""
Count: TypeAlias = "Counter[tuple[str, ...]]"


@dataclass(slots=True)
class RealRun:
    """shipped, draft: the engines of the first run and of the second. provinces: names by the first
    two digits of a 시군구 code.

    seen: what the second run gives. foretold: what what-if says of the workplaces taken out.
    """

    shipped: Engine
    draft: Engine
    provinces: Mapping[str, str]
    counts: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, Any]] = field(default_factory=list)
    _seen: Count = field(default_factory=Counter)
    _foretold: Count = field(default_factory=Counter)

    def read(self, first: Iterable[Row], second: Iterable[Row]) -> None:
        """Every workplace's last decision in both runs."""
        before = {row[0]: row for row in first}
        for workplace, facts, decision_id, _ in second:
            self.counts["workplaces"] += 1
            row = before.pop(workplace, None)
            if row is None or row[1] != facts:
                self._taken_out(row, facts)
            else:
                self._compared(row, decision_id)
        for row in before.values():
            self._taken_out(row, None)

    def _compared(self, row: Row, decision_id: bytes) -> None:
        facts = facts_from_stored(row[1])
        then, now = self.shipped.decide(facts), self.draft.decide(facts)
        proved = then.content_hash == row[2] and now.content_hash == decision_id
        self.counts["as_foreseen" if proved else "not_as_foreseen"] += 1
        if proved:
            self._seen.update(self._told(facts, then, now, row[3]))

    def _taken_out(self, row: Row | None, facts: bytes | None) -> None:
        self.counts["facts_differ"] += 1
        if len(self.examples) < EXAMPLES:
            sides = (row and row[1], facts)
            self.examples.append(
                {name: one and one.decode() for name, one in zip("ab", sides, strict=True)}
            )
        if row is not None:
            first = facts_from_stored(row[1])
            then, now = self.shipped.decide(first), self.draft.decide(first)
            self._foretold.update(self._told(first, then, now, row[3]))

    def _told(
        self, facts: Facts, then: Decision, now: Decision, blocks: bytes
    ) -> Iterator[tuple[str, ...]]:
        before, after = outcome_of(then, {}), outcome_of(now, {})
        yield from (("before", *one) for one in before.aspects)
        yield from (("after", *one) for one in after.aspects)
        verdict = _verdict(before, after, bool(differing(blocks, now)))
        yield "verdict", verdict
        for group in self._groups(facts):
            yield "group", *group, verdict
        moved = movement(before, after)
        yield from (("move", name, "gains") for name in moved.gains)
        yield from (("move", name, "loses") for name in moved.losses)

    def _groups(self, facts: Facts) -> Iterator[tuple[str, str]]:
        sigungu = facts.establishment.sigungu or ""
        yield "region", self.provinces.get(sigungu[:2], "UNKNOWN")
        yield "size", band_of(self.draft.policy, facts.firm.regular_workers) or "UNKNOWN"
        for programme in {p.programme for p in facts.participations} or {"-"}:
            yield "programme", programme

    def differences(self, whatif: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Where the real run says something else than what-if of the first run has said."""
        expected = _counts(whatif)
        expected.subtract(self._foretold)
        return [
            {"what": " ".join(key), "whatif": expected[key], "real": self._seen[key]}
            for key in sorted({*expected, *self._seen})
            if expected[key] != self._seen[key]
        ]

    def json(self, whatif: Mapping[str, Any]) -> dict[str, Any]:
        """equal: every count of the workplaces that can be compared, and every decision by hash."""
        differences = self.differences(whatif)
        proved = self.counts["as_foreseen"] > 0 and self.counts["not_as_foreseen"] == 0
        return {
            "equal": proved and not differences,
            **{
                name: self.counts[name]
                for name in ("workplaces", "as_foreseen", "not_as_foreseen", "facts_differ")
            },
            "totals_compared": len({*self._seen}),
            "by": _shown(self._seen),
            "differences": differences[:20],
            "differing_facts": self.examples,
        }


def _verdict(before: Outcome, after: Outcome, differs: bool) -> str:
    moved = movement(before, after)
    return moved.verdict if differs or moved.gains or moved.losses else "same"


def _counts(whatif: Mapping[str, Any]) -> Count:
    """What `naru policy whatif --json` says, without the tiers."""
    found: Count = Counter()
    for row in whatif["totals"]:
        for side in ("before", "after"):
            found[(side, row["what"], row["value"])] = row[side]
    for name, number in whatif["verdicts"].items():
        found[("verdict", name)] = number
    for row in whatif["groups"]:
        if row["by"] != "tier":
            for verdict in VERDICTS:
                found[("group", row["by"], row["group"], verdict)] = row[verdict]
    for name, sides in whatif["moves"].items():
        for side, number in sides.items():
            found[("move", name, side)] = number
    return found


def _shown(counts: Count) -> dict[str, dict[str, dict[str, int]]]:
    shown: dict[str, dict[str, dict[str, int]]] = {}
    for key, number in sorted(counts.items()):
        if key[0] == "group":
            shown.setdefault(key[1], {}).setdefault(key[2], {})[key[3]] = number
    return shown
