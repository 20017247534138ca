"""Of ordering values that are unreadable together, feedback names every field."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from connectors import CONNECTORS
from connectors.base import Refusal
from services.domain.convert_lines import Event, event_of
from services.domain.partner_wire import contract_writers

INPUTS = {c.source.folder: c for c in CONNECTORS}
SAMPLES = {"ai-product": "selected-two-firms", "demand-survey": "own-initiative"}
EPOCH = "1970-01-01T00:00:00Z"


def fields(folder: str, value: dict[str, Any]) -> str | None:
    line = json.dumps({"key": "k", "value": value})
    event = event_of(line, 1, folder, INPUTS, 1)
    assert isinstance(event, Event)
    connector = INPUTS[folder]
    reading = connector.read(event.key, event.value, contract_writers(connector.source, 1))
    assert isinstance(reading, Refusal)
    return reading.fields.get("ORDERING_UNREADABLE")


@pytest.mark.parametrize(
    ("folder", "number", "day", "bad"),
    [
        ("ai-product", "event_no", "occurred_at", "yesterday"),
        ("demand-survey", "answer_version", "answered_at", EPOCH),
    ],
)
def test_of_a_record(
    sample: Callable[..., dict[str, Any]], folder: str, number: str, day: str, bad: str
) -> None:
    first = SAMPLES[folder]
    assert fields(folder, sample(folder, first, **{number: 0, day: bad})) == f"{number}, {day}"
    assert fields(folder, sample(folder, first, **{number: 0})) == number
    assert fields(folder, sample(folder, first, **{day: bad})) == day


@pytest.mark.parametrize(
    ("revision", "day", "named"),
    [
        ("x", "x", "문서정보.차수, 문서정보.작성일"),
        ("x", "2026년 4월 15일", "문서정보.차수"),
        ("1차", "x", "문서정보.작성일"),
    ],
)
def test_of_a_document(revision: str, day: str, named: str) -> None:
    head = {"차수": revision, "작성일": day}
    assert fields("industrial-ai", {"문서정보": head}) == named


@pytest.mark.parametrize(
    ("number", "day", "named"),
    [
        ("x", "x", "목록번호, 기준일"),
        ("x", "2026.5.31.", "목록번호"),
        ("2026-05-1", "x", "기준일"),
    ],
)
def test_of_a_list_marker(number: str, day: str, named: str) -> None:
    marker = {"자료구분": "목록완료", "목록번호": number, "기준일": day, "총건수": "1"}
    assert fields("mfg-ai", marker) == named
