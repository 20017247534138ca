"""Clauses beside what the plan prints: the matrix's circles, the first days of modes and benefits.

A draft may mean to differ from the plan, so these only warn.
"""

import re
from collections.abc import Iterator, Sequence

from schemas.policies import Policy
from schemas.policy_benefits import Entitlement
from services.domain.policy_check.findings import Path, Said

CIRCLE = "○"
_BEFORE_CIRCLES = 2
"""Columns of the plan's table before the four modes: ministry and programme (IV-5)."""
_SCHEDULE = re.compile(r"V-[1-5]")


def printed(policy: Policy, plan: Sequence[str]) -> Iterator[Said]:
    """Every difference from what the plan prints."""
    yield from _circles(policy, plan)
    yield from _modes(policy)
    yield from _benefits(policy)


def _circles(policy: Policy, plan: Sequence[str]) -> Iterator[Said]:
    columns = sorted(policy.matrix.modes, key=lambda mode: policy.matrix.modes[mode].number)
    for name, row in policy.matrix.programmes.items():
        text = plan[row.line - 1] if row.line and 1 <= row.line <= len(plan) else ""
        if CIRCLE not in text:
            continue
        cells = [cell.strip() for cell in text.split("\t")[_BEFORE_CIRCLES:]]
        shown = {mode for mode, cell in zip(columns, cells, strict=False) if cell == CIRCLE}
        for mode in sorted(shown ^ set(row.modes)):
            ko, en = ("있습니다", "a circle") if mode in shown else ("없습니다", "no circle")
            yield _differs(
                ("matrix", "programmes", name, "modes"),
                f"계획의 {row.line}행에는 {name}의 {mode}에 ○가 {ko}.",
                f"the plan's line {row.line} has {en} for {mode} of {name}.",
            )


def _modes(policy: Policy) -> Iterator[Said]:
    for name, mode in policy.matrix.modes.items():
        cited = [part for part in mode.section.split(", ") if _SCHEDULE.fullmatch(part)]
        starts = {
            row.starts_on
            for key, row in policy.schedule.rows.items()
            if any(key.startswith(f"{part}.") for part in cited)
        }
        if starts and mode.starts_on not in starts:
            yield _differs(
                ("matrix", "modes", name, "starts_on"),
                f"일정표 {', '.join(cited)}에 {mode.starts_on}에 시작하는 행이 없습니다.",
                f"no row of the schedule {', '.join(cited)} begins on {mode.starts_on}.",
            )


def _benefits(policy: Policy) -> Iterator[Said]:
    for rule, benefit in policy.entitlements.rules.items():
        yield from _values(policy, ("entitlements", "rules", rule), benefit)
        measure = policy.measures.measures.get(benefit.measure)
        first = measure.in_force_from if measure is not None else None
        for at, period in enumerate(benefit.periods):
            if first is None or period.first is None:
                continue
            if period.first != first:
                yield _differs(
                    ("entitlements", "rules", rule, "periods", at, "from"),
                    f"{rule}: 시책 {benefit.measure}은(는) {first}부터 시행합니다.",
                    f"{rule}: the measure {benefit.measure} is in force from {first}.",
                )
            break


def _values(policy: Policy, path: Path, benefit: Entitlement) -> Iterator[Said]:
    """Values that the plan does not print for the measure."""
    measure = policy.measures.measures.get(benefit.measure)
    amounts = [a for v in measure.values for a in (v.y2025, v.y2026) if a] if measure else []
    told = {n for a in amounts for n in (a.value, a.least, a.most, *(a.tiers or {}).values())}
    for at, period in enumerate(benefit.periods):
        for value in (period.value, *(period.tiers or {}).values()):
            if amounts and value is not None and value not in told:
                yield _differs(
                    (*path, "periods", at),
                    f"{value:,}은(는) measures.yaml의 {benefit.measure} 값에 없습니다.",
                    f"{value:,} is none of the values of {benefit.measure} in measures.yaml.",
                )


def _differs(path: Path, ko: str, en: str) -> Said:
    return Said("CONTRADICTION", path, ko, en, "warning")
