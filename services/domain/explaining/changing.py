"""What would have to change for a benefit to apply: found by deciding anew with altered facts.

Which facts are altered and to what stands in explaining.yaml; nothing is told that a decision did
not bear out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

from services.domain.explaining.case import Case
from services.domain.explaining.coming import Decide
from services.domain.explaining.differences import Json
from services.domain.explaining.trying import JOINS, Change, Trials
from services.domain.explaining.words import Told

MOST_PAIRS = 4
"""How many pairs of changes are told at most for one benefit."""

Holds: TypeAlias = Callable[[Json], bool]


@dataclass(frozen=True, slots=True)
class Aim:
    """A benefit that does not apply now: kind and id, its name, and when it would."""

    kind: str
    id: str
    name: Told
    holds: Holds


class Changing:
    """days: the coming days on which the decision may differ."""

    def __init__(self, case: Case, decide: Decide, days: list[str]) -> None:
        self._case = case
        self._days = days
        self._trials = Trials(case, decide)

    def found(self) -> list[dict[str, Any]]:
        """For every benefit that does not apply, the smallest changes that would bring it."""
        return [told for aim in self._aims() for told in self._for(aim)]

    # What is aimed at

    def _aims(self) -> Iterator[Aim]:
        decision = self._case.decision
        if decision["referral"]["status"] != "requested":
            yield self._aim("REFERRAL", "", lambda d: d["referral"]["status"] == "requested")
        if decision["referral"]["diagnosis_kind"] != "JOINT_TECH_HRD":
            yield self._aim("JOINT_CONSULTING", "", _joint)
        if not decision["incentives"]:
            yield self._aim("INCENTIVE", "", lambda d: bool(d["incentives"]))
        yield from self._levels()
        yield from self._measures()
        yield from self._entitlements()

    def _levels(self) -> Iterator[Aim]:
        order = ("BEGINNER", "INTERMEDIATE", "ADVANCED")
        now = self._case.decision["ax"]["level"]
        for level in order[order.index(now) + 1 :]:
            called = self._case.words.word("level", level)
            yield self._aim("LEVEL", level, _level(level), level=called)

    def _measures(self) -> Iterator[Aim]:
        measures, words = self._case.decision["measures"], self._case.words
        if measures is None:
            return
        for name, item in measures["items"].items():
            if item["state"] != "YES":
                yield self._aim("MEASURE", name, _measure(name), measure=words.measure(name))

    def _entitlements(self) -> Iterator[Aim]:
        words = self._case.words
        for rule, flag in self._case.decision["entitlements"].items():
            if flag["status"] not in _GRANTED:
                kind = words.word("flag_kind", flag["kind"])
                yield self._aim("ENTITLEMENT", rule, _granted(rule), rule=rule, kind=kind)

    def _aim(self, kind: str, name: str, holds: Holds, /, **slots: Any) -> Aim:
        benefit = self._case.words.policy.explaining.benefits[kind]
        return Aim(kind, name, self._case.words.fill(benefit, **slots), holds)

    # What is tried

    def _for(self, aim: Aim) -> Iterator[dict[str, Any]]:
        changes = list(self._changes(aim.kind))
        alone = self._alone(aim, changes)
        days = [day for day in self._days if aim.holds(self._trials.on(day))][:1]
        if alone or days:
            yield from (self._told(aim, combination, None) for combination in alone)
            yield from (self._told(aim, (), day) for day in days)
            return
        pairs = self._pairs(aim, changes)
        if pairs:
            yield from (self._told(aim, pair, None) for pair in pairs)
            return
        several = self._several(aim, changes)
        if several:
            yield self._told(aim, several, None)
            return
        told = self._case.words.say("change_nothing", benefit=aim.name)
        yield {"benefit": aim.kind, "id": aim.id, "changes": None, "on": None, **told}

    def _alone(self, aim: Aim, changes: list[Change]) -> list[tuple[Change, ...]]:
        """Single changes that do: per fact the first of its alternatives, new participations
        together."""
        found: dict[tuple[str, int | None], Change] = {}
        joins: tuple[str, ...] = ()
        for change in changes:
            if change.key in found and change.fact != JOINS:
                continue
            if aim.holds(self._trials.with_changes((change,))):
                if change.fact == JOINS:
                    joins = (*joins, *change.value)
                    change = Change(JOINS, joins)
                found[change.key] = change
        return [(change,) for change in found.values()]

    def _pairs(self, aim: Aim, changes: list[Change]) -> list[tuple[Change, ...]]:
        found: list[tuple[Change, ...]] = []
        for pair in combinations(changes, 2):
            if pair[0].key != pair[1].key and aim.holds(self._trials.with_changes(pair)):
                found.append(pair)
                if len(found) == MOST_PAIRS:
                    break
        return found

    def _several(self, aim: Aim, changes: list[Change]) -> tuple[Change, ...]:
        """All changes together, without those that are not needed; empty where even all of them
        do not do."""
        first: dict[tuple[str, int | None], Change] = {}
        for change in changes:
            first.setdefault(change.key, change)
        kept = list(first.values())
        if not aim.holds(self._trials.with_changes(kept)):
            return ()
        for change in list(kept):
            rest = [one for one in kept if one is not change]
            if aim.holds(self._trials.with_changes(rest)):
                kept = rest
        return tuple(kept)

    def _changes(self, kind: str) -> Iterator[Change]:
        """The changes that the policy lets be tried for a benefit."""
        policy = self._case.words.policy
        reads = dict.fromkeys(
            fact
            for rule in policy.explaining.benefits[kind].rules
            for fact in policy.rules.rules[rule].reads
        )
        for fact in reads:
            lever = policy.explaining.levers.get(fact)
            if lever is None:
                continue
            for at, present in self._places(fact, lever.only):
                for value in lever.tried:
                    tried = self._filled(value, at)
                    if tried != present and (present is None or not lever.unknown_only):
                        yield Change(fact, tried, at)
        for programme in policy.explaining.joins.get(kind, ()):
            yield Change(JOINS, (programme,))

    def _places(self, fact: str, only: Iterable[str]) -> Iterator[tuple[int | None, Any]]:
        """Where a fact stands, and its present value."""
        part, _, name = fact.partition(".")
        if part == "course" and self._case.facts.course is None:
            return
        if part != "participation":
            yield None, self._case.value(fact)
            return
        programmes = tuple(only)
        for at, p in enumerate(self._case.known["participations"]):
            if not p.get("is_deleted") and (not programmes or p["programme"] in programmes):
                yield at, p.get(name)

    def _filled(self, value: Any, at: int | None) -> Any:
        """A tried value with its place-holders filled in."""
        if isinstance(value, Mapping):
            return {name: self._filled(one, at) for name, one in value.items()}
        if isinstance(value, tuple):
            return [self._filled(one, at) for one in value]
        if isinstance(value, str):
            found = self._case.known["participations"]
            programme = "" if at is None else found[at]["programme"]
            return value.replace("<as_of>", self._case.facts.as_of).replace("<P>", programme)
        return value

    # Telling

    def _told(self, aim: Aim, changes: tuple[Change, ...], day: str | None) -> dict[str, Any]:
        words = self._case.words
        parts = [self._said(change) for change in changes]
        if day is not None:
            parts.append(words.say("change_day", day=day))
        joint = words.say("change_and")
        change = {
            language: joint[language].join(part[language] for part in parts)
            for language in ("ko", "en")
        }
        return {
            "benefit": aim.kind,
            "id": aim.id,
            "changes": [self._listed(one) for one in changes],
            "on": day,
            **words.say("change_one", change=change, benefit=aim.name),
        }

    def _listed(self, change: Change) -> dict[str, Any]:
        return {
            "fact": change.fact,
            "about": self._about(change),
            "before": self._present(change),
            "after": change.value,
        }

    def _said(self, change: Change) -> Told:
        words = self._case.words
        if change.fact == JOINS:
            programmes = words.joined(map(words.programme, change.value))
            return words.say("change_joins", programmes=programmes)
        about, label = self._about(change), words.label(change.fact)
        if about is not None:
            label = words.say("missing_of", programme=words.programme(about), fact=label)
        present = self._present(change)
        after = words.value(change.fact, change.value)
        if present is None:
            return words.say("change_known", label=label, after=after)
        before = words.value(change.fact, present)
        return words.say("change_fact", label=label, before=before, after=after)

    def _about(self, change: Change) -> str | None:
        found = self._case.known["participations"]
        return None if change.at is None else str(found[change.at]["programme"])

    def _present(self, change: Change) -> Any:
        part, _, name = change.fact.partition(".")
        if change.fact == JOINS:
            return None
        if part == "participation" and change.at is not None:
            return self._case.known["participations"][change.at].get(name)
        return self._case.value(change.fact)


_GRANTED = frozenset({"INDICATIVE", "CATALOGUE"})


def _joint(decision: Json) -> bool:
    return bool(decision["referral"]["diagnosis_kind"] == "JOINT_TECH_HRD")


def _level(level: str) -> Holds:
    return lambda decision: decision["ax"]["level"] == level


def _measure(name: str) -> Holds:
    def holds(decision: Json) -> bool:
        items = (decision["measures"] or {"items": {}})["items"]
        return bool(items.get(name, {}).get("state") == "YES")

    return holds


def _granted(rule: str) -> Holds:
    return lambda decision: decision["entitlements"].get(rule, {}).get("status") in _GRANTED
