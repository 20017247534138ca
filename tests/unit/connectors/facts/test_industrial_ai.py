"""P6: the state is what reading all documents in order gives; contact persons of every block."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import Consent, EndState, Refusal
from connectors.brackets import split_brackets
from connectors.industrial_ai import IndustrialAi

EXAMPLES = Path(__file__).parents[3] / "examples" / "industrial-ai"
KEY = "IAI-2026-03"
SAMPLES = [
    json.loads(line)["value"]
    for line in (EXAMPLES / "samples.jsonl").read_text(encoding="utf-8").splitlines()
]
PLAIN, WITH_DEMAND = SAMPLES[0], SAMPLES[1]
DEMAND = WITH_DEMAND["컨소시엄"]["참여기관"][1]
LEAD, SECOND, THIRD = "9998100015", "9998600121", "9998100029"


def document(number: int, members: Any = (), **change: Any) -> tuple[str, dict[str, Any]]:
    value = copy.deepcopy(PLAIN)
    value["문서정보"]["차수"] = f"{number}차"
    value["문서정보"]["구분"] = change.pop("구분", "변경")
    value["컨소시엄"]["참여기관"] = list(members) if isinstance(members, tuple) else members
    value["컨소시엄"]["주관기업"] |= change.pop("lead", {})
    return KEY, {**value, **change}


def demand(number: str) -> dict[str, Any]:
    return {**DEMAND, "등록정보": f"사업자등록번호: {number}"}


def standing(hub: Any) -> dict[str, tuple[str, str, str | None]]:
    return {
        firm: (p.status, p.status_raw, p.ended_by) for (_, firm), p in hub.participations.items()
    }


def test_a_firm_that_is_not_named_any_more_has_left(desk: Any) -> None:
    hub = desk(IndustrialAi()).take_all([document(1, (demand(SECOND),)), document(2, 단계="실증")])
    assert standing(hub) == {
        LEAD: ("IN_PROGRESS", "실증", None),
        SECOND: ("WITHDRAWN", "파인튜닝", "LEFT"),
    }
    outcome = hub.take(*document(3, (demand(SECOND),), 단계="확산"))
    assert [p.status for p in outcome.participations] == ["COMPLETED", "COMPLETED"]


@pytest.mark.parametrize(
    "members", ["미정", None, "없음", ({"기관구분": "?"},), (demand("999-86-00122"),)]
)
def test_nobody_leaves_while_the_members_are_open(desk: Any, members: Any) -> None:
    hub = desk(IndustrialAi()).take_all(
        [document(1, (demand(SECOND),)), document(2, members, 단계="실증", 솔루션="새 솔루션")]
    )
    assert standing(hub)[SECOND] == ("IN_PROGRESS", "실증", None)
    assert hub.participations[KEY, SECOND].solution == "새 솔루션"


def test_a_retraction_ends_every_live_participation(desk: Any) -> None:
    hub = desk(IndustrialAi()).take_all(
        [
            document(1, (demand(SECOND), demand(THIRD))),
            document(2, (demand(SECOND),)),
            document(3, "미정", 구분="철회"),
        ]
    )
    assert standing(hub) == {
        LEAD: ("WITHDRAWN", "철회", "RETRACTED"),
        SECOND: ("WITHDRAWN", "철회", "RETRACTED"),
        THIRD: ("WITHDRAWN", "파인튜닝", "LEFT"),
    }
    hub.take(*document(4, "미정", 구분="정정"))
    assert standing(hub)[SECOND] == ("IN_PROGRESS", "파인튜닝", None)
    assert standing(hub)[THIRD] == ("WITHDRAWN", "파인튜닝", "LEFT")


def test_a_late_document_that_adds_no_firm_still_lets_one_go(desk: Any) -> None:
    """1차 names two, 3차 leaves the members open, 2차 names one: the other has left."""
    documents = [
        document(1, (demand(SECOND),)),
        document(3, "미정", 단계="실증"),
        document(2, 단계="데이터수집"),
    ]
    hub = desk(IndustrialAi()).take_all(documents)
    assert hub.outcomes["2"].reasons == ("OLDER_REVISION",)
    assert standing(hub)[SECOND] == ("WITHDRAWN", "파인튜닝", "LEFT")


def test_a_supplier_is_no_demand_firm_any_more(desk: Any) -> None:
    supplier = {**demand(SECOND), "기관구분": "공급기업"}
    hub = desk(IndustrialAi()).take_all([document(1, (demand(SECOND),)), document(2, (supplier,))])
    assert standing(hub)[SECOND][2] == "LEFT"


def test_what_the_rules_read(desk: Any) -> None:
    hub = desk(IndustrialAi()).take_all([document(1, (demand(SECOND),), 단계="실증 준비")])
    lead, second = hub.participations[KEY, LEAD], hub.participations[KEY, SECOND]
    assert (lead.stage, lead.event_on) == ("DEMO", "2026-04-15")
    assert lead.consent == Consent(True, ("HRDK", "AI_CENTER"))
    assert second.consent == Consent(False, None)


def test_other_recipients_are_translated(desk: Any) -> None:
    form = {
        "기업정보제공": "있음",
        "제공받는자": ["NIPA", "한국폴리텍대학", "경남테크노파크", "SMTECH"],
    }
    hub = desk(IndustrialAi()).take_all([document(1, lead={"동의": form})])
    assert hub.participations[KEY, LEAD].consent == Consent(
        True, ("OPERATOR:P1", "POLYTECH", "경남테크노파크", "OPERATOR:P3", "OPERATOR:P4")
    )


def secrets() -> list[Any]:
    found = []
    for path in sorted(EXAMPLES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            example = json.loads(line)
            expect = example["expect"]
            if isinstance(expect, dict) and "must_not_store" in expect:
                found.append(pytest.param(example, id=example["name"]))
    return found


@pytest.mark.parametrize("example", secrets())
def test_contacts_without_consent_stand_nowhere(example: dict[str, Any], desk: Any) -> None:
    hub = desk(IndustrialAi())
    value = bytes.fromhex(example["value_hex"]) if "value_hex" in example else example["value"]
    hub.take(KEY, value)
    for secret in example["expect"]["must_not_store"]:
        assert secret not in hub.everything()


def test_a_contact_under_consent_is_kept_with_its_firm_only(desk: Any) -> None:
    person, other = (
        {"성명": "차카타", "전화": "010-0000-0000"},
        {"성명": "마바사", "메모": "사아자"},
    )
    form = {"담당자제공": "있음", "제공받는자": ["한국산업인력공단"]}
    hub = desk(IndustrialAi())
    members = (
        {**demand(SECOND), "담당자": other},
        {"기관구분": "대학", "담당자": other, "동의": form},
    )
    hub.take(*document(1, members, lead={"담당자": person, "동의": form}))
    kept = hub.kept[0].decode()
    assert "차카타" in kept
    assert "마바사" not in kept and "사아자" not in kept
    hub.kept.clear()
    assert "차카타" not in hub.everything()


def test_without_a_contact_the_bytes_are_kept_as_they_came() -> None:
    value = json.dumps(PLAIN, ensure_ascii=False, indent=1).encode()
    assert IndustrialAi().keep(value, {}) == value
    assert IndustrialAi().keep(b"{", {}) == b"{"
    assert IndustrialAi().keep(b" " * 65_537, {}) is None


@pytest.mark.parametrize(
    ("text", "outside", "inside"),
    [
        ("a (b) c", "a c", ("b",)),
        ("a(b(c)d)e", "ae", ("b(c)d",)),
        ("a(b", "a(b", ()),
        ("a)b(", "a)b(", ()),
        ("(a)[b]{c}", "", ("a", "b", "c")),
        ("(a]b)", "", ("a]b",)),
    ],
)
def test_bracketed_parts(text: str, outside: str, inside: tuple[str, ...]) -> None:
    assert split_brackets(text) == (outside, inside)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=100), st.none() | st.binary(max_size=20))
def test_no_bytes_raise(value: bytes, key: bytes | None) -> None:
    IndustrialAi().keep(value, {})
    assert isinstance(IndustrialAi().read(key, value, {}), Refusal)


TEXTS = st.text("가나 019-.~*()'\u200b억년월일:현금물", max_size=9)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
PLACES = [("문서정보",), ("컨소시엄",), ("사업비",), ("협약일",), ("기간",), ("단계",), ("솔루션",)]
PLACES += [
    ("컨소시엄", "주관기업"),
    ("컨소시엄", "참여기관"),
    ("사업비", "민간"),
    ("사업비", "국비"),
]
PLACES += [("컨소시엄", "주관기업", name) for name in PLAIN["컨소시엄"]["주관기업"]]
PLACES += [("컨소시엄", "주관기업", "동의", name) for name in ("기업정보제공", "제공받는자")]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PLACES), ANYTHING), max_size=3))
def test_no_values_raise(changes: list[Any]) -> None:
    connector = IndustrialAi()
    value = copy.deepcopy(PLAIN)
    for (*path, last), change in changes:
        block: Any = value
        for name in path:
            block = block.get(name) if isinstance(block, dict) else None
        if isinstance(block, dict):
            block[last] = change
    raw = json.dumps(value).encode()
    connector.keep(raw, {})
    reading = connector.read(KEY.encode(), raw, {})
    if not isinstance(reading, Refusal):
        connector.judge((), "1", reading)


MEMBERS = st.sampled_from(
    [
        (),
        (demand(SECOND),),
        (demand(SECOND), demand(THIRD)),
        (demand(THIRD),),
        (demand("999-86-00122"),),
        (demand(SECOND), demand("***")),
        "미정",
    ]
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "단계": st.sampled_from(["실증", "문제정의", "x"]),
        "구분": st.sampled_from(["철회", "정정"]),
        "lead": st.sampled_from([{"등록정보": "미정"}, {"등록정보": f"사업자번호 {THIRD}"}]),
    },
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_order_and_no_repetition_changes_the_end(desk: Any, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(st.tuples(MEMBERS, CHANGES), min_size=1, max_size=5))
    events = [document(n + 8, members, **dict(change)) for n, (members, change) in enumerate(drawn)]
    mixed = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events)))))
    straight = desk(IndustrialAi()).take_all(events)
    shuffled = desk(IndustrialAi()).take_all(mixed)
    assert straight.participations == shuffled.participations
    applied = [o for o in shuffled.outcomes.values() if o.end_state is EndState.APPLIED]
    assert all(one.participations or one.others == () for one in applied)
