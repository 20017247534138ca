"""Altered facts, decided anew; equal trials are decided once."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from services.domain.decision.reading import facts_from_json
from services.domain.explaining.case import Case
from services.domain.explaining.coming import Decide
from services.domain.explaining.differences import Json

JOINS = "participation"
"""The change that adds a participation."""


@dataclass(frozen=True, slots=True)
class Change:
    """One altered fact. at: the participation's place in the facts, None for the firm's facts;
    a fact `participation` is a new one, in one of the programmes `value`."""

    fact: str
    value: Any
    at: int | None = None

    @property
    def key(self) -> tuple[str, int | None]:
        """Two changes of one key are alternatives."""
        return self.fact, self.at

    @property
    def name(self) -> str:
        """Tells changes apart."""
        return f"{self.fact}|{self.at}|{self.value}"


class Trials:
    """The decisions on one case with changes."""

    def __init__(self, case: Case, decide: Decide) -> None:
        self._case = case
        self._decide = decide
        self._tried: dict[frozenset[str], Json] = {}

    def with_changes(self, changes: Iterable[Change]) -> Json:
        """The decision with these changes."""
        wanted = list(changes)
        key = frozenset(change.name for change in wanted)
        if key not in self._tried:
            self._tried[key] = self._decide(facts_from_json(self.altered(wanted)))
        return self._tried[key]

    def on(self, day: str) -> Json:
        """The decision on another day."""
        key = frozenset((f"as_of|{day}",))
        if key not in self._tried:
            altered = {**self._case.known, "as_of": day}
            self._tried[key] = self._decide(facts_from_json(altered))
        return self._tried[key]

    def altered(self, changes: Iterable[Change]) -> dict[str, Any]:
        """The facts as JSON with these changes."""
        told: dict[str, Any] = deepcopy(dict(self._case.known))
        for change in changes:
            part, _, name = change.fact.partition(".")
            if change.fact == JOINS:
                told["participations"].append(self._joining(change.value[0]))
            elif part == "participation" and change.at is not None:
                told["participations"][change.at][name] = change.value
            else:
                told.setdefault(part, {})[name] = change.value
        return told

    def _joining(self, programme: str) -> dict[str, Any]:
        """A new participation that has everything a referral needs."""
        lever = self._case.words.policy.explaining.levers
        consent = lever["participation.consent_enterprise_info"].tried[0]
        return {
            "programme": programme,
            "role": "DEMAND",
            "status": "CONTRACTED",
            "agreement_on": self._case.facts.as_of,
            "joint_consulting_requested": True,
            "consent_enterprise_info": {
                "granted": consent["granted"],
                "recipients": [one.replace("<P>", programme) for one in consent["recipients"]],
            },
        }
