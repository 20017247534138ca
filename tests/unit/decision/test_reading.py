"""Facts in: what is read, what is unknown, what is an error (facts.md, A-71)."""

import json
from typing import Any

import orjson
import pytest

from services.domain.decision.engine import Engine
from services.domain.decision.facts import Consent, Facts
from services.domain.decision.lines import decide_line
from services.domain.decision.reading import UnreadableFacts, facts_from_json
from services.domain.decision.telling import facts_to_json


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"", "NOT_A_JSON_OBJECT"),
        (b"   ", "NOT_A_JSON_OBJECT"),
        (b"[]", "NOT_A_JSON_OBJECT"),
        (b'"2026-04-15"', "NOT_A_JSON_OBJECT"),
        (b"null", "NOT_A_JSON_OBJECT"),
        (b'{"as_of": "2026-04-15"', "NOT_A_JSON_OBJECT"),
        (b'{"as_of": NaN}', "NOT_A_JSON_OBJECT"),
        (b'{"as_of": "2026-04-15"} {}', "NOT_A_JSON_OBJECT"),
        (b'{"as_of": "\xff"}', "NOT_A_JSON_OBJECT"),
        (b"{}", "AS_OF_UNREADABLE"),
        (b'{"as_of": null}', "AS_OF_UNREADABLE"),
        (b'{"as_of": 20260415}', "AS_OF_UNREADABLE"),
        (b'{"as_of": ["2026-04-15"]}', "AS_OF_UNREADABLE"),
        (b'{"as_of": "20260415"}', "AS_OF_UNREADABLE"),
        (b'{"as_of": "2026-W16-3"}', "AS_OF_UNREADABLE"),
        (b'{"as_of": "2026-4-15"}', "AS_OF_UNREADABLE"),
        (b'{"as_of": "2026-02-29"}', "AS_OF_UNREADABLE"),
        (b'{"as_of": "2026-04-15T00:00:00"}', "AS_OF_UNREADABLE"),
        (b'{"as_of": "2026-04-15\\n"}', "AS_OF_UNREADABLE"),
        ('{"as_of": "２０２６-04-15"}'.encode(), "AS_OF_UNREADABLE"),
        (b'{"as_of": "0000-01-01"}', "AS_OF_UNREADABLE"),
    ],
)
def test_a_line_without_facts_is_an_error_in_two_languages(
    line: bytes, code: str, engine: Engine
) -> None:
    answer, ok = decide_line(line, engine)
    error = json.loads(answer)
    assert not ok
    assert set(error) == {"error"}
    assert set(error["error"]) == {"code", "message_ko", "message_en"}
    assert error["error"]["code"] == code


@pytest.mark.parametrize("as_of", ["0001-01-01", "2024-02-29", "9999-12-31"])
def test_every_real_day_is_decided(as_of: str, engine: Engine) -> None:
    line = {"as_of": as_of, "participations": [{"programme": "P3", "status": "SETTLED"}]}
    answer, ok = decide_line(json.dumps(line).encode(), engine)
    assert ok
    assert json.loads(answer)["as_of"] == as_of


@pytest.mark.parametrize("case_id", [None, 7, "c", "가", {"a": [1]}, True, 1.5])
def test_the_case_id_is_echoed(case_id: Any, engine: Engine) -> None:
    line = json.dumps({"as_of": "2026-04-15", "case_id": case_id}).encode()
    assert json.loads(decide_line(line, engine)[0])["case_id"] == case_id


@pytest.mark.parametrize(
    "case_id", ["12345678901234567890123", "-0.1e-7", '"\\ud800"', '"가\\u0000"']
)
def test_a_case_id_that_few_parsers_hold_is_echoed_exactly(case_id: str, engine: Engine) -> None:
    line = f'{{"as_of": "2026-04-15", "case_id": {case_id}}}'.encode()
    answer, ok = decide_line(line, engine)
    assert ok
    assert json.loads(answer)["case_id"] == json.loads(case_id)
    assert answer.decode("utf-8")


@pytest.mark.parametrize("inner", [b"1" * 5_000, b"1e400", b"[" * 5_000 + b"]" * 5_000])
def test_a_case_id_that_cannot_be_echoed_is_an_error(inner: bytes, engine: Engine) -> None:
    answer, ok = decide_line(b'{"as_of": "2026-04-15", "case_id": ' + inner + b"}", engine)
    assert not ok
    assert json.loads(answer)["error"]["code"] == "BEYOND_LIMITS"


def test_a_deeply_nested_case_id_is_echoed(engine: Engine) -> None:
    nested = b"[" * 300 + b"]" * 300
    answer, ok = decide_line(b'{"as_of": "2026-04-15", "case_id": ' + nested + b"}", engine)
    assert ok
    assert answer.startswith(b'{"case_id":' + nested + b",")


