"""An explanation as lines of text, in one language or both."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from services.domain.explaining.words import LANGUAGES, Words

Json: TypeAlias = Mapping[str, Any]

SECTIONS = (
    ("reasons", "conclusion.reasons"),
    ("missing", "conclusion.missing"),
    ("participations", "participations"),
    ("agencies", "agencies"),
    ("not_agencies", "why_not.agencies"),
    ("level", "level"),
    ("not_levels", "why_not.levels"),
    ("measures", "measures"),
    ("not_measures", "why_not.measures"),
    ("flags", "flags"),
    ("would_change", "would_change"),
    ("by_itself", "by_itself"),
    ("satisfied", "rules.satisfied"),
    ("not_satisfied", "rules.not_satisfied"),
    ("undetermined", "rules.undetermined"),
    ("priority", "priority.factors"),
    ("delivery", "delivery"),
    ("known", "facts.known"),
    ("unknown", "facts.unknown"),
    ("alarms", "alarms"),
)
"""The sections of an explanation, in the order of reading: heading and place in the JSON."""
SHORT = ("reasons", "missing", "participations", "agencies", "level", "measures", "flags")
"""The sections of the short form; beside them the first coming change."""


def at(found: Json, path: str) -> list[Json]:
    """The items at a place of an explanation; a single one is a list of one, none is empty."""
    value: Any = found
    for part in path.split("."):
        value = None if value is None else value[part]
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


class Plain:
    """language: ko, en or both (Korean first)."""

    def __init__(self, words: Words, language: str) -> None:
        self._words = words
        self._languages = LANGUAGES if language == "both" else (language,)

    def explanation(self, found: Json, short: bool = False) -> Iterator[str]:
        """The lines of a whole explanation, or of its short form."""
        yield from self.item(found["conclusion"], "")
        for title, path in SECTIONS:
            items = at(found, path)
            if short and title == "by_itself":
                yield from self.section(title, items[:1])
            elif not short or title in SHORT:
                yield from self.section(title, items)

    def section(self, title: str, items: list[Json]) -> Iterator[str]:
        """A heading and its items; nothing for no items."""
        if not items:
            return
        yield ""
        said = self._words.title(title)
        yield " · ".join(said[language] for language in self._languages)
        for item in items:
            yield from self.item(item, "  ")

    def item(self, item: Json, indent: str) -> Iterator[str]:
        """One sentence in each language, and the plan's own words behind it."""
        for number, language in enumerate(self._languages):
            mark = "" if not indent else "- " if number == 0 else "  "
            yield f"{indent}{mark}{capital(item[language])}"
        if item.get("quote"):
            clause = {name: item[name] for name in ("section", "line", "quote")}
            yield f"{indent}    {self._words.say('clause_line', **clause)[self._languages[0]]}"


def capital(text: str) -> str:
    """The first letter as a capital, unless a name or a code begins the text."""
    first = text.split(" ", 1)[0].rstrip(",:.")
    return text[:1].upper() + text[1:] if first.isalpha() else text
