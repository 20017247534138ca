"""The table of 시군구 codes: which code is in force on which day, and what it became.

Days are ISO texts `YYYY-MM-DD` (they compare as the days do). The table changes on a handful of
days only, so everything is answered per *era*: the stretch between two changes, named by its
first day.
"""

import csv
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Region:
    """One row of `reference/regions.csv`; a blank limit is no limit, both days included."""

    code: str
    sido: str
    name: str
    valid_from: str
    valid_to: str
    successors: tuple[str, ...]
    parent: str
    capital: bool

    def in_force(self, day: str) -> bool:
        return self.valid_from <= day and (not self.valid_to or day <= self.valid_to)

    def ended(self, day: str) -> bool:
        return bool(self.valid_to) and day > self.valid_to


@dataclass(frozen=True, slots=True)
class Regions:
    """The whole table with the look-ups that readers need."""

    by_code: dict[str, Region]
    by_name: dict[str, tuple[Region, ...]]
    predecessors: dict[str, tuple[str, ...]]
    eras: tuple[str, ...]


@cache
def regions() -> Regions:
    """The table as shipped with the package; read at the first call."""
    text = files("schemas").joinpath("reference/regions.csv").read_text(encoding="utf-8")
    rows = [_region(row) for row in csv.DictReader(text.splitlines())]
    by_name: dict[str, tuple[Region, ...]] = {}
    predecessors: dict[str, tuple[str, ...]] = {}
    for row in rows:
        by_name[row.name] = (*by_name.get(row.name, ()), row)
        for successor in row.successors:
            predecessors[successor] = (*predecessors.get(successor, ()), row.code)
    changes = {row.valid_from for row in rows} | {
        _next_day(row.valid_to) for row in rows if row.valid_to
    }
    return Regions({row.code: row for row in rows}, by_name, predecessors, tuple(sorted(changes)))


@lru_cache(maxsize=4096)
def era(day: str) -> str:
    """The first day of the stretch without changes in which `day` lies; '' before all changes."""
    eras = regions().eras
    return eras[bisect_right(eras, day) - 1]


@cache
def converted(code: str, day: str) -> str | None:
    """The code of the same place in force on `day` (an era's first day); None where the table
    leaves it open, as for a split (READING-AVRO §5, READING-FACTS-AND-JSON §5)."""
    table = regions()
    row = table.by_code.get(code)
    passed: set[str] = set()
    while row is not None and row.code not in passed:
        if row.in_force(day):
            return row.code
        passed.add(row.code)
        following = row.successors if row.ended(day) else table.predecessors.get(row.code, ())
        row = table.by_code.get(following[0]) if len(following) == 1 else None
    return None


@cache
def is_city_with_gu(code: str, day: str) -> bool:
    """Whether `code` is the parent of a row in force on `day` (an era's first day)."""
    return any(row.parent == code and row.in_force(day) for row in regions().by_code.values())


def parent_of(code: str) -> str:
    """The city of a 구 ('' for every other code)."""
    row = regions().by_code.get(code)
    return row.parent if row is not None else ""


@cache
def linked(code: str) -> frozenset[str]:
    """All codes that `code` leads to through successors, or through predecessors."""
    table = regions()
    found: set[str] = set()
    for neighbours in (
        {row.code: row.successors for row in table.by_code.values()},
        table.predecessors,
    ):
        waiting = list(neighbours.get(code, ()))
        while waiting:
            other = waiting.pop()
            if other not in found:
                found.add(other)
                waiting.extend(neighbours.get(other, ()))
    return frozenset(found)


def _region(row: dict[str, str]) -> Region:
    return Region(
        code=row["sigungu_code"],
        sido=row["sido_code"],
        name=row["sigungu_name"],
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        successors=tuple(row["successor_codes"].split("|")) if row["successor_codes"] else (),
        parent=row["parent_code"],
        capital=row["is_capital_area"] == "Y",
    )


def _next_day(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
