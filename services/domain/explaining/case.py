"""One decision to be explained, with the facts that it was made from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.values import frozen
from services.domain.decision.facts import Facts
from services.domain.explaining.words import Told, Words

STATES = {"YES": "satisfied", "NO": "not_satisfied", "UNDETERMINED": "undetermined"}
"""Three-valued states and the lists in which their rules stand."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact of the case. about: its participation's programme, None for the firm's facts."""

    fact: str
    value: Any
    about: str | None


@frozen
class Case:
    """facts and decision belong together; known: the facts as JSON (facts.md), without those that
    are not known; decision: the JSON of facts.md, its participations in the order of the facts."""

    words: Words
    facts: Facts
    known: Mapping[str, Any]
    decision: Mapping[str, Any]

    @property
    def live(self) -> list[Mapping[str, Any]]:
        """The participations that the decision speaks of."""
        return [p for p in self.known["participations"] if not p.get("is_deleted")]

    def value(self, fact: str) -> Any:
        """A fact of the firm by its name; None where it is not known."""
        part, dot, name = fact.partition(".")
        found = self.known.get(part)
        return (found or {}).get(name) if dot else found

    def entries(self) -> Iterator[Entry]:
        """Every fact that the policy names, known or not; those of a participation that its
        programme does not have are left out."""
        policy = self.words.policy
        for fact in policy.explaining.facts:
            part, _, name = fact.partition(".")
            if part == "course" and self.facts.course is None:
                continue
            if part != "participation":
                yield Entry(fact, self.value(fact), None)
                continue
            lever = policy.explaining.levers.get(fact)
            for p in self.live:
                fits = lever is None or not lever.only or p["programme"] in lever.only
                if fits or p.get(name) is not None:
                    yield Entry(fact, p.get(name), p["programme"])

    def told(self, entry: Entry) -> dict[str, Any]:
        """A fact in words."""
        words = self.words
        label, value = words.label(entry.fact), words.value(entry.fact, entry.value)
        if entry.about is None:
            sentence = words.say("value", label=label, value=value)
        else:
            sentence = words.say("of_programme", programme=entry.about, label=label, value=value)
        return {"fact": entry.fact, "about": entry.about, "value": entry.value, **sentence}

    def because(self, rule: str, at: int | None = None) -> list[dict[str, Any]]:
        """The facts that a rule reads, as they are here. at: only of this participation."""
        known = self.words.policy.rules.rules.get(rule)
        found = []
        for fact in known.reads if known is not None else ():
            part, _, name = fact.partition(".")
            if part == "participation":
                for number, p in enumerate(self.live):
                    if at is None or number == at:
                        found.append(self.told(Entry(fact, p.get(name), p["programme"])))
            else:
                found.append(self.told(Entry(fact, self.value(fact), None)))
        return found

    def place(self) -> Told:
        """The workplace's place in words."""
        return self.words.place(self.facts.establishment.sigungu)