@pytest.mark.parametrize(
    ("workers", "value"),
    [
        ("501", "NO"),
        ("9" * 19, "NO"),
        ("9" * 25, "NO"),
        ("9" * 4_000, "NO"),
        ("-" + "9" * 25, "UNDETERMINED"),
        ("1e400", "UNDETERMINED"),
        ("2.5", "UNDETERMINED"),
        ("-1e999", "UNDETERMINED"),
    ],
)
def test_a_number_of_any_size_is_a_number(workers: str, value: str, engine: Engine) -> None:
    line = f'{{"as_of": "2026-04-15", "firm": {{"ksic": "C", "regular_workers": {workers}}}}}'
    answer, ok = decide_line(line.encode(), engine)
    assert ok
    assert json.loads(answer)["eligibility"]["priority_firm"]["value"] == value


def test_a_text_that_no_encoding_holds_is_an_unknown_code(engine: Engine) -> None:
    line = b'{"as_of": "2026-04-15", "firm": {"size_class": "\\ud800"}}'
    answer, ok = decide_line(line, engine)
    assert ok
    assert json.loads(answer)["eligibility"]["rules"]["EL-5"]["holds"] == "UNDETERMINED"


def test_the_last_of_two_equal_keys_counts() -> None:
    line = b'{"as_of": "2026-04-15", "as_of": "2026-04-16"}'
    assert facts_from_json(orjson.loads(line)).as_of == "2026-04-16"


def full() -> dict[str, Any]:
    return {
        "as_of": "2026-04-15",
        "origin": "SELF",
        "subject": "INDIVIDUAL",
        "participations": [
            {
                "programme": "P4",
                "role": "LEAD",
                "status": "CONTRACTED",
                "agreement_on": "2026-01-02",
                "ends_on": "2026-12-31",
                "completed_on": "2026-11-30",
                "is_deleted": True,
                "ended_by": "LEFT",
                "level_goal": "HIGH",
                "business_kind": "A06",
                "ai_applied": False,
                "stage": "SPREAD",
                "track": "AGILE",
                "ministry": "MSIT",
                "dx_mentor_visits": 3,
                "joint_consulting_requested": False,
                "consent_enterprise_info": {"granted": True, "recipients": ["HRDK", "X"]},
            }
        ],
        "firm": {
            "size_class": "MIDSIZE",
            "priority_firm": "NO",
            "regular_workers": 0,
            "ksic": "26421",
            "group_affiliate": False,
            "tax_status": "UNKNOWN",
        },
        "establishment": {
            "sigungu": "48123",
            "region_confidence": "ASSUMED",
            "insured_workers": 0,
            "ei_arrears": False,
            "excluded_industry": False,
        },
        "survey": {
            "wishes": False,
            "uses_ai": False,
            "level_wanted": "LITERACY",
            "fields": ["HR", "CS"],
            "mode_wanted": "VISITING",
            "hours": "GE40",
            "trainee_count": 3,
            "obstacles": ["TIME"],
            "job_change": False,
        },
        "training": {"ai_courses_last_24m": 0, "any_record": False},
        "diagnosis": {"final_level": "ADVANCED"},
        "outcome": {"training_completed": False, "pbl_completed": True},
        "consents": {
            "enterprise_info": {"granted": None, "recipients": None},
            "marketing": False,
            "personal_third_party": True,
            "survey": False,
        },
        "course": {
            "kind": "KDT",
            "start_on": "2026-05-01",
            "site_sigungu": "11680",
            "provider_sigungu": "11680",
            "visiting": False,
        },
    }


def test_everything_that_facts_can_say_is_kept() -> None:
    assert facts_to_json(facts_from_json(full())) == full()


def test_stored_facts_read_as_the_same_facts() -> None:
    facts = facts_from_json({"as_of": "2026-04-15", "course": {}, "participations": [{}]})
    told = facts_to_json(facts)
    assert facts_from_json(told) == facts == Facts("2026-04-15", course=facts.course)
    assert json.loads(json.dumps(told)) == told


def test_unknown_words_mean_unknown() -> None:
    said = {"role": "UNKNOWN", "status": "UNKNOWN"}
    facts = facts_from_json(
        {
            "as_of": "2026-04-15",
            "participations": [{"programme": "P2", "stage": "실증 진행", **said}],
            "firm": {"size_class": "UNKNOWN", "priority_firm": "UNKNOWN", "tax_status": "UNKNOWN"},
        }
    )
    p = facts.participations[0]
    assert (p.role, p.status, p.stage) == (None, None, "PROGRESS")
    assert facts.firm.size_class is None
    assert facts.firm.priority_firm is None
    assert facts.firm.tax_status == "UNKNOWN"


def test_recipients_that_are_no_words_are_dropped() -> None:
    facts = facts_from_json(
        {
            "as_of": "2026-04-15",
            "consents": {"enterprise_info": {"granted": True, "recipients": ["HRDK", 1, None]}},
        }
    )
    assert facts.consents.enterprise_info == Consent(True, ("HRDK",))


def test_the_error_tells_itself() -> None:
    with pytest.raises(UnreadableFacts) as refused:
        facts_from_json(3)
    assert refused.value.as_json()["code"] == "NOT_A_JSON_OBJECT"
