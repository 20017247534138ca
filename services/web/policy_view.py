"""The policy on the status page: which rules hold today, which are coming, what is overdue."""

from typing import Any

from services.web.observation import Observation
from services.web.parts import WebParts
from services.web.policy_dates import Dated, Standing, dated_rules, reviews


def policy_of(seen: Observation, parts: WebParts) -> dict[str, Any]:
    """The policy as of the deciding day; known without any service."""
    rules = dated_rules(parts.policy, parts.tables)
    groups: dict[Standing, list[Dated]] = {standing: [] for standing in Standing}
    for rule in rules:
        groups[rule.standing(seen.today)].append(rule)
    coming = sorted(groups[Standing.COMING], key=lambda rule: rule.first or "")
    found = reviews(parts.tables.designations, seen.today)
    used = seen.totals.policies if seen.totals is not None else None
    return {
        "hash": parts.policy_hash,
        "plan": {"ko": parts.policy.policy.title_ko, "en": parts.policy.policy.title_en},
        "as_of": seen.today.isoformat(),
        "counts": {standing.value: len(group) for standing, group in groups.items()},
        "in_force": [_rule(rule) for rule in groups[Standing.IN_FORCE]],
        "coming": [_rule(rule) for rule in coming],
        "reviews": [
            {"id": r.id, "due": r.due, "rows": r.rows, "overdue": r.overdue} for r in found
        ],
        "overdue": sum(review.overdue for review in found),
        "questions": len(parts.policy.questions.questions),
        "used": None
        if used is None
        else [{"hash": h, "first_used": at.isoformat(timespec="seconds")} for h, at in used],
    }


def _rule(rule: Dated) -> dict[str, Any]:
    return {
        "kind": rule.kind,
        "id": rule.id,
        "ko": rule.ko,
        "en": rule.en,
        "from": rule.first,
        "to": rule.last,
        "section": rule.section,
    }
