"""The calculator against handbook 4.8 and the rulings A-21 to A-27, A-76."""

import copy
from typing import Any

import pytest

from schemas.rulebook import Rulebook, load_rulebook
from schemas.tables import load_tables
from services import wiring
from services.domain.calculator.answer import answer, kinds_of
from services.domain.calculator.question import NAMES, WrongQuestion, read_question
from services.domain.decision.engine import Engine

TODAY = "2026-04-15"
CHANGWON, GAPYEONG, GANGNAM, HAENAM = "48123", "41820", "11680", "46820"
FIRM = {"priority_firm": "yes", "insured_workers": "45", "ei_arrears": "no"}


@pytest.fixture(scope="module")
def engine() -> Engine:
    return wiring.engine_of(load_rulebook())


def asked(engine: Engine, **given: str | list[str]) -> dict[str, Any]:
    words = {name: [v] if isinstance(v, str) else v for name, v in given.items()}
    return answer(engine, read_question(engine.policy, engine.memory.places, words), TODAY)


def entries(engine: Engine, **given: str | list[str]) -> dict[str, dict[str, Any]]:
    """The entries of the measures asked for, by rule."""
    found = asked(engine, **given)
    return {e["rule"]: e for one in found["measures"] for e in one["entitlements"]}


@pytest.mark.parametrize(
    ("rule", "start", "place", "value", "tier", "status"),
    [
        # EN-1: the waiver begins on 1 March (invariant 8)
        ("EN-1", "2026-02-28", CHANGWON, 1000, None, "INDICATIVE"),
        ("EN-1", "2026-03-01", CHANGWON, 0, None, "INDICATIVE"),
        ("EN-2", "2025-06-01", CHANGWON, 300, None, "INDICATIVE"),
        # EN-3 to EN-6: two tiers by the course's site (invariant 7)
        ("EN-5", "2025-12-31", CHANGWON, 9000, None, "INDICATIVE"),
        ("EN-3", "2026-01-01", GANGNAM, 9000, "CAPITAL", "INDICATIVE"),
        ("EN-3", "2026-01-01", GAPYEONG, 9000, "CAPITAL", "INDICATIVE"),
        ("EN-4", "2026-01-01", CHANGWON, 9500, "NON_CAPITAL", "INDICATIVE"),
        # EN-7: decline before capital (Q3)
        ("EN-7", "2025-12-31", GAPYEONG, 316_000, None, "CATALOGUE"),
        ("EN-7", "2026-01-01", GAPYEONG, 800_000, "DECLINE", "CATALOGUE"),
        ("EN-7", "2026-01-01", GANGNAM, 400_000, "CAPITAL", "CATALOGUE"),
        ("EN-7", "2026-01-01", CHANGWON, 600_000, "NON_CAPITAL", "CATALOGUE"),
        # EN-8: less in the capital area than before, as printed
        ("EN-8", "2026-06-30", GANGNAM, 316_000, None, "CATALOGUE"),
        ("EN-8", "2026-07-01", GANGNAM, 300_000, "CAPITAL", "CATALOGUE"),
        ("EN-8", "2026-07-01", CHANGWON, 400_000, "NON_CAPITAL", "CATALOGUE"),
        ("EN-8", "2026-07-01", HAENAM, 500_000, "DECLINE", "CATALOGUE"),
        ("EN-9", "2026-06-30", HAENAM, 10_000, None, "CATALOGUE"),
        ("EN-9", "2026-07-01", HAENAM, 13_000, None, "CATALOGUE"),
        ("EN-10", "2025-12-31", HAENAM, 10_000, None, "CATALOGUE"),
        ("EN-10", "2026-01-01", HAENAM, 11_000, None, "CATALOGUE"),
        ("EN-11", "2025-12-31", HAENAM, None, None, "NOT_ENTITLED"),
        ("EN-11", "2026-01-01", HAENAM, 30_000, None, "CATALOGUE"),
        ("EN-12", "2026-02-28", HAENAM, None, None, "NOT_ENTITLED"),
        ("EN-12", "2026-03-01", HAENAM, None, None, "INDICATIVE"),
    ],
)
def test_values_by_day_and_place(
    engine: Engine,
    rule: str,
    start: str,
    place: str,
    value: int | None,
    tier: str | None,
    status: str,
) -> None:
    found = entries(engine, measure=rule, start_on=start, place=place, visiting="no", **FIRM)
    assert set(found) == {rule}
    entry = found[rule]
    assert (entry["value"], entry["region_tier"], entry["status"]) == (value, tier, status)
    assert entry["citation"]["section"].startswith("IV-")
    assert entry["ko"] and entry["en"]


