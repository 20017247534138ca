"""explaining.yaml and rules.yaml: everything that can be told has its words, in two languages."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from schemas.policies import Policy
from schemas.policy_types import Said
from services.domain.decision import facts as f
from services.domain.decision.incentives import EVIDENCE
from services.domain.decision.priority import RULES
from services.domain.decision.reading import facts_from_json
from services.domain.decision.telling import facts_to_json
from services.domain.decision.values import Tri
from services.domain.explaining import words as words_module
from services.domain.explaining.explainer import Explainer
from services.domain.referral import Status
from tests.unit.decision.test_golden import BASES, cases, decided, facts_of

SOURCES = sorted(Path(words_module.__file__).parent.glob("*.py"))
RULE = re.compile(r"(?:EL|CG|AX|ME|AG|DM|EN|PR|IN|LC)-\w+|R2|Q9|ABSENT|PF|MG-P\d-\w+")


def named(value: Any) -> Iterator[str]:
    """Every rule id in a decision."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from named(str(key))
            yield from named(item)
    elif isinstance(value, list):
        for item in value:
            yield from named(item)
    elif isinstance(value, str) and RULE.fullmatch(value):
        yield value


def test_every_rule_that_a_decision_names_has_its_sentence(policy: Policy, engine: Any) -> None:
    emitted = {
        rule for case in cases() for rule in named(decided(engine, facts_of(case.values[0])))
    }
    cells = {
        f"MG-{programme}-{mode}"
        for programme, row in policy.matrix.programmes.items()
        for mode in row.modes
    }
    assert {"EL-1", "CG-4", "AX-12", "ME-6", "EN-5", "PR-9", "IN-2", "LC-1"} <= emitted
    found = {rule for rule in emitted if not rule.startswith(("MG-", "IN-1-", "IN-2-"))}
    assert found <= set(policy.rules.rules)
    assert {rule for rule in emitted if rule.startswith("MG-")} <= cells


THREE_VALUED = (
    *("EL-2", "EL-3", "EL-4", "EL-5", "EL-6", "EL-7", "EL-8", "Q9", "PF"),
    *("EL-1", "CG-4", "CG-5", "CG-6", *RULES),
)


def test_a_three_valued_rule_says_three_different_things(policy: Policy) -> None:
    for rule in THREE_VALUED:
        known = policy.rules.rules[rule]
        assert known.unmet is not None and known.open is not None, rule
        assert len({known.ko, known.unmet.ko, known.open.ko}) == 3, rule
        assert len({known.en, known.unmet.en, known.open.en}) == 3, rule
        assert known.reads, rule


def test_the_sentence_of_an_open_rule_says_no_no(policy: Policy) -> None:
    for rule, known in policy.rules.rules.items():
        if known.open is not None and rule != "R2":
            assert re.search("모른다|몰라|모름|않았다|정할 수 없다", known.open.ko), rule
            assert re.search("not known|open|not settle|not said", known.open.en), rule


def said_in(value: Any, path: str = "") -> Iterator[tuple[str, Said]]:
    if isinstance(value, Said):
        yield path, value
    if isinstance(value, BaseModel):
        for name, item in value:
            yield from said_in(item, f"{path}/{name}")
    elif hasattr(value, "items"):
        for name, item in value.items():
            yield from said_in(item, f"{path}/{name}")


