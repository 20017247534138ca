"""The reference tables: codes that nothing answers to, days that do not exist, rows that stand
twice, places without an agency. A path holds the file and the row's position from 0."""

from collections.abc import Hashable, Iterable, Iterator
from datetime import date

from schemas.tables import Tables
from services.domain.policy_check.findings import Path, Said, never

FIRST_LINE = 2
"""Line of the row at position 0: below the header."""
DESIGNATIONS = "reference/region_designations"
AGENCIES = "reference/agencies"
AREAS = "reference/agency_jurisdictions"
REGIONS = "reference/regions"
DESIGNATION_KINDS = ("DECLINE", "CONCERN")
AGENCY_KINDS = (
    "MINISTRY",
    "OPERATOR",
    "HRDK_BRANCH",
    "AI_CENTER",
    "JOINT_CENTER",
    "POLYTECH",
    "RSC",
    "JOB_CENTER",
    "MIDLIFE_CENTER",
    "TP",
)
"""Handbook 3.2, Agency."""


def places(tables: Tables, everywhere: Iterable[str]) -> Iterator[Said]:
    """Every finding about the tables. everywhere: kinds of agency that every place needs."""
    regions = {row.code for row in tables.regions}
    agencies = {row.code for row in tables.agencies}
    yield from _regions(tables, regions)
    yield from _designations(tables, regions)
    for at, row in enumerate(tables.agencies):
        if row.kind not in AGENCY_KINDS:
            yield _unknown((AGENCIES, at), "기관 종류", "among the kinds of agency", row.kind)
        yield from _day((AGENCIES, at), "opens_on", row.opens_on)
    yield from _twice(AGENCIES, [row.code for row in tables.agencies])
    for at, (agency, code) in enumerate(tables.areas):
        if agency not in agencies:
            yield _unknown((AREAS, at), "기관표", "in the agencies' table", agency)
        if code not in regions:
            yield _unknown((AREAS, at), "시군구표", "in the table of regions", code)
    yield from _twice(AREAS, tables.areas)
    yield from _gaps(tables, everywhere)


def _regions(tables: Tables, regions: set[str]) -> Iterator[Said]:
    for at, row in enumerate(tables.regions):
        for code in (*row.successors, *([row.parent] if row.parent else [])):
            if code not in regions:
                yield _unknown((REGIONS, at), "시군구표", "in the table of regions", code)
    yield from _twice(REGIONS, [row.code for row in tables.regions])


def _designations(tables: Tables, regions: set[str]) -> Iterator[Said]:
    for at, row in enumerate(tables.designations):
        path: Path = (DESIGNATIONS, at)
        if row.code not in regions:
            yield _unknown(path, "시군구표", "in the table of regions", row.code)
        if row.kind not in DESIGNATION_KINDS:
            yield _unknown(path, "지정 종류", "among the kinds of designation", row.kind)
        for name in ("valid_from", "valid_to", "review_by"):
            yield from _day(path, name, getattr(row, name))
        if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
            yield never(
                path,
                f"끝({row.valid_to})이 시작({row.valid_from})보다 빠릅니다.",
                f"it ends ({row.valid_to}) before it begins ({row.valid_from}).",
            )
    rows = [(row.code, row.kind, row.valid_from) for row in tables.designations]
    yield from _twice(DESIGNATIONS, rows)


def _gaps(tables: Tables, everywhere: Iterable[str]) -> Iterator[Said]:
    kinds = {row.code: row.kind for row in tables.agencies}
    first = {code: at for at, (_, code) in reversed(list(enumerate(tables.areas)))}
    for kind in everywhere:
        served = {code for agency, code in tables.areas if kinds.get(agency) == kind}
        for code, at in sorted(first.items()):
            if served and code not in served:
                yield Said(
                    "GAP",
                    (AREAS, at),
                    f"시군구 {code}을(를) 맡는 {kind} 기관이 없습니다.",
                    f"no agency of the kind {kind} has the 시군구 {code}.",
                )


def _unknown(path: Path, ko: str, en: str, name: str) -> Said:
    return Said(
        "REFERENCE_UNKNOWN",
        path,
        f"{ko}에 '{name}'이(가) 없습니다.",
        f"there is no '{name}' {en}.",
    )


def _day(path: Path, name: str, day: str | None) -> Iterator[Said]:
    try:
        if day is None or date.fromisoformat(day).isoformat() == day:
            return
    except ValueError:
        pass
    yield Said(
        "VALUE_WRONG",
        path,
        f"{name}: 달력에 있는 날을 YYYY-MM-DD로 적으세요: {day!r}",
        f"{name}: a day of the calendar is wanted as YYYY-MM-DD: {day!r}",
    )


def _twice(file: str, rows: Iterable[Hashable]) -> Iterator[Said]:
    seen: dict[Hashable, int] = {}
    for at, row in enumerate(rows):
        if row in seen:
            yield Said(
                "DUPLICATE_KEY",
                (file, at),
                f"같은 줄이 이미 {seen[row] + FIRST_LINE}행에 있습니다.",
                f"the same row stands in line {seen[row] + FIRST_LINE} already.",
            )
        seen.setdefault(row, at)
