"""Which messages of a batch hang together: over the memories, firms and numbers they share.

A batch is decided before anything is locked. Where another worker has meanwhile changed a firm or
a memory, only the messages that hang together with it are decided again.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

Key: TypeAlias = tuple[str, object]
"""What messages can have in common: ("scope", (folder, scope)), ("firm", enterprise id),
("number", identifier) or ("participation", id)."""


def connected(touched: Mapping[str, Iterable[Key]], keys: Iterable[Key]) -> set[str]:
    """The names of the messages that touch one of the keys, directly or over other messages."""
    users: dict[Key, list[str]] = {}
    for ref, own in touched.items():
        for key in own:
            there = users.get(key)
            if there is None:
                users[key] = [ref]
            else:
                there.append(ref)
    seen = set(keys)
    waiting = list(seen)
    found: set[str] = set()
    while waiting:
        for ref in users.get(waiting.pop(), ()):
            if ref not in found:
                found.add(ref)
                for key in touched[ref]:
                    if key not in seen:
                        seen.add(key)
                        waiting.append(key)
    return found