def slots(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_are_filled_from_the_same_data(policy: Policy) -> None:
    found = list(said_in(policy.explaining))
    assert len(found) > 400
    for path, said in found:
        assert slots(said.ko) == slots(said.en) or path.endswith("agency_named"), path
        bare = re.sub(r"\{[^}]*\}", "", said.en)
        assert not re.search("[가-힣]", bare.replace("시군구", "")), path


def test_every_sentence_is_used_and_every_used_one_is_there(policy: Policy) -> None:
    source = "".join(path.read_text("utf-8") for path in SOURCES)
    named = set(re.findall(r"[\"']([a-z0-9_]+)[\"']", source))
    prefixes = tuple(re.findall(r'f"([a-z_]+_)\{', source))
    known = set(policy.explaining.sentences)
    assert {one for one in known if one not in named and not one.startswith(prefixes)} == set()
    called = set(re.findall(r"say\(\s*[\"']([a-z0-9_]+)[\"']", source))
    assert called <= known


def test_every_fact_has_a_name(policy: Policy) -> None:
    parts = {
        "firm": f.Firm,
        "establishment": f.Establishment,
        "survey": f.Survey,
        "training": f.Training,
        "outcome": f.Outcome,
        "consents": f.Consents,
        "course": f.Course,
    }
    expected = {f"{part}.{one.name}" for part, kind in parts.items() for one in fields(kind)}
    skipped = {"programme", "is_deleted", "consent"}
    names = {one.name for one in fields(f.ParticipationFacts)} - skipped
    expected |= {f"participation.{name}" for name in names}
    expected |= {"participation.consent_enterprise_info", "diagnosis.final_level"}
    assert set(policy.explaining.facts) == expected | {"as_of", "origin", "subject"}


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("role", f.ROLES),
        ("status", f.STATUSES),
        ("ended_by", f.ENDINGS),
        ("level_goal", f.GOALS),
        ("business_kind", f.BUSINESS_KINDS),
        ("stage", f.STAGES),
        ("track", f.TRACKS),
        ("size_class", f.SIZE_CLASSES),
        ("tax_status", f.TAX_STATUSES),
        ("region_confidence", f.CONFIDENCES),
        ("level_wanted", f.LEVELS_WANTED),
        ("fields", f.FIELDS),
        ("delivery_mode", f.DELIVERY_MODES),
        ("hours", f.HOURS),
        ("obstacles", f.OBSTACLES),
        ("level", f.FINAL_LEVELS),
        ("course_kind", f.COURSE_KINDS),
        ("origin", f.ORIGINS),
        ("subject", f.SUBJECTS),
        ("evidence", EVIDENCE),
        ("tri", get_args(Tri)),
        ("state", get_args(Tri)),
        ("status_of_referral", {status.value for status in Status}),
    ],
)
def test_every_value_has_a_word(policy: Policy, words: str, codes: Any) -> None:
    assert set(codes) <= set(policy.explaining.words[words])


def test_what_decisions_say_has_a_word(policy: Policy) -> None:
    words = policy.explaining.words
    benefits = policy.entitlements.rules.values()
    kinds = {one.kind for one in benefits} | {flag.kind for flag in policy.incentives.flags}
    assert kinds == set(words["flag_kind"])
    assert {fact.ask for fact in policy.rules.facts.values()} == set(words["ask"])
    assert set(policy.ax.dimensions) == set(words["dimension"])
    lists = {name.words for name in policy.explaining.facts.values() if name.words}
    assert lists <= set(words)


def test_rules_read_facts_that_have_names(policy: Policy) -> None:
    read = {fact for rule in policy.rules.rules.values() for fact in rule.reads}
    assert read <= set(policy.explaining.facts)
    for benefit in policy.explaining.benefits.values():
        assert set(benefit.rules) <= set(policy.rules.rules)


def test_what_may_be_tried_is_a_value_that_the_engine_reads(policy: Policy) -> None:
    """A lever outside the code lists would silently be an unknown fact."""
    read = {fact for rule in policy.rules.rules.values() for fact in rule.reads}
    for fact, lever in policy.explaining.levers.items():
        assert fact in read, fact
        part, _, name = fact.partition(".")
        for tried in lever.tried:
            value = tried
            if hasattr(tried, "items"):
                value = {"granted": tried["granted"], "recipients": list(tried["recipients"])}
            if value == "<as_of>":
                value = "2026-04-15"
            told: dict[str, Any] = {"as_of": "2026-04-15", part: {name: value}}
            if part == "participation":
                programme = lever.only[0] if lever.only else "P3"
                told = {"as_of": "2026-04-15"}
                told["participations"] = [{"programme": programme, name: value}]
            back = facts_to_json(facts_from_json(told))
            place = back["participations"][0] if part == "participation" else back[part]
            assert place.get(name) == value, fact


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("목표수준", "목표수준이 목표수준으로"),
        ("활용 여부", "활용 여부가 활용 여부로"),
        ("서울", "서울이 서울로"),
        ("P3", "P3이 P3으로"),
        ("P1", "P1이 P1로"),
        ("P2", "P2가 P2로"),
        ("동의(허브)", "동의(허브)가 동의(허브)로"),
        ("", "가 로"),
    ],
)
def test_particles_follow_the_sound(value: str, expected: str) -> None:
    said = Said(ko="{x:이/가} {x:으로/로}", en="{x}")
    assert words_module.filled(said, x=value)["ko"] == expected


def test_nothing_is_quoted_that_the_rule_itself_does_not_quote(explainer: Explainer) -> None:
    assert explainer.words.cited("AG-1")["quote"] is None
    cited = explainer.words.cited("CG-5")
    assert (cited["section"], cited["line"], cited["quote"]) == ("IV-5 ④", 515, "원팀 지원")
    assert cited["quote"] in cited["plan"]


def test_bases_are_there() -> None:
    assert {"p1", "p3", "p5", "p6"} <= set(BASES)
