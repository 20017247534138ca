"""Places: which 시군구 a code means, and what holds there (rulings A-13, A-27, A-28, A-89).

Codes of every generation mean the same place; a property that the mapped codes do not share is
UNDETERMINED.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from schemas.policies import Policy
from schemas.tables import AgencyRow, DesignationRow, Tables
from services.domain.decision.block import Block, seal
from services.domain.decision.values import NO, UNDETERMINED, YES, Tri

DECLINE = "DECLINE"
CONCERN = "CONCERN"
RULE = "R2"

Steps: TypeAlias = Mapping[str, tuple[tuple[str, ...], ...]]
"""Per code: its successors, its 구, its predecessors."""


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One 시군구 of the agencies' tables."""

    capital: bool
    designations: tuple[DesignationRow, ...]
    agencies: Mapping[str, tuple[AgencyRow, ...]]

    def designated(self, kind: str, day: str) -> bool:
        """Whether a designation of the kind is in force on the day (Q24)."""
        return any(
            row.kind == kind
            and (row.valid_from is None or row.valid_from <= day)
            and (row.valid_to is None or day <= row.valid_to)
            for row in self.designations
        )

    def agency(self, kind: str, day: str) -> str | None:
        """The open agency of the kind with the lowest code (A-20)."""
        for row in self.agencies.get(kind, ()):
            if row.opens_on is None or row.opens_on <= day:
                return row.code
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """What a 시군구 code stands for: one unit, or several where the code alone cannot tell."""

    units: tuple[Unit, ...]

    @property
    def capital(self) -> Tri:
        """수도권."""
        return _agreed(unit.capital for unit in self.units)

    def designated(self, kind: str, day: str) -> Tri:
        """인구감소지역 (DECLINE) or 관심지역 (CONCERN) on the day."""
        return _agreed(unit.designated(kind, day) for unit in self.units)

    def agency(self, kind: str, day: str) -> str | None:
        """The agency on which all units agree; None where there is none."""
        found = {unit.agency(kind, day) for unit in self.units}
        return found.pop() if len(found) == 1 else None

    def tier(self, day: str) -> str | None:
        """The three-tier region class, decline before capital (Q3); None where undetermined."""
        decline, capital = self.designated(DECLINE, day), self.capital
        if decline == YES:
            return DECLINE
        if UNDETERMINED in (decline, capital):
            return None
        return "CAPITAL" if capital == YES else "NON_CAPITAL"


@dataclass(frozen=True, slots=True, eq=False)
class Region(Block):
    """The establishment's region on the deciding day."""

    resolved: Tri
    capital: Tri
    decline: Tri
    concern: Tri


def region(policy: Policy, place: Place | None, day: str) -> Region:
    """The region block; place None: unresolved."""
    resolved: Tri = NO if place is None else YES
    capital: Tri = UNDETERMINED if place is None else place.capital
    decline: Tri = UNDETERMINED if place is None else place.designated(DECLINE, day)
    concern: Tri = UNDETERMINED if place is None else place.designated(CONCERN, day)
    raw, digest = seal(
        {
            "resolved": resolved,
            "capital": capital,
            "decline": decline,
            "concern": concern,
            "rule": RULE,
            "section": policy.section(RULE),
        }
    )
    return Region(raw, digest, resolved, capital, decline, concern)


def places_of(tables: Tables) -> dict[str, Place]:
    """Every code of regions.csv with its place: the code itself where an agency is in charge of
    it, else its successors, else its 구, else its predecessors, repeatedly (A-28)."""
    units = _units(tables)
    steps, codes = _steps(tables), frozenset(units)
    targets = {code: sorted(_targets(steps, codes, code, frozenset())) for code in steps}
    return {code: Place(tuple(units[unit] for unit in found)) for code, found in targets.items()}


def recipient_of(policy: Policy, place: Place | None, day: str) -> tuple[str, ...]:
    """How a consent may name the HRDK branch in charge: by its code, by its kind; by kind only
    where the region is unresolved (A-02)."""
    kind = policy.agencies.public.kind
    code = None if place is None else place.agency(kind, day)
    named = policy.agencies.consent_kinds[kind]
    return (named,) if code is None else (code, named)


def tier_of(policy: Policy, place: Place | None, day: str) -> str | None:
    """The three-tier region class of a place on a day; None where it is not known."""
    return None if place is None else place.tier(day)


def review_overdue_after(tables: Tables) -> str | None:
    """The earliest day by which a designation had to be renewed; None without any."""
    return min((row.review_by for row in tables.designations if row.review_by), default=None)


def _agreed(flags: Iterable[bool]) -> Tri:
    found = set(flags)
    if len(found) != 1:
        return UNDETERMINED
    return YES if found.pop() else NO


def _units(tables: Tables) -> dict[str, Unit]:
    capital = {row.code: row.capital for row in tables.regions}
    agencies = {row.code: row for row in sorted(tables.agencies, key=lambda row: row.code)}
    held: dict[str, list[str]] = {}
    for agency, code in tables.areas:
        held.setdefault(code, []).append(agency)
    return {
        code: Unit(
            capital[code],
            tuple(row for row in tables.designations if row.code == code),
            _by_kind(agencies[name] for name in sorted(names)),
        )
        for code, names in held.items()
        if code in capital
    }


def _by_kind(rows: Iterable[AgencyRow]) -> dict[str, tuple[AgencyRow, ...]]:
    kinds: dict[str, list[AgencyRow]] = {}
    for row in rows:
        kinds.setdefault(row.kind, []).append(row)
    return {kind: tuple(found) for kind, found in kinds.items()}


def _targets(steps: Steps, units: frozenset[str], code: str, seen: frozenset[str]) -> set[str]:
    if code in units:
        return {code}
    step = next((step for step in steps.get(code, ()) if step), ())
    further = (_targets(steps, units, other, seen | {code}) for other in step if other not in seen)
    return set().union(*further)


def _steps(tables: Tables) -> Steps:
    parts: dict[str, list[str]] = {}
    before: dict[str, list[str]] = {}
    for row in tables.regions:
        if row.parent:
            parts.setdefault(row.parent, []).append(row.code)
        for successor in row.successors:
            before.setdefault(successor, []).append(row.code)
    return {
        row.code: (row.successors, tuple(parts.get(row.code, ())), tuple(before.get(row.code, ())))
        for row in tables.regions
    }
