"""Basis: every citation stands in the plan, nothing that needs one lacks it, none is overdue."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from schemas.policies import Documents, Policy
from schemas.tables import Tables
from services.domain.policy_check.findings import Path, Said
from services.domain.policy_check.places import DESIGNATIONS

SECTION = re.compile(r"(SUM|III|II|I|IV-[1-5]|V-[1-5]|A1|A2-[12])( [①②③④])?|-")


def cited(documents: Documents, plan: Sequence[str]) -> Iterator[Said]:
    """Citations of every document against the plan's lines; sections by their form."""
    for name, document in documents.items():
        yield from _cited(document, (name,), plan)


def _cited(value: Any, path: Path, plan: Sequence[str]) -> Iterator[Said]:
    if isinstance(value, dict):
        yield from _citation(value, path, plan)
        yield from _sections(value, path)
        for key, item in value.items():
            yield from _cited(item, (*path, str(key)), plan)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _cited(item, (*path, at), plan)


def _citation(value: dict[str, Any], path: Path, plan: Sequence[str]) -> Iterator[Said]:
    line, quote = value.get("line"), value.get("quote")
    if line is None and quote is None:
        return
    if type(line) is not int or type(quote) is not str or not quote:
        yield Said(
            "BASIS_MISSING",
            (*path, "line" if line is not None else "quote"),
            "인용에는 줄 번호(line)와 그 줄의 글자(quote)가 함께 있어야 합니다.",
            "a citation needs both the line and words that stand in it.",
        )
    elif not 1 <= line <= len(plan) or quote not in plan[line - 1]:
        found = next((n for n, text in enumerate(plan, 1) if quote in text), None)
        ko = f"그 글자는 {found}행에 있습니다." if found else "계획 어디에도 없는 글자입니다."
        en = f"they stand in line {found}." if found else "they stand nowhere in the plan."
        yield Said(
            "BASIS_WRONG",
            (*path, "quote"),
            f"계획의 {line}행에 이 글자가 없습니다. {ko}",
            f"the plan's line {line} does not hold these words; {en}",
        )


def _sections(value: dict[str, Any], path: Path) -> Iterator[Said]:
    section, sections = value.get("section"), value.get("sections")
    named = section.split(", ") if isinstance(section, str) else []
    named += (
        [part for part in sections if isinstance(part, str)] if isinstance(sections, list) else []
    )
    for part in named:
        if not SECTION.fullmatch(part):
            yield Said(
                "BASIS_WRONG",
                (*path, "section" if isinstance(section, str) else "sections"),
                f"계획에 없는 절입니다: {part!r} (예: IV-2 ③, V-2, A1, 없으면 -).",
                f"no section of the plan: {part!r} (such as IV-2 ③, V-2, A1; - for none).",
            )


def based(policy: Policy) -> Iterator[Said]:
    """What must be cited and is not: measures that state numbers or dates, the matrix's circles,
    open questions."""
    for name, measure in policy.measures.measures.items():
        path: Path = ("measures", "measures", name)
        states = measure.schedule or measure.target or measure.values or measure.budget
        if not measure.sections:
            yield _missing((*path, "sections"), "절", "section")
        if states and measure.quote is None:
            yield _missing(path, "계획의 줄과 인용", "line and quote of the plan")
        for at, value in enumerate(measure.values):
            if value.quote is None:
                yield _missing(
                    (*path, "values", at), "계획의 줄과 인용", "line and quote of the plan"
                )
    for name, mode in policy.matrix.modes.items():
        if mode.quote is None:
            yield _missing(
                ("matrix", "modes", name), "계획의 줄과 인용", "line and quote of the plan"
            )
    for name, row in policy.matrix.programmes.items():
        if row.quote is None:
            yield _missing(
                ("matrix", "programmes", name), "표의 줄과 인용", "line and quote of the table"
            )
    for name, rule in policy.rules.rules.items():
        if not rule.section.strip():
            yield _missing(("rules", "rules", name, "section"), "절", "section")
    for name, question in policy.questions.questions.items():
        if not question.citation.strip():
            yield _missing(
                ("questions", "questions", name, "citation"), "정한 근거", "who settled it"
            )


def _missing(path: Path, ko: str, en: str) -> Said:
    return Said("BASIS_MISSING", path, f"근거가 없습니다: {ko}.", f"a basis is missing: {en}.")


def overdue(policy: Policy, tables: Tables, today: str) -> Iterator[Said]:
    """Defaults and designations whose day of review has passed. Designations only warn: they stay
    in force until a new notice is entered (A-27, Q24)."""
    for name, question in policy.questions.questions.items():
        if question.review_by < today:
            yield Said(
                "BASIS_OVERDUE",
                ("questions", "questions", name, "review_by"),
                f"{name}의 기본값을 {question.review_by}까지 다시 보아야 했습니다.",
                f"the default of {name} was due for review by {question.review_by}.",
            )
    due: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(tables.designations):
        if row.review_by is not None and row.valid_to is None and row.review_by < today:
            due.setdefault((row.kind, row.review_by), []).append(at)
    for (kind, day), rows in sorted(due.items()):
        count = len(rows)
        yield Said(
            "BASIS_OVERDUE",
            (DESIGNATIONS, rows[0]),
            f"{kind} 지정 {count}곳의 갱신 기한({day})이 지났습니다. 새 고시를 입력하세요.",
            f"{count} designations {kind} were due for renewal by {day}: enter the new notice.",
            "warning",
        )
