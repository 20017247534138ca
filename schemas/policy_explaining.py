"""How decisions are told to people: explaining.yaml (see policy_types for the conventions)."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from schemas.policy_types import Item, Programme, Said, Suffix


class FactName(Said):
    """What a fact is called. words: the list that names its values; suffix: its unit; optional:
    where it is absent there is nothing to find out."""

    words: str | None = None
    suffix: Suffix | None = None
    optional: bool = False


class Benefit(Said):
    """Something of which it is asked what would have to change; rules: those that stand before
    it, whose facts are altered."""

    rules: tuple[str, ...]


class Lever(Item):
    """What may be tried for a fact. `<as_of>` and `<P>` in values stand for the deciding day and
    the programme. only: the programmes that have the fact; unknown_only: not where it is known."""

    tried: tuple[Any, ...] = Field(alias="try")
    only: tuple[Programme, ...] = ()
    unknown_only: bool = False


class Explaining(Item):
    """explaining.yaml"""

    facts: Mapping[str, FactName]
    words: Mapping[str, Mapping[str, Said]]
    failures: Mapping[str, Said]
    sentences: Mapping[str, Said]
    benefits: Mapping[str, Benefit]
    joins: Mapping[str, tuple[Programme, ...]]
    levers: Mapping[str, Lever]
    titles: Mapping[str, Said]
    quota_year: int
