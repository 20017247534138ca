"""Three-valued logic: YES, NO, UNDETERMINED (architecture, decision 10).

An unknown fact is UNDETERMINED, and UNDETERMINED never becomes NO.
"""

from collections.abc import Iterable
from typing import Final, Literal, TypeAlias

Tri: TypeAlias = Literal["YES", "NO", "UNDETERMINED"]

YES: Final = "YES"
NO: Final = "NO"
UNDETERMINED: Final = "UNDETERMINED"


def known(flag: bool | None) -> Tri:
    """A yes/no fact that may be unknown."""
    if flag is None:
        return UNDETERMINED
    return YES if flag else NO


def negated(value: Tri) -> Tri:
    """YES for NO, NO for YES."""
    if value == UNDETERMINED:
        return UNDETERMINED
    return NO if value == YES else YES


def any_of(values: Iterable[Tri]) -> Tri:
    """Three-valued OR; NO for none."""
    result: Tri = NO
    for value in values:
        if value == YES:
            return YES
        if value == UNDETERMINED:
            result = UNDETERMINED
    return result


def all_of(values: Iterable[Tri]) -> Tri:
    """Three-valued AND; YES for none."""
    result: Tri = YES
    for value in values:
        if value == NO:
            return NO
        if value == UNDETERMINED:
            result = UNDETERMINED
    return result
