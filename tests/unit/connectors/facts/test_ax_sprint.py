"""P5: what may never be kept, and that no order of arrival changes what is known."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.ax_sprint import AxSprint
from connectors.base import EndState, Refusal

EXAMPLES = Path(__file__).parents[3] / "examples" / "ax-sprint"
DAY = 1_773_068_400_000
CASE = {
    "loan_ref": "KS-26-0000417",
    "base_dt": DAY,
    "seq": 1,
    "fund": 11,
    "track": "AXS",
    "elig": 2,
    "bzno": "9998100015",
    "corpno": "9999110000011",
    "nm": "(주)가람정밀",
    "sido": "경기",
    "indcd": "291201",
    "appl_ts": 1_767_538_800_000,
    "appr_ts": DAY,
    "st": "승인",
    "promo_ok": 1,
}


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
def test_forbidden_texts_stand_nowhere(example: dict[str, Any], desk: Any) -> None:
    hub = desk(AxSprint())
    if "value_hex" in example:
        key, value = bytes.fromhex(example["key_hex"]).decode(), bytes.fromhex(example["value_hex"])
    else:
        key, value = example["key"], example["value"]
    hub.take(key, value)
    for secret in example["expect"]["must_not_store"]:
        assert secret not in hub.everything()


def test_the_kept_copy_reads_as_the_message_did(desk: Any) -> None:
    message = {**CASE, "lmt_mm": 1, "memo": "x", "st": "거절(신용등급 미달)", "nm": "가\u200b람"}
    hub = desk(AxSprint())
    hub.take("KS-26-0000417", message)
    again = desk(AxSprint())
    again.take("KS-26-0000417", hub.kept[0])
    assert again.participations == hub.participations
    assert json.loads(hub.kept[0]).keys() == CASE.keys()


def test_a_message_refused_at_the_bytes_is_not_kept() -> None:
    connector = AxSprint()
    for value in (None, b"", b"{", b'{"nm":1,"nm":2}', b"x" * 65_537, b"[" * 9 + b"]" * 9):
        assert connector.keep(value, {}) is None
        reading = connector.read(b"KS-26-0000417", value, {})
        assert isinstance(reading, Refusal)
        assert reading.source_key == "KS-26-0000417"


def test_a_key_that_is_no_loan_reference_is_not_repeated() -> None:
    reading = AxSprint().read(
        "부채 과다".encode(), json.dumps({**CASE, "loan_ref": "x"}).encode(), {}
    )
    assert isinstance(reading, Refusal)
    assert reading.source_key is None


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=200), st.none() | st.binary(max_size=20))
def test_no_bytes_raise(value: bytes, key: bytes | None) -> None:
    connector = AxSprint()
    connector.keep(value, {})
    assert isinstance(connector.read(key, value, {}), Refusal)


TEXTS = st.text("가나 019-*()\u200b", max_size=8)
PLAIN = st.none() | st.booleans() | st.integers() | st.just(1.5) | TEXTS
JSON = PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(TEXTS, PLAIN, max_size=2)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(CASE)), JSON))
def test_no_values_raise(change: dict[str, Any]) -> None:
    connector = AxSprint()
    value = json.dumps({**CASE, **change}).encode()
    connector.keep(value, {})
    reading = connector.read(b"KS-26-0000417", value, {})
    if not isinstance(reading, Refusal):
        connector.judge((), "1", reading)


VARIANTS: list[dict[str, Any]] = [
    {},
    {"st": "심사", "appr_ts": 0},
    {"bzno": "9998100016"},
    {"bzno": 0},
    {"st": "?"},
    {"promo_ok": 0},
    {"seq": 0},
]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_order_and_no_repetition_changes_the_end(desk: Any, data: st.DataObject) -> None:
    changes = data.draw(st.lists(st.sampled_from(VARIANTS), min_size=1, max_size=6))
    events = [
        (
            "KS-26-0000417",
            {**CASE, "base_dt": DAY + n // 2 * 86_400_000, "seq": n % 2 + 1, **change},
        )
        for n, change in enumerate(changes)
    ]
    mixed = data.draw(st.permutations(events + data.draw(st.lists(st.sampled_from(events)))))
    straight, shuffled = desk(AxSprint()).take_all(events), desk(AxSprint()).take_all(mixed)
    assert straight.participations == shuffled.participations
    waiting = [one.end_state for one in shuffled.outcomes.values()].count(EndState.HELD)
    assert waiting == [one.end_state for one in straight.outcomes.values()].count(EndState.HELD)
