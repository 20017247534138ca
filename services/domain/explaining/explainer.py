"""From facts to the whole explanation: JSON with stable keys, every sentence in two languages.

Keys: `as_of`, `policy_hash`, `decision_id`, `conclusion`, `participations`, `facts` (`known`,
`unknown`), `rules` (`satisfied`, `not_satisfied`, `undetermined`), `level`, `measures`,
`agencies`, `flags`, `priority`, `delivery`, `why_not` (`agencies`, `measures`, `levels`),
`would_change`, `by_itself`, `alarms`. A text is a pair `ko`, `en`; a clause has `section`, `line`
and `quote` of the plan and `plan`, the whole line.
"""

from collections.abc import Sequence
from typing import Any

import orjson

from schemas.policies import Policy
from schemas.tables import Tables
from services.domain.decision.calendar import calendar_of
from services.domain.decision.engine import Engine
from services.domain.decision.facts import Facts
from services.domain.decision.telling import facts_to_json
from services.domain.explaining.agencies import agencies_not, agencies_of
from services.domain.explaining.case import Case
from services.domain.explaining.changing import Changing
from services.domain.explaining.coming import coming_days, coming_of
from services.domain.explaining.conclusion import conclusion_of, sentence_of
from services.domain.explaining.flags import flags_of
from services.domain.explaining.measures import level_of, levels_not, measures_not, measures_of
from services.domain.explaining.rules import participations_of, rules_of
from services.domain.explaining.words import Told, Words


class Explainer:
    """Explains under one policy. plan: the lines of the plan's text."""

    def __init__(self, engine: Engine, tables: Tables, plan: Sequence[str]) -> None:
        self._engine = engine
        self._calendar = calendar_of(engine.policy, tables).days
        self.words = Words(engine.policy, tables, plan)

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self._engine.policy

    @property
    def policy_hash(self) -> str:
        """The hash of the policy in force, hex."""
        return self._engine.policy_hash

    def titles(self, language: str) -> dict[str, str]:
        """The headings of explanations in one language."""
        found = self.policy.explaining.titles
        return {name: getattr(said, language) for name, said in found.items()}

    def decide(self, facts: Facts) -> dict[str, Any]:
        """The decision as the JSON of facts.md."""
        raw = self._engine.decide(facts).to_json_bytes(b"null", facts.as_of)
        decision: dict[str, Any] = orjson.loads(raw)
        return decision

    def case(self, facts: Facts) -> Case:
        """The facts with what is decided on them."""
        return Case(self.words, facts, facts_to_json(facts), self.decide(facts))

    def sentence(self, facts: Facts) -> Told:
        """The conclusion alone."""
        return sentence_of(self.case(facts))

    def explain(self, facts: Facts) -> dict[str, Any]:
        """The whole explanation of the decision on these facts."""
        case = self.case(facts)
        days = coming_days(self.policy, self._calendar, facts)
        return {
            "as_of": facts.as_of,
            "policy_hash": self.policy_hash,
            "decision_id": self._engine.decide(facts).content_hash.hex(),
            "conclusion": conclusion_of(case),
            "participations": participations_of(case),
            "facts": _facts(case),
            "rules": rules_of(case),
            "level": level_of(case),
            "measures": measures_of(case),
            "agencies": agencies_of(case),
            "flags": flags_of(case),
            "priority": _priority(case),
            "delivery": _delivery(case),
            "why_not": {
                "agencies": agencies_not(case),
                "measures": measures_not(case),
                "levels": levels_not(case),
            },
            "would_change": Changing(case, self.decide, days).found(),
            "by_itself": coming_of(case, self._calendar, self.decide),
            "alarms": [self._alarm(name) for name in case.decision["alarms"]],
        }

    def _alarm(self, name: str) -> dict[str, Any]:
        named = self.policy.rules.alarms[name]
        return {"alarm": name, "ko": named.ko, "en": named.en}


def _facts(case: Case) -> dict[str, list[dict[str, Any]]]:
    names, entries = case.words.policy.explaining.facts, list(case.entries())
    unknown = [one for one in entries if one.value is None and not names[one.fact].optional]
    return {
        "known": [case.told(one) for one in entries if one.value is not None],
        "unknown": [case.told(one) for one in unknown],
    }


def _priority(case: Case) -> dict[str, Any] | None:
    """The score and the factors that gave points."""
    found, words = case.decision["priority"], case.words
    if found is None:
        return None
    factors = [
        {
            "rule": rule,
            "points": one["points"],
            **words.say("factor", points=one["points"], sentence=words.rule(rule)),
            **words.cited(rule, one["section"]),
        }
        for rule, one in found["factors"].items()
        if one["points"]
    ]
    return {"score": found["score"], "factors": factors}


_LISTS = {
    "mode": "delivery_mode",
    "hours": "hours",
    "fields": "fields",
    "level_wanted": "level_wanted",
}


def _delivery(case: Case) -> list[dict[str, Any]]:
    """How the training is offered."""
    words = case.words
    told = []
    for item, one in (case.decision["delivery"] or {}).items():
        values = one["value"] if isinstance(one["value"], list) else [one["value"]]
        sentence = words.say(
            "delivery",
            item=words.say(f"delivery_{item}"),
            value=words.joined(words.word(_LISTS[item], value) for value in values),
            basis=words.word("basis", one["basis"]),
        )
        clause = words.cited(one["rule"], one["section"])
        told.append({"item": item, "rule": one["rule"], **sentence, **clause})
    return told
