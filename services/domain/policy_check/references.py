"""Names that point elsewhere: to rules, measures, programmes, agencies, rows and questions."""

import re
from collections.abc import Container, Iterable, Iterator
from datetime import date
from typing import Any

from schemas.policies import Documents, Policy
from schemas.tables import Tables
from services.domain.decision import facts as f
from services.domain.policy_check.findings import Path, Said, never
from services.domain.referral import STATUSES

_PRINTED = re.compile(r"'(\d\d)\.(\d{1,2})월~?")
_HALF = re.compile(r"'(\d\d)\.下~?")
_BESIDE_STATUSES = frozenset({"any_open", "completed or closed", "reopened"})
"""What lifecycle.md names in place of one status."""
_RULE = re.compile(r"(EL|CG|AX|ME|AG|DM|EN|PR|IN)-\w+")


def references(documents: Documents, policy: Policy, tables: Tables) -> Iterator[Said]:
    """Every finding about references."""
    yield from _rules(documents, policy)
    yield from _facts(policy)
    yield from _measures(policy)
    yield from _benefits(policy)
    yield from _agencies(policy, tables)
    yield from _consents(policy, tables)
    yield from _schedule(policy)
    yield from _limits(policy)


def unknown(path: Path, what: str, name: str, known: Iterable[str] = ()) -> Said:
    """A name that nothing answers to."""
    listed = ", ".join(known)
    more_ko, more_en = (f" 있는 것: {listed}.", f" Known are {listed}.") if listed else ("", "")
    return Said(
        "REFERENCE_UNKNOWN",
        path,
        f"{what}에 '{name}'이(가) 없습니다.{more_ko}",
        f"there is no '{name}' in {what}.{more_en}",
    )


def _rules(documents: Documents, policy: Policy) -> Iterator[Said]:
    known = policy.rules.rules
    for stem, document in documents.items():
        for path, name in _named(document, (stem,)):
            if name not in known:
                yield unknown(path, "rules.yaml", name)


def _facts(policy: Policy) -> Iterator[Said]:
    for name, rule in policy.rules.rules.items():
        for at, fact in enumerate(rule.reads):
            if fact not in policy.explaining.facts:
                yield unknown(("rules", "rules", name, "reads", at), "explaining.facts", fact)