@pytest.mark.parametrize("place", ["28710", "28720", "41820", "41800"])
def test_invariant_7_decline_areas_of_the_capital_area(engine: Engine, place: str) -> None:
    """강화, 옹진, 가평, 연천: skill-up 9,000 bp as in the capital area, KDT allowance 800,000."""
    capital = {r.code for r in load_tables().regions if r.capital}
    decline = {d.code for d in load_tables().designations if d.kind == "DECLINE"}
    assert capital & decline == {"28710", "28720", "41820", "41800"}
    given = {"start_on": "2026-05-11", "place": place, "visiting": "no", **FIRM}
    assert entries(engine, measure="EN-3", **given)["EN-3"]["value"] == 9000
    assert entries(engine, measure="EN-7", **given)["EN-7"]["value"] == 800_000


def test_a_later_period_of_a_rate_counts_from_its_day() -> None:
    """A policy officer adds a period; the skill-up rates follow it as every other value does."""
    rules = load_rulebook()
    documents = copy.deepcopy(dict(rules.documents))
    for rule, value in (("EN-3", 8000), ("EN-4", 8500)):
        periods = documents["entitlements"]["rules"][rule]["periods"]
        periods.append({"from": "2027-01-01", "value": value})
    later = wiring.engine_of(Rulebook(documents, rules.rows))
    for day, place, rule, value, last in (
        ("2026-12-31", GANGNAM, "EN-3", 9000, "2026-12-31"),
        ("2027-01-01", GANGNAM, "EN-3", 8000, None),
        ("2027-01-01", CHANGWON, "EN-4", 8500, None),
    ):
        found = entries(later, measure="SKILLUP", start_on=day, place=place, visiting="no", **FIRM)
        assert (found[rule]["value"], found[rule]["valid_to"]) == (value, last)


def test_a_decline_area_has_no_tier_of_its_own_in_skill_up(engine: Engine) -> None:
    """EN-6."""
    found = entries(
        engine, measure="SKILLUP", start_on="2026-05-01", place=GAPYEONG, visiting="no", **FIRM
    )
    assert [note["rule"] for note in found["EN-3"]["also"]] == ["EN-6"]


def test_a_provider_that_visits_counts_as_outside_the_capital(engine: Engine) -> None:
    found = entries(
        engine,
        measure="act-L2-skillup",
        start_on="2026-05-01",
        site=GANGNAM,
        visiting="yes",
        **FIRM,
    )
    assert (found["EN-4"]["value"], found["EN-4"]["region_basis"]) == (9500, "VISITING")


def test_what_is_not_known_is_held_and_never_refused(engine: Engine) -> None:
    bare = asked(engine)
    for one in bare["measures"]:
        for entry in one["entitlements"]:
            assert entry["status"] == "HELD", entry["rule"]
            assert entry["missing"]
            assert all(fact["ko"] and fact["en"] for fact in entry["missing"])
        assert one["in_force"]["state"] in ("YES", "UNDETERMINED")
    no_worker = entries(
        engine, measure="EN-1", start_on="2026-05-01", priority_firm="yes", insured_workers="0"
    )
    assert no_worker["EN-1"]["status"] == "HELD"
    assert no_worker["EN-1"]["value"] == 0
    no_firm = entries(
        engine, measure="EN-1", start_on="2026-05-01", priority_firm="no", insured_workers="0"
    )
    assert no_firm["EN-1"]["status"] == "NOT_ENTITLED"


def test_priority_support_follows_from_workers_and_industry(engine: Engine) -> None:
    """Handbook 2.4: manufacturing up to 500 regular workers."""
    for workers, status in (("500", "INDICATIVE"), ("501", "NOT_ENTITLED")):
        found = entries(
            engine,
            measure="EN-2",
            regular_workers=workers,
            ksic="C26",
            insured_workers="9",
        )
        assert found["EN-2"]["status"] == status


