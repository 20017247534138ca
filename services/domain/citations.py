"""The plan's own words behind a rule or a section key."""

from collections.abc import Iterator, Mapping
from typing import Any


def citations(policy: Any) -> Mapping[str, str]:
    """Rule id → the line that it quotes; section key → the plan's line, for every item of the
    policy that quotes the plan; the first item of a section counts."""
    rules = policy.rules.rules.items()
    found: dict[str, str] = {rule: one.quote for rule, one in rules if one.quote}
    for section, quote in _quotes(policy):
        for key in (section, section.split(",")[0].strip()):
            found.setdefault(key, quote)
    return found


def _quotes(item: Any) -> Iterator[tuple[str, str]]:
    """Depth first through models, mappings and sequences."""
    if isinstance(item, Mapping):
        children: list[Any] = list(item.values())
    elif isinstance(item, list | tuple):
        children = list(item)
    else:
        fields = getattr(type(item), "model_fields", None) or getattr(
            type(item), "__dataclass_fields__", None
        )
        if not fields:
            return
        section, quote = getattr(item, "section", None), getattr(item, "quote", None)
        if isinstance(section, str) and isinstance(quote, str):
            yield section, quote
        children = [getattr(item, name) for name in fields]
    for child in children:
        yield from _quotes(child)
