"""What will change by itself: the decision on every coming day that the policy or the firm's own
dates know, compared with the day before it (dated rules, designations, opening days, Q9, PR-6)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from operator import itemgetter
from typing import Any, TypeAlias

from schemas.policies import Policy
from services.domain.decision.calendar import shifted, years_after
from services.domain.decision.facts import Course, Facts
from services.domain.explaining.case import Case
from services.domain.explaining.differences import Json, differences

Decide: TypeAlias = Callable[[Facts], Json]


def coming_days(policy: Policy, calendar: list[str], facts: Facts) -> list[str]:
    """The days after the deciding day on which the decision may differ: the policy's and tables'
    turning days, and those that the participations' dates bring."""
    days = {*calendar, *_own_days(policy, facts)}
    return sorted(day for day in days if day > facts.as_of)


def _own_days(policy: Policy, facts: Facts) -> Iterator[str]:
    weights, eligibility = policy.priority, policy.eligibility
    for p in facts.participations:
        end = p.completed_on or p.ends_on
        if end is not None and p.status in eligibility.finished_statuses:
            yield shifted(years_after(end, eligibility.finished_years), 1)
        if p.agreement_on is not None:
            yield p.agreement_on
            yield shifted(p.agreement_on, weights.agreement_within_days + 1)
        if p.ends_on is not None:
            yield shifted(p.ends_on, -weights.ends_within_days)
            yield shifted(p.ends_on, 1)


def coming_of(case: Case, calendar: list[str], decide: Decide) -> list[dict[str, Any]]:
    """Every coming change with its day, in order."""
    policy = case.words.policy
    found: list[dict[str, Any]] = []
    before: Json = case.decision
    for day in coming_days(policy, calendar, case.facts):
        after = decide(replace(case.facts, as_of=day))
        found += _told(case, "coming", day, before, after)
        before = after
    if case.facts.course is not None and case.facts.course.start_on is not None:
        found += _course(case, case.facts.course, calendar, decide)
    return sorted([*found, *_quota(case)], key=itemgetter("on"))


def _told(
    case: Case, sentence: str, day: str, before: Json, after: Json
) -> Iterator[dict[str, Any]]:
    for one in differences(case.words, before, after):
        told = case.words.say(
            sentence, day=day, item=one["item"], before=one["from"], after=one["to"]
        )
        kind = "COURSE" if sentence == "coming_course" else "DAY"
        shown = {name: one[name] for name in ("path", "before", "after")}
        yield {"on": day, "kind": kind, **shown, **told}


def _course(
    case: Case, course: Course, calendar: list[str], decide: Decide
) -> Iterator[dict[str, Any]]:
    """What another first day would give the course (Q22)."""
    before: Json = case.decision
    for day in calendar:
        if course.start_on is None or day <= course.start_on:
            continue
        after = decide(replace(case.facts, course=replace(course, start_on=day)))
        only = {**case.decision, "entitlements": after["entitlements"]}
        yield from _told(case, "coming_course", day, before, only)
        before = only


def _quota(case: Case) -> Iterator[dict[str, Any]]:
    """Measures that count towards a target of the plan, whose year ends."""
    words = case.words
    year = words.policy.explaining.quota_year
    day = f"{year + 1}-01-01"
    measures = case.decision["measures"]
    if measures is None or case.facts.as_of >= day:
        return
    for name in (measures["primary"], *measures["secondary"]):
        known = words.policy.measures.measures.get(name)
        if known is None or known.target is None:
            continue
        value = f"{known.target.value:,}{'+α' if known.target.open_ended else ''}"
        target = words.say(f"target_{known.target.unit.lower()}", value=value)
        told = words.say(
            "coming_quota", day=day, measure=words.measure(name), year=year, target=target
        )
        yield {
            "on": day,
            "kind": "QUOTA_YEAR",
            "path": f"measures.{name}",
            "before": known.target.value,
            "after": None,
            **told,
        }