def _named(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            here = (*path, str(key))
            if key == "rule" and isinstance(item, str):
                yield here, item
            elif _RULE.fullmatch(str(key)):
                yield here, str(key)
            yield from _named(item, here)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from _named(item, (*path, at))


def _measures(policy: Policy) -> Iterator[Said]:
    measures, told = policy.measures.measures, policy.proposals
    named: list[tuple[Path, str]] = [
        (("proposals", "diagnosis", at, "measure"), p.measure)
        for at, p in enumerate(told.diagnosis)
    ]
    named += [
        (("proposals", "levels", level, at, "measure"), p.measure)
        for level, proposals in told.levels.items()
        for at, p in enumerate(proposals)
    ]
    named += [
        (("proposals", "midsize", at, "measure"), p.measure) for at, p in enumerate(told.midsize)
    ]
    named += [
        (("proposals", "short_of_time", "first", "measure"), told.short_of_time.first.measure),
        (("proposals", "joint_centre"), told.joint_centre),
        (("proposals", "lab"), told.lab),
    ]
    named += [
        (("entitlements", "rules", rule, "measure"), benefit.measure)
        for rule, benefit in policy.entitlements.rules.items()
    ]
    for path, name in named:
        if name not in measures:
            yield unknown(path, "measures.yaml", name)
    yield from _budget(policy)
    for at, p in enumerate(told.diagnosis):
        yield from _needs(policy, ("proposals", "diagnosis", at), p.needs)
    for level, proposals in told.levels.items():
        for at, p in enumerate(proposals):
            yield from _needs(policy, ("proposals", "levels", level, at), p.needs)


def _needs(policy: Policy, path: Path, needs: Iterable[str]) -> Iterator[Said]:
    for need in needs:
        if need not in policy.proposals.needs:
            yield unknown((*path, "needs"), "proposals.needs", need)


def _budget(policy: Policy) -> Iterator[Said]:
    whole: dict[str, str] = {}
    paid = set()
    for name, measure in policy.measures.measures.items():
        for at, share in enumerate(measure.budget):
            path: Path = ("measures", "measures", name, "budget", at)
            paid.add(share.of)
            if share.of not in policy.budget.lines:
                yield unknown((*path, "of"), "budget.lines", share.of, policy.budget.lines)
            elif share.part == "WHOLE" and share.of in whole:
                yield Said(
                    "OVERLAP",
                    path,
                    f"예산 {share.of} 전부를 {whole[share.of]}이(가) 이미 쓴다고 적고 있습니다.",
                    f"{whole[share.of]} has the whole of the budget line {share.of} already.",
                )
            if share.part == "WHOLE":
                whole.setdefault(share.of, name)
    for line in policy.budget.lines:
        if line not in paid:
            yield Said(
                "GAP",
                ("budget", "lines", line),
                "이 예산을 쓰는 시책이 없습니다.",
                "no measure is paid from this line.",
            )


def _benefits(policy: Policy) -> Iterator[Said]:
    told = policy.entitlements
    used: set[str] = {told.skillup.flat, told.skillup.capital, told.skillup.elsewhere}
    for kind, rules in told.kinds.items():
        used.update(rules)
        if kind not in f.COURSE_KINDS:
            yield never(
                ("entitlements", "kinds", kind),
                "이런 과정 종류가 없습니다.",
                "there is no such course kind.",
            )
        for at, rule in enumerate(rules):
            if rule not in told.rules:
                yield unknown(("entitlements", "kinds", kind, at), "entitlements.rules", rule)
    for kind in sorted(f.COURSE_KINDS - set(told.kinds)):
        yield Said(
            "GAP",
            ("entitlements", "kinds"),
            f"과정 종류 {kind}의 규칙이 없습니다.",
            f"the course kind {kind} has no rule.",
        )
    for name in ("held", "flat", "capital", "elsewhere"):
        rule = getattr(told.skillup, name)
        if rule not in told.rules:
            yield unknown(("entitlements", "skillup", name), "entitlements.rules", rule)
    for rule, benefit in told.rules.items():
        path: Path = ("entitlements", "rules", rule)
        if rule not in used:
            yield never(path, "어느 과정도 이 규칙을 쓰지 않습니다.", "no course uses this rule.")
        for at, question in enumerate(benefit.defaults):
            if question not in policy.questions.questions:
                yield unknown((*path, "defaults", at), "questions.yaml", question)
        yield from _needs(policy, path, benefit.needs)


def _agencies(policy: Policy, tables: Tables) -> Iterator[Said]:
    kinds = {row.kind for row in tables.agencies}
    told = policy.agencies
    for name in ("public", "centre", "lab", "joint_centre", "council"):
        kind = getattr(told, name).kind
        if kind not in kinds:
            yield never(
                ("agencies", name, "kind"),
                f"기관표에 {kind} 종류의 기관이 없습니다.",
                f"the agencies' table has no agency of the kind {kind}.",
            )
    for kind in told.consent_kinds:
        if kind not in kinds:
            yield never(
                ("agencies", "consent_kinds", kind),
                f"기관표에 {kind} 종류의 기관이 없습니다.",
                f"the agencies' table has no agency of the kind {kind}.",
            )
    if told.public.kind not in told.consent_kinds:
        yield Said(
            "GAP",
            ("agencies", "consent_kinds"),
            f"{told.public.kind}을(를) 동의서가 어떻게 부르는지 없습니다.",
            f"how consents name {told.public.kind} is not said.",
        )


def _consents(policy: Policy, tables: Tables) -> Iterator[Said]:
    told = policy.consent_forms
    known = {*told.agencies, *told.aliases, *(row.code for row in tables.agencies)}
    known |= {f"{policy.agencies.operator_prefix}{p}" for p in policy.matrix.programmes}
    for alias, recipients in told.aliases.items():
        yield from _recipients(("consent_forms", "aliases", alias), recipients, known)
    for name, form in told.forms.items():
        if form.programme is not None and form.programme not in policy.matrix.programmes:
            yield unknown(
                ("consent_forms", "forms", name, "programme"), "matrix.yaml", form.programme
            )
        for at, version in enumerate(form.versions):
            path: Path = ("consent_forms", "forms", name, "versions", at)
            for part in ("enterprise_info", "contact"):
                recipients = getattr(version, part)
                if isinstance(recipients, tuple):
                    yield from _recipients((*path, part), recipients, known)


def _recipients(path: Path, recipients: Iterable[str], known: Container[str]) -> Iterator[Said]:
    for at, name in enumerate(recipients):
        if name not in known:
            yield never(
                (*path, at),
                f"'{name}'이라는 받는 기관이 없습니다.",
                f"there is no recipient '{name}'.",
            )


def _schedule(policy: Policy) -> Iterator[Said]:
    rows = policy.schedule.rows
    for name, row in rows.items():
        expected = _day(row.printed)
        if expected is not None and (row.starts_on or "") != expected:
            yield Said(
                "CONTRADICTION",
                ("schedule", "rows", name, "starts_on"),
                f"'{row.printed}'이면 {expected or '시작일 없음'}이어야 합니다.",
                f"'{row.printed}' means {expected or 'no start'}.",
            )
    for name, measure in policy.measures.measures.items():
        if measure.schedule is None:
            continue
        path: Path = ("measures", "measures", name)
        dated = rows.get(measure.schedule)
        if dated is None:
            yield unknown((*path, "schedule"), "schedule.rows", measure.schedule)
        elif dated.starts_on != measure.in_force_from:
            yield Said(
                "CONTRADICTION",
                (*path, "in_force_from"),
                f"일정표 {measure.schedule}은(는) {dated.starts_on or '계속'}입니다.",
                f"the schedule's row {measure.schedule} says {dated.starts_on or 'continuing'}.",
            )


def _day(printed: str) -> str | None:
    """The first day of a printed date, blank for continuing; None where it cannot be read."""
    month, half = _PRINTED.fullmatch(printed), _HALF.fullmatch(printed)
    if month:
        return date(2000 + int(month[1]), int(month[2]), 1).isoformat()
    if half:
        return date(2000 + int(half[1]), 7, 1).isoformat()
    return "" if printed == "계속" else None


def _limits(policy: Policy) -> Iterator[Said]:
    told = policy.limits
    for name, move in told.moves.items():
        for part, place in (("from", move.origin), ("to", move.to)):
            status = place.split("/")[0]
            if status not in STATUSES and status not in _BESIDE_STATUSES:
                yield unknown(("limits", "moves", name, part), "lifecycle", status, STATUSES)
    for at, reason in enumerate(told.hub_confirms):
        if reason not in told.reasons.get("decline", ()):
            yield never(
                ("limits", "hub_confirms", at),
                f"{reason}은(는) 거절 사유(reasons.decline)가 아닙니다.",
                f"{reason} is no reason to decline.",
            )
