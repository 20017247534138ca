"""The calculator: what a measure gives for a course, person- or firm-side (handbook 1.2, 4.8).

The values come from the engine that decides firms; the catalogue adds what the plan prints of
measures that no EN rule computes.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.policies import Policy
from schemas.policy_record import Amount, Measure, MeasureValue
from schemas.policy_types import Cited
from services.domain.calculator.question import Question
from services.domain.calculator.words import IN_FORCE, STATUS, period_words, value_words
from services.domain.decision.engine import Engine
from services.domain.decision.facts import Course, Facts
from services.domain.decision.values import NO, UNDETERMINED, YES, Tri

START = "course.start_on"


def answer(engine: Engine, question: Question, today: str) -> dict[str, Any]:
    """The answer as JSON values. today: looks up designations where no first day is given."""
    policy, start = engine.policy, question.course.start_on
    return {
        "asked": _asked(question),
        "policy_hash": engine.policy_hash,
        "plan": {"ko": policy.policy.title_ko, "en": policy.policy.title_en},
        "alarms": _alarms(engine, start or today),
        "measures": [_measure(engine, question, name, today) for name in question.measures],
    }


def _asked(question: Question) -> dict[str, Any]:
    course, firm, workplace = question.course, question.firm, question.establishment
    told = {
        START: course.start_on,
        "course.site_sigungu": course.site_sigungu,
        "course.provider_sigungu": course.provider_sigungu,
        "course.visiting": course.visiting,
        "firm.priority_firm": firm.priority_firm,
        "firm.regular_workers": firm.regular_workers,
        "firm.ksic": firm.ksic,
        "establishment.insured_workers": workplace.insured_workers,
        "establishment.ei_arrears": workplace.ei_arrears,
        "establishment.excluded_industry": workplace.excluded_industry,
    }
    return {name: value for name, value in told.items() if value is not None}


def _alarms(engine: Engine, day: str) -> list[dict[str, str]]:
    words = engine.policy.rules.alarms
    return [
        {"code": code, "ko": words[code].ko, "en": words[code].en}
        for code in engine.memory.alarms(day, day).json()
    ]


def _measure(engine: Engine, question: Question, name: str, today: str) -> dict[str, Any]:
    policy = engine.policy
    measure = policy.measures.measures[name]
    entries = list(_entitlements(engine, question, name, today))
    state = in_force(measure, question.course.start_on)
    return {
        "measure": name,
        "ko": measure.ko,
        "en": measure.en,
        "side": measure.side,
        "stage": measure.stage,
        "owners": measure.owners,
        "in_force": _in_force(policy, measure, state),
        "entitlements": entries,
        "values": [_value(value) for value in measure.values],
        "target": None if measure.target is None else measure.target.model_dump(),
        "budget": [
            {
                "of": share.of,
                "part": share.part,
                "ko": policy.budget.lines[share.of].ko,
                "printed_krw": policy.budget.lines[share.of].printed_krw,
                "line": policy.budget.lines[share.of].line,
                "quote": policy.budget.lines[share.of].quote,
            }
            for share in measure.budget
        ],
        "defaults": _defaults(policy, entries),
        "citation": _citation(", ".join(measure.sections), measure),
    }


def in_force(measure: Measure, start: str | None) -> Tri:
    """Whether the measure is in force on a day; a date that nobody states is undetermined."""
    if measure.in_force_from is None:
        return YES if measure.precision == "CONTINUING" else UNDETERMINED
    if start is None:
        return UNDETERMINED
    return YES if measure.in_force_from <= start else NO


def _in_force(policy: Policy, measure: Measure, state: Tri) -> dict[str, Any]:
    ko, en = IN_FORCE[state]
    row = policy.schedule.rows[measure.schedule] if measure.schedule else None
    return {
        "state": state,
        "ko": ko,
        "en": en,
        "from": measure.in_force_from,
        "precision": measure.precision,
        "schedule": measure.schedule,
        "printed": None if row is None else row.printed,
        "line": None if row is None else row.line,
        "quote": None if row is None else row.quote,
    }


def kinds_of(policy: Policy, measure: str) -> list[str]:
    """The course kinds for which a rule of the measure gives something."""
    rules = {rule for rule, told in policy.entitlements.rules.items() if told.measure == measure}
    return [kind for kind, named in policy.entitlements.kinds.items() if rules & set(named)]


def _entitlements(
    engine: Engine, question: Question, measure: str, today: str
) -> Iterator[dict[str, Any]]:
    course, found = question.course, set()
    for kind in kinds_of(engine.policy, measure):
        asked = Course(
            kind,
            course.start_on,
            course.site_sigungu,
            course.provider_sigungu,
            course.visiting,
        )
        facts = Facts(
            course.start_on or today,
            firm=question.firm,
            establishment=question.establishment,
            course=asked,
        )
        for rule, item in engine.decide(facts).entitlements.items.items():
            if item["measure"] == measure and rule not in found:
                found.add(rule)
                yield _entry(engine.policy, rule, item)


def _entry(policy: Policy, rule: str, item: Mapping[str, Any]) -> dict[str, Any]:
    status, value = STATUS[item["status"]], value_words(item)
    period = period_words(item["valid_from"], item["valid_to"])
    missing = [_missing(policy, fact) for fact in item["missing"]]
    return {
        "rule": rule,
        "status": item["status"],
        "ko": _sentence(
            status[0], value[0], period[0], [fact["ko"] for fact in missing], "확인할 것"
        ),
        "en": _sentence(
            status[1], value[1], period[1], [fact["en"] for fact in missing], "to find out"
        ),
        "value": item["value"],
        "unit": item["unit"],
        "up_to": item["up_to"],
        "kind": item["kind"],
        "region_tier": item["region_tier"],
        "region_basis": item["region_basis"],
        "valid_from": item["valid_from"],
        "valid_to": item["valid_to"],
        "missing": missing,
        "also": [
            {"rule": note, **_citation(policy.section(note), policy.rules.rules[note])}
            for note in item["also"]
        ],
        "citation": _citation(policy.section(rule), policy.rules.rules[rule]),
    }


def _sentence(status: str, value: str, period: str, missing: list[str], to_find: str) -> str:
    found = f"{value} ({period}): {status}."
    return f"{found} {to_find}: {', '.join(missing)}." if missing else found


def _missing(policy: Policy, fact: str) -> dict[str, str]:
    words = policy.rules.facts.get(fact)
    if words is None:
        return {"fact": fact, "ko": fact, "en": fact, "ask": ""}
    return {"fact": fact, "ko": words.ko, "en": words.en, "ask": words.ask}


def _defaults(policy: Policy, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Open questions on which the values rest: policy's defaults, not the plan's words."""
    named = {q for one in entries for q in policy.entitlements.rules[one["rule"]].defaults}
    return [
        {
            "question": name,
            "ko": question.ko,
            "en": question.en,
            "default_ko": question.default_ko,
            "default_en": question.default_en,
            "review_by": question.review_by,
        }
        for name, question in policy.questions.questions.items()
        if name in named
    ]


def _value(value: MeasureValue) -> dict[str, Any]:
    return {
        "ko": value.ko,
        "en": value.en,
        "unit": value.unit,
        "2025": _amount(value.y2025),
        "2026": _amount(value.y2026),
        "line": value.line,
        "quote": value.quote,
    }


def _amount(amount: Amount | None) -> dict[str, Any] | None:
    return None if amount is None else amount.model_dump(exclude_none=True)


def _citation(section: str, cited: Cited) -> dict[str, Any]:
    return {
        "section": section,
        "ko": cited.ko,
        "en": cited.en,
        "line": cited.line,
        "quote": cited.quote,
    }
