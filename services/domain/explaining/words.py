"""Sentences in Korean and English, made from explaining.yaml and the data."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from schemas.policies import Policy
from schemas.policy_types import Cited, Said
from schemas.regions import regions
from schemas.tables import AgencyRow, Tables

Told: TypeAlias = dict[str, str]
"""The same thing in both languages: keys `ko`, `en`."""

LANGUAGES = ("ko", "en")


class Words:
    """The policy's words. plan: the lines of the plan's text, for quoting."""

    def __init__(self, policy: Policy, tables: Tables, plan: Sequence[str]) -> None:
        self.policy = policy
        self._plan = plan
        self._agencies: Mapping[str, AgencyRow] = {row.code: row for row in tables.agencies}

    # Sentences

    def say(self, sentence: str, /, **slots: Any) -> Told:
        """A sentence of explaining.yaml. slots: texts, numbers, or Told in its own language."""
        return filled(self.policy.explaining.sentences[sentence], **slots)

    def fill(self, said: Said, /, **slots: Any) -> Told:
        """A text of the policy with its braces filled in."""
        return filled(said, **slots)

    def failure(self, rule: str, /, **slots: Any) -> Told:
        """What keeps a participation from counting."""
        return filled(self.policy.explaining.failures[rule], **slots)

    def word(self, words: str, value: Any) -> Told:
        """A value of a code list; a value that stands in no list is itself."""
        key = str(value).lower() if isinstance(value, bool) else str(value)
        said = self.policy.explaining.words[words].get(key)
        return both(key) if said is None else told(said)

    def joined(self, parts: Iterable[Told]) -> Told:
        """Several things with commas; `none` for nothing."""
        found = list(parts)
        comma = self.policy.explaining.sentences["comma"]
        if not found:
            return self.say("nobody")
        return {
            "ko": comma.ko.join(part["ko"] for part in found),
            "en": comma.en.join(part["en"] for part in found),
        }

    def bare(self, sentence: Told) -> Told:
        """A sentence without its full stop, to stand inside another one."""
        return {language: text.removesuffix(".") for language, text in sentence.items()}

    def title(self, name: str) -> Told:
        """A heading."""
        return told(self.policy.explaining.titles[name])

    # Facts

    def label(self, fact: str) -> Told:
        """What a fact is called."""
        return told(self.policy.explaining.facts[fact])

    def value(self, fact: str, value: Any) -> Told:
        """A fact's value in words; None is told as not known."""
        name = self.policy.explaining.facts[fact]
        if value is None:
            return self.say("unknown")
        if isinstance(value, Mapping):
            return self._consent(value)
        if fact.endswith("sigungu"):
            return self.place(value)
        if isinstance(value, list | tuple):
            return self.joined(self.word(name.words or "", one) for one in value)
        if name.words is not None:
            return self.word(name.words, value)
        suffix = name.suffix
        return {
            "ko": f"{value}{suffix.ko if suffix else ''}",
            "en": f"{value}{suffix.en if suffix else ''}",
        }

    def _consent(self, consent: Mapping[str, Any]) -> Told:
        granted, recipients = consent.get("granted"), consent.get("recipients")
        if granted is None:
            return self.say("consent_unclear")
        if not granted:
            return self.say("consent_refused")
        if recipients is None:
            return self.say("consent_open")
        return self.say("consent_given", recipients=", ".join(recipients) or "–")

    def place(self, code: str | None) -> Told:
        """A 시군구 by name and code."""
        if code is None:
            return self.say("unknown")
        row = regions().by_code.get(code)
        if row is None:
            return self.say("no_such_place", code=code)
        return self.say("place", name=row.name, code=code)

    def missing_fact(self, fact: str) -> dict[str, Any]:
        """A missing fact with its name and who is asked for it."""
        programme, dot, name = fact.partition(".")
        known = self.policy.rules.facts
        of_programme = programme in self.policy.matrix.programmes and bool(dot)
        entry = known[f"<P>.{name}"] if of_programme else known[fact]
        called = {"ko": entry.ko, "en": entry.en}
        if of_programme:
            called = self.say("missing_of", programme=self.programme(programme), fact=called)
        sentence = self.say("missing", fact=called, ask=self.word("ask", entry.ask))
        return {"fact": fact, "ask": entry.ask, "name": called, **sentence}

    def missing_names(self, facts: Iterable[str]) -> Told:
        """Missing facts by name."""
        return self.joined(self.missing_fact(fact)["name"] for fact in facts)

    # Names

    def programme(self, programme: str) -> Told:
        """A partner programme by name."""
        return told(self.policy.matrix.programmes[programme])

    def measure(self, measure: str) -> Told:
        """A measure by name."""
        found = self.policy.measures.measures.get(measure)
        return both(measure) if found is None else told(found)

    def agency(self, code: str) -> Told:
        """An agency, or a programme's operator, by name and code."""
        prefix = self.policy.agencies.operator_prefix
        row = self.policy.matrix.programmes.get(code.removeprefix(prefix))
        if code.startswith(prefix) and row is not None:
            operator = {"ko": row.operator_ko, "en": row.operator_en}
            return self.say("operator_of", operator=operator, programme=code.removeprefix(prefix))
        known = self._agencies.get(code)
        if known is None:
            return both(code)
        kind = self.word("agency_kind", known.kind)
        return self.say("agency_named", name=known.name, kind=kind, code=code)

    # The plan

    def cited(self, rule: str, section: str | None = None) -> dict[str, Any]:
        """A rule's clause: the plan's section, and the line and words where it says so; nothing
        is quoted for a rule that no line of the plan states."""
        known = self.policy.rules.rules.get(rule)
        if known is None:
            return {"section": section or "-", "line": None, "quote": None, "plan": None}
        return self.clause(section or known.section, known)

    def clause(self, section: str, item: Cited) -> dict[str, Any]:
        """The clause of an item of the policy. plan: the whole line of the plan."""
        line = item.line
        whole = None
        if line is not None and line <= len(self._plan):
            whole = self._plan[line - 1].strip()
        return {"section": section, "line": line, "quote": item.quote, "plan": whole}

    def rule(self, rule: str, state: str = "YES") -> Told:
        """What a rule says in this state; a rule that the policy does not have is its own name."""
        known = self.policy.rules.rules.get(rule)
        if known is None:
            return both(rule)
        said = {"ko": known.ko, "en": known.en}
        if state == "NO":
            return told(known.unmet) if known.unmet else self.say("rule_unmet", rule=said)
        if state == "UNDETERMINED":
            return told(known.open) if known.open else self.say("rule_open", rule=said)
        return said


