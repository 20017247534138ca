"""Whom a consent names as recipients (READING-FACTS-AND-JSON §8, ruling A-02)."""

import re
from collections.abc import Iterable

from connectors.fields import clean

AGENCIES = {
    "HRDK": "HRDK",
    "AI_CENTER": "AI_CENTER",
    "POLYTECH": "POLYTECH",
    "JOINT_CENTER": "JOINT_CENTER",
    "한국산업인력공단": "HRDK",
    "중소기업AI훈련확산센터": "AI_CENTER",
    "한국폴리텍대학": "POLYTECH",
    "AI특화공동훈련센터": "JOINT_CENTER",
}
"""The labour ministry's agencies by code and by name, spaces aside."""

OPERATORS = {
    "SMTECH": ("OPERATOR:P3", "OPERATOR:P4"),
    "KBIZ": ("OPERATOR:P4",),
    "NIPA": ("OPERATOR:P1",),
}

OPEN_ENDED_WORDS = frozenset({"등", "외", "기타"})
OPEN_ENDED_ENTRIES = frozenset({"ALL", "*"})

_WORD = re.compile(r"\w+")


def usable_recipients(entries: Iterable[str]) -> tuple[str, ...] | None:
    """The recipients of a consent as the rules know them; None where the consent proves nothing:
    no recipient, an open-ended one, or none of the four agencies among them."""
    named = [entry for entry in map(clean, entries) if entry]
    if any(map(_is_open_ended, named)):
        return None
    if not any(_spaceless(entry) in AGENCIES for entry in named):
        return None
    return tuple(dict.fromkeys(code for entry in named for code in _codes(entry)))


def _is_open_ended(entry: str) -> bool:
    return entry in OPEN_ENDED_ENTRIES or not OPEN_ENDED_WORDS.isdisjoint(_WORD.findall(entry))


def _codes(entry: str) -> tuple[str, ...]:
    agency = AGENCIES.get(_spaceless(entry))
    return (agency,) if agency is not None else OPERATORS.get(entry, (entry,))


def _spaceless(entry: str) -> str:
    return entry.replace(" ", "")
