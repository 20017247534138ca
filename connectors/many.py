"""A mapping that is part of a scope's memory and may grow large: putting one entry into it copies a
few dozen references, however many entries there are. JSON values only; nothing given is changed.

The entries lie three levels deep under digits of the key's digest, sixteen ways each.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, TypeAlias

Many: TypeAlias = dict[str, Any]
"""What only this module looks into; empty is `{}`."""

_EMPTY: Many = {}


def entry(many: Many, key: str) -> Any:
    """The value under this key; None where there is none."""
    first, second, third = _path(key)
    found = many.get(first, _EMPTY).get(second, _EMPTY).get(third, _EMPTY)
    return found.get(key)


def with_entry(many: Many, key: str, value: Any) -> Many:
    """The same with this value under this key."""
    first, second, third = _path(key)
    outer = many.get(first, _EMPTY)
    inner = outer.get(second, _EMPTY)
    leaf = {**inner.get(third, _EMPTY), key: value}
    return {**many, first: {**outer, second: {**inner, third: leaf}}}


def entries(many: Many) -> Iterator[tuple[str, Any]]:
    """All entries, in no order that means anything."""
    for outer in many.values():
        for inner in outer.values():
            for leaf in inner.values():
                yield from leaf.items()


def _path(key: str) -> tuple[str, str, str]:
    digits = blake2b(key.encode(), digest_size=2).hexdigest()
    return digits[0], digits[1], digits[2]