class Slot(str):
    """What is put into a sentence; `{name:이/가}` adds the particle that fits its last sound."""

    __slots__ = ()

    def __format__(self, particles: str) -> str:
        if not particles:
            return str(self)
        closed, open_ = particles.split("/")
        return f"{self}{closed if _closes(self, closed) else open_}"


_CLOSING_DIGITS = {"으로": "036"}
"""Digits whose Korean names end in a consonant; a final ㄹ takes 로 as a vowel does."""
_DIGITS = "013678"
_SYLLABLES = range(0xAC00, 0xD7A4)
_FINALS = 28
_RIEUL = 8


def _closes(text: str, particle: str) -> bool:
    """Whether the last sound of a text is a consonant, as far as this particle cares."""
    last = next((sign for sign in reversed(text) if sign.isalnum()), "")
    if last and ord(last) in _SYLLABLES:
        final = (ord(last) - _SYLLABLES.start) % _FINALS
        return final != 0 and not (particle == "으로" and final == _RIEUL)
    return bool(last) and last in _CLOSING_DIGITS.get(particle, _DIGITS)


def told(said: Said) -> Told:
    """The two texts as plain JSON."""
    return {"ko": said.ko, "en": said.en}


def both(text: str) -> Told:
    """A code or name that is the same in both languages."""
    return {"ko": text, "en": text}


def filled(said: Said, /, **slots: Any) -> Told:
    """Both texts with their braces filled in. Raises KeyError for a brace without its slot."""
    return {
        language: getattr(said, language).format(
            **{
                name: Slot(slot[language] if isinstance(slot, dict) else slot)
                for name, slot in slots.items()
            }
        )
        for language in LANGUAGES
    }
