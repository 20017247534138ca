"""Lists that come row by row: which are complete, and who is absent from the newest complete one
(P2 "Repeats, corrections, absence").

All is a function of what has been read, never of the order in which it came: a row too many or a
second, different count takes the completeness of a list back. Lists are named by texts that
compare as they are ordered. Nothing here changes what it is given.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

Lists: TypeAlias = dict[str, dict[str, Any]]
"""By list: `rows`, which row numbers were read, as bits, sixty under each place; `read`, how many;
`counts`, the announced number by kind of marker; `broken`, whether its markers contradict one
another."""

BEGIN, COMPLETE = "BEGIN", "COMPLETE"
FINISHED = frozenset({"COMPLETED", "WITHDRAWN"})

_BITS = 60
_NEW_LIST: dict[str, Any] = {"rows": {}, "read": 0, "counts": {}, "broken": False}


def with_row(lists: Lists, name: str, number: int) -> Lists:
    """The lists after a row of this number was read, in whatever state it ended."""
    one = lists.get(name, _NEW_LIST)
    rows, place, bit = one["rows"], str(number // _BITS), 1 << number % _BITS
    bits = rows.get(place, 0)
    if bits & bit:
        return lists
    read = one["read"] + 1
    return {**lists, name: {**one, "rows": {**rows, place: bits | bit}, "read": read}}


def with_marker(lists: Lists, name: str, kind: str, count: int) -> tuple[Lists, bool | None]:
    """The lists after a marker, and what it is: True new, None a repeat, False a contradiction."""
    one = lists.get(name, _NEW_LIST)
    counts = one["counts"]
    if any(other != count for other in counts.values()):
        return {**lists, name: {**one, "broken": True}}, False
    if kind in counts:
        return lists, None
    return {**lists, name: {**one, "counts": {**counts, kind: count}}}, True


def newest_complete(lists: Lists, changed: str, before: str) -> str:
    """The name of the newest complete list, '' for none, after a change of one list; before: what
    it was before that."""
    one = lists.get(changed)
    if one is not None and _is_complete(one):
        return max(before, changed)
    if changed != before:
        return before
    return max((name for name, one in lists.items() if _is_complete(one)), default="")


def _is_complete(one: Mapping[str, Any]) -> bool:
    return not one["broken"] and one["counts"].get(COMPLETE) == one["read"]


def is_absent(last_seen: str, status: str, complete: str) -> bool:
    """Whether a project has left the lists: the newest complete one does not carry it, no newer
    one either, and its last status is not a finished one."""
    return last_seen < complete and status not in FINISHED
