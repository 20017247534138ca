"""P2: absence as a function of what was read, and the contact person."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import Consent, EndState, Refusal, Statement
from connectors.contacts import Contact
from connectors.mfg_ai import MfgAi
from connectors.project_list import with_row

EXAMPLES = Path(__file__).parents[3] / "examples" / "mfg-ai"
ROW = json.loads((EXAMPLES / "samples.jsonl").read_text(encoding="utf-8").splitlines()[0])["value"]
PROJECTS = ("제조AI-경남-26-001", "제조AI-부산-26-002")


def row(project: str, month: int, serial: int = 1, **change: str) -> tuple[str, dict[str, str]]:
    place = {"목록번호": f"2026-{month:02}-1", "기준일": f"2026.{month}.28.", "연번": str(serial)}
    return project, {**ROW, **place, "과제번호": project, **change}


def marker(month: int, count: int, kind: str = "목록완료") -> tuple[str, dict[str, str]]:
    number = f"2026-{month:02}-1"
    value = {"자료구분": kind, "목록번호": number, "기준일": "2026.5.28.", "총건수": str(count)}
    return f"목록:{number}", value


def ended(hub: Any) -> dict[str, str | None]:
    return {key: one.ended_by for (key, _), one in hub.participations.items()}


def test_absence_comes_with_the_last_row_or_with_the_marker(desk: Any) -> None:
    first, second = PROJECTS
    hub = desk(MfgAi()).take_all([row(first, 5), row(second, 5, 2), row(second, 6)])
    outcome = hub.take(*marker(6, 1))
    assert outcome.extra == {"list": {"list_id": "2026-06-1", "kind": "COMPLETE", "count": 1}}
    assert [(one.source_key, one.ended_by, one.status) for one in outcome.others] == [
        (first, "ABSENT_FROM_LIST", "IN_PROGRESS")
    ]
    hub = desk(MfgAi()).take_all([row(first, 5), row(second, 5, 2), marker(6, 1)])
    outcome = hub.take(*row(second, 6))
    assert outcome.end_state is EndState.DUPLICATE
    assert [one.source_key for one in outcome.others] == [first]


@pytest.mark.parametrize(
    ("change", "state"),
    [({}, "duplicate"), ({"사업자번호": "-"}, "held"), ({"진행상태": "?"}, "quarantined")],
)
def test_any_row_of_a_newer_list_brings_a_project_back(
    desk: Any, change: dict[str, str], state: str
) -> None:
    hub = desk(MfgAi()).take_all([row(PROJECTS[0], 5), row(PROJECTS[1], 6), marker(6, 1)])
    assert ended(hub)[PROJECTS[0]] == "ABSENT_FROM_LIST"
    outcome = hub.take(*row(PROJECTS[0], 7, **change))
    assert outcome.end_state == state
    assert [one.ended_by for one in outcome.others] == [None]
    assert ended(hub)[PROJECTS[0]] is None


def test_a_row_too_many_takes_the_absence_back(desk: Any) -> None:
    hub = desk(MfgAi()).take_all([row(PROJECTS[0], 5), row(PROJECTS[1], 6), marker(6, 1)])
    hub.take(*row(PROJECTS[1], 6, 2))
    assert ended(hub)[PROJECTS[0]] is None


def test_finished_projects_are_never_absent(desk: Any) -> None:
    hub = desk(MfgAi()).take_all([row(PROJECTS[0], 5, 진행상태="완료"), marker(6, 0)])
    assert ended(hub) == {PROJECTS[0]: None}


def test_every_row_number_counts_once_in_any_order() -> None:
    numbers = (5, 1, 2, 9, 4, 3, 2, 5, 60, 59, 0, 61, 10**15 - 1, 10**15 - 1)
    lists: Any = {}
    for number in numbers:
        lists = with_row(lists, "a", number)
    assert lists["a"]["read"] == len(set(numbers))
    assert max(lists["a"]["rows"].values()) < 2**60


def test_what_the_rules_read(desk: Any) -> None:
    hub = desk(MfgAi())
    hub.take(*row(PROJECTS[0], 5, 진행상태="현장 실증", 기업정보동의="○"))
    hub.take(*row(PROJECTS[1], 5, 2, 기업정보동의="X"))
    demo, plain = hub.participations.values()
    assert (demo.stage, demo.event_on, demo.consent_form) == (
        "DEMO",
        "2026-05-28",
        "제조AI-동의-2026",
    )
    assert demo.consent == Consent(True, ("HRDK", "AI_CENTER"))
    assert (plain.stage, plain.consent) == ("PROGRESS", Consent(False, None))


CONTACT = {"담당자명": "가나다", "담당자연락처": "010-0000-0000"}
ALLOWED = {"담당자동의": "O", "담당자제공기관": "한국산업인력공단, NIPA"}


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
    hub = desk(MfgAi())
    if "value_hex" in example:
        hub.take(PROJECTS[0], bytes.fromhex(example["value_hex"]))
    else:
        hub.take(example["key"], example["value"])
    for secret in example["expect"]["must_not_store"]:
        assert secret not in hub.everything()


def test_a_contact_is_read_from_the_bytes_only(desk: Any) -> None:
    hub = desk(MfgAi())
    hub.take(*row(PROJECTS[0], 5, **CONTACT, **ALLOWED))
    connector, value = MfgAi(), hub.kept[0]
    assert "가나다" in value.decode()
    expected = Contact("가나다", "010-0000-0000", ("HRDK", "OPERATOR:P1"))
    assert connector.contact(value, {}) == expected
    hub.kept.clear()
    assert "가나다" not in hub.everything()
    assert connector.contact(json.dumps({**ROW, **CONTACT}).encode(), {}) is None
    assert connector.contact(b"{", {}) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"자료구분": "행", "담당자명": "가나다", "담당자명": "가나다"}',
        '{"x": [[[[[[[[[{"담당자연락처": "가나다"}]]]]]]]]], "담당자명": "가나다"}',
        '{"x": {"담당자명": "가나다"}, "담당자동의": "O", "담당자제공기관": "HRDK"}',
        '{"담당자 명": "", "담당자명 ": {"이름": ["가나다"]}}',
    ],
)
def test_contacts_are_removed_wherever_they_can_be_read(text: str) -> None:
    kept = MfgAi().keep(text.encode(), {})
    assert kept is not None
    assert "가나다" not in kept.decode()


def test_what_cannot_be_read_is_kept_as_it_came() -> None:
    connector = MfgAi()
    assert connector.keep(b"{", {}) == b"{"
    assert connector.keep(None, {}) is None
    assert connector.keep(b" " * 65_537, {}) is None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=100), st.none() | st.binary(max_size=20))
def test_no_bytes_raise(value: bytes, key: bytes | None) -> None:
    MfgAi().keep(value, {})
    assert isinstance(MfgAi().read(key, value, {}), Refusal)


TEXTS = st.text("가나 019-.~*()'\u200b억%OX", max_size=8)
PLAIN = (
    st.none() | st.booleans() | st.integers() | st.just(1.5) | TEXTS | st.lists(TEXTS, max_size=2)
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(ROW)), PLAIN))
def test_no_values_raise(change: dict[str, Any]) -> None:
    connector = MfgAi()
    value = json.dumps({**ROW, **change}).encode()
    connector.keep(value, {})
    reading = connector.read(ROW["과제번호"].encode(), value, {})
    if not isinstance(reading, Refusal):
        connector.judge((), "1", reading)


ROWS = st.builds(
    lambda project, month, change: row(project, month, PROJECTS.index(project) + 1, **change),
    st.sampled_from(PROJECTS),
    st.integers(5, 8),
    st.sampled_from([{}, {"진행상태": "완료"}, {"진행상태": "?"}, {"사업자번호": "9998100016"}]),
)
MARKERS = st.builds(
    marker, st.integers(5, 8), st.integers(0, 2), st.sampled_from(["목록완료", "목록시작"])
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_order_and_no_repetition_changes_the_end(desk: Any, data: st.DataObject) -> None:
    rows = data.draw(st.lists(ROWS, unique_by=lambda r: (r[0], r[1]["목록번호"]), max_size=8))
    events = rows + data.draw(st.lists(MARKERS, max_size=5))
    again = data.draw(st.lists(st.sampled_from(events), max_size=3)) if events else []
    mixed = data.draw(st.permutations(events + again))
    assert end_of(desk, events) == end_of(desk, mixed)


def end_of(desk: Any, events: list[Any]) -> Any:
    """What is known at the end; an unchanged row makes no new revision, so that the day from
    which a content stands depends on which of two equal rows came first."""
    hub = desk(MfgAi()).take_all(events)
    known = {key: replace(one, event_on=None) for key, one in hub.participations.items()}
    held = sum(one.end_state is EndState.HELD for one in hub.outcomes.values())
    return known, held


def test_a_row_leaves_the_memories_of_other_projects_as_they_are() -> None:
    connector, states = MfgAi(), ()
    for number in range(1, 2_001):
        states = (_judged(connector, states, row(f"제조AI-경남-26-{number:04}", 5, number)),)
    before = json.dumps(states)
    new = _judged(connector, states, row("제조AI-경남-26-0007", 5, 2_001, 진행상태="완료"))
    known = {id(one) for one in _dicts(states[0])}
    assert sum(len(one) for one in _dicts(new) if id(one) not in known) < 250
    assert json.dumps(states) == before


def _judged(connector: MfgAi, states: Any, event: tuple[str, dict[str, str]]) -> Any:
    reading = connector.read(event[0].encode(), json.dumps(event[1]).encode(), {})
    assert isinstance(reading, Statement)
    return connector.judge(states, "1:1", reading)[0]


def _dicts(value: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [one for one in value.values() if isinstance(one, dict)]
    return [value, *(found for one in inner for found in _dicts(one))]
