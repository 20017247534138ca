"""The days on which anything in the policy or the reference tables changes.

Between two of them every rule says the same, so a deciding day can be replaced by the last of
them, and equal cases share one answer. Days are ISO strings.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from schemas.policies import Policy
from schemas.tables import Tables

FIRST_DAY = "0001-01-01"
LAST_DAY = "9999-12-31"


class Calendar:
    """The turning days, in order."""

    def __init__(self, days: Iterable[str]) -> None:
        self.days = sorted({FIRST_DAY, *days})

    def floor(self, day: str) -> str:
        """The last turning day that is not after this day."""
        return self.days[bisect_right(self.days, day) - 1]


def calendar_of(policy: Policy, tables: Tables) -> Calendar:
    """Every day with which a rule compares the deciding day or a course's first day."""
    return Calendar([*_policy_days(policy), *_table_days(tables)])


def shifted(day: str, days: int) -> str:
    """A day some days later or earlier; the calendar's own end where there is none."""
    try:
        return (date.fromisoformat(day) + timedelta(days)).isoformat()
    except OverflowError:
        return LAST_DAY if days > 0 else FIRST_DAY


def years_after(day: str, years: int) -> str:
    """The same calendar day some years later; 29 February becomes 28 February (A-10)."""
    year = int(day[:4]) + years
    if year > 9999:
        return LAST_DAY
    rest = day[4:]
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return f"{year:04d}{'-02-28' if rest == '-02-29' and not leap else rest}"


def _policy_days(policy: Policy) -> Iterator[str]:
    yield policy.eligibility.hub_from
    yield policy.eligibility.midsize_from
    for column in policy.matrix.modes.values():
        yield column.starts_on
    for measure in policy.measures.measures.values():
        if measure.in_force_from:
            yield measure.in_force_from
    for rule in policy.entitlements.rules.values():
        for period in rule.periods:
            if period.first:
                yield period.first


def _table_days(tables: Tables) -> Iterator[str]:
    for agency in tables.agencies:
        if agency.opens_on:
            yield agency.opens_on
    for row in tables.designations:
        if row.valid_from:
            yield row.valid_from
        for last in (row.valid_to, row.review_by):
            if last:
                yield shifted(last, 1)
