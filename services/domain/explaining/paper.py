"""The explanation of a referral, an event or a firm as lines of text."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from services.domain.explaining.plain import Plain
from services.domain.explaining.words import LANGUAGES, Words

Json: TypeAlias = Mapping[str, Any]


class Paper:
    """language: ko, en or both."""

    def __init__(self, words: Words, language: str) -> None:
        self._words = words
        self._plain = Plain(words, language)
        self._languages = LANGUAGES if language == "both" else (language,)

    def lines(self, found: Json, short: bool = False) -> Iterator[str]:
        """All lines of one explanation."""
        title = self._words.title(found["what"])
        yield f"{' · '.join(title[one] for one in self._languages)} {found['id']}"
        if found.get("axes") is not None:
            yield from self._plain.item(found["axes"], "  ")
        if found["what"] == "referral":
            yield from self._referral(found, short)
        elif found["what"] == "event":
            yield from self._event(found)
        else:
            yield from self._firm(found, short)

    def _referral(self, found: Json, short: bool) -> Iterator[str]:
        yield from self._plain.item(found["referral"], "  ")
        if not short:
            yield from self._plain.section("reasons", found["referral"]["reasons"])
            yield from self._plain.section("history", found["history"])
            yield from self._plain.section("participations", found["participations"])
        yield from self._decided(found, short)

    def _event(self, found: Json) -> Iterator[str]:
        yield from self._plain.item(found["event"], "  ")
        for title in (
            "reasons",
            "warnings",
            "participations",
            "records",
            "decisions",
            "referrals",
            "messages",
            "others",
        ):
            yield from self._plain.section(title, found[title])

    def _firm(self, found: Json, short: bool) -> Iterator[str]:
        yield f"  {found['firm']['name'] or '–'}"
        yield from self._plain.section("numbers", found["numbers"])
        parts = [one for ones in found["programmes"].values() for one in ones]
        yield from self._plain.section("participations", parts)
        yield from self._plain.section("records", found["records"])
        yield from self._plain.section("reviews", found["reviews"])
        for one in found["establishments"]:
            yield from self._plain.section("establishments", [one])
            stands = one["referral"] or self._words.title("referral_none")
            yield from self._plain.item(stands, "  ")
            yield from self._decided(one, short)

    def _decided(self, found: Json, short: bool) -> Iterator[str]:
        if found["explanation"] is None:
            yield from self._plain.section("facts", [self._words.title("no_decision")])
            return
        decision, note = found["decision"], found["decision"]["note"]
        told = ([] if short else [decision]) + ([] if note is None else [note])
        yield from self._plain.section("facts", told)
        yield ""
        yield from self._plain.explanation(found["explanation"], short)