def test_every_measure_of_the_plan_has_an_answer(engine: Engine) -> None:
    found = asked(engine, start_on="2026-05-01", place=CHANGWON)
    assert len(found["measures"]) == len(engine.policy.measures.measures) == 43
    rules = {e["rule"] for one in found["measures"] for e in one["entitlements"]}
    assert rules == {f"EN-{n}" for n in (1, 2, 4, 7, 8, 9, 10, 11, 12)}
    for one in found["measures"]:
        assert one["side"] in ("FIRM", "PERSON", "PROVIDER", "MINISTRY")
        assert one["citation"]["quote"] or one["measure"] == "hrdk-own-diagnosis"
    by_name = {one["measure"]: one for one in found["measures"]}
    assert by_name["ent-kdt-ai-campus"]["in_force"]["state"] == "YES"
    assert by_name["inf-physical-ai-lab"]["in_force"]["state"] == "NO"
    assert by_name["col-list-platform"]["in_force"]["state"] == "UNDETERMINED"
    assert by_name["act-L1-unit-price-3x"]["in_force"]["state"] == "YES"
    assert by_name["ent-startup-hire-fund"]["values"][0]["2026"] == {
        "least": 150_000_000,
        "most": 200_000_000,
    }
    assert by_name["act-L2-skillup"]["budget"][0]["printed_krw"] == 30_800_000_000
    assert {d["question"] for d in by_name["ent-kdt-allowance"]["defaults"]} == {"Q2", "Q3", "Q22"}


def test_a_measure_may_be_named_by_rule_or_course_kind(engine: Engine) -> None:
    def named(word: str) -> list[str]:
        return [one["measure"] for one in asked(engine, measure=word)["measures"]]

    assert named("EN-7") == ["ent-kdt-allowance"]
    assert named("EN-6") == ["act-L2-skillup"]
    assert named("PBL") == ["act-L1-unit-price-3x", "act-L3-inhouse-experts"]
    assert kinds_of(engine.policy, "act-L1-unit-price-3x") == ["ONLINE_AI", "FIRM_AI", "PBL"]


def test_an_overdue_designation_is_told(engine: Engine) -> None:
    late = asked(engine, measure="KDT", start_on="2026-10-20", place=HAENAM)
    assert [alarm["code"] for alarm in late["alarms"]] == ["DESIGNATION_REVIEW_OVERDUE"]
    assert asked(engine, measure="KDT", start_on="2026-10-19", place=HAENAM)["alarms"] == []


@pytest.mark.parametrize(
    ("name", "word", "code"),
    [
        ("measure", "EN-13", "UNKNOWN_MEASURE"),
        ("measure", "act-L2-skilup", "UNKNOWN_MEASURE"),
        ("start_on", "2026-02-29", "NOT_A_DAY"),
        ("start_on", "20260301", "NOT_A_DAY"),
        ("start_on", "2026-3-1", "NOT_A_DAY"),
        ("place", "99999", "UNKNOWN_PLACE"),
        ("site", "창원", "UNKNOWN_PLACE"),
        ("provider", "4812", "UNKNOWN_PLACE"),
        ("visiting", "maybe", "NOT_YES_OR_NO"),
        ("priority_firm", "1", "NOT_YES_OR_NO"),
        ("insured_workers", "-1", "NOT_A_COUNT"),
        ("insured_workers", "１２", "NOT_A_COUNT"),
        ("regular_workers", "4.5", "NOT_A_COUNT"),
        ("regular_workers", "9" * 5000, "NOT_A_COUNT"),
        ("ksic", "Z1", "NOT_A_KSIC"),
        ("ksic", "C2642123", "NOT_A_KSIC"),
        ("ei_arrears", "?", "NOT_YES_OR_NO"),
        ("start", "2026-03-01", "UNKNOWN_NAME"),
    ],
)
def test_wrong_words_are_refused_in_two_languages(
    engine: Engine, name: str, word: str, code: str
) -> None:
    with pytest.raises(WrongQuestion) as refused:
        asked(engine, **{name: word})
    (fault,) = refused.value.faults
    assert (fault.name, fault.code) == (name, code)
    assert any("가" <= letter <= "힣" for letter in fault.ko)
    assert not any("가" <= letter <= "힣" for letter in fault.en.replace("시군구", ""))
    assert len(fault.json()["value"]) <= 100


def test_every_fault_is_told_at_once(engine: Engine) -> None:
    with pytest.raises(WrongQuestion) as refused:
        asked(engine, measure=["EN-0", "EN-1"], start_on=["2026-01-01", "2026-01-02"], place="x")
    assert [fault.code for fault in refused.value.faults] == [
        "UNKNOWN_MEASURE",
        "UNKNOWN_PLACE",
        "REPEATED",
    ]


def test_blank_words_are_not_known(engine: Engine) -> None:
    assert asked(engine, **dict.fromkeys(NAMES, " ")) == asked(engine)


def test_a_suggestion_for_a_slip(engine: Engine) -> None:
    with pytest.raises(WrongQuestion) as refused:
        asked(engine, measure="act-L2-skilup")
    assert "act-L2-skillup" in refused.value.faults[0].ko
