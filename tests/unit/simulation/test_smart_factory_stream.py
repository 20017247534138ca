"""The simulated smart-factory stream is readable, repeatable and invented (issue 3, item 7)."""

import hashlib
import io
import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import fastavro
import pytest

from services.simulation.numbers import brn_check, crn_check
from services.simulation.plan import SimulatedEvent, SimulationPlan
from services.simulation.smart_factory_defects import DEFECTS
from services.simulation.statistics import summary
from services.simulation.stream import simulate

SCHEMA = fastavro.parse_schema(
    json.loads(
        Path(__file__)
        .parents[3]
        .joinpath("schemas/avro/source/smart-factory.avsc")
        .read_text(encoding="utf-8")
    )
)
PLAN = SimulationPlan(events=8_000, seed=20261, schema_ids={"smart-factory": 77})


@pytest.fixture(scope="module")
def events() -> list[SimulatedEvent]:
    return list(simulate(PLAN))


def decode(event: SimulatedEvent) -> Mapping[str, Any]:
    assert event.value is not None and event.value[:5] == b"\x00" + (77).to_bytes(4, "big")
    body = io.BytesIO(event.value[5:])
    row = fastavro.schemaless_reader(body, SCHEMA, None)
    assert body.read() == b"", "the whole value is the record"
    assert isinstance(row, dict)
    return row


def sound(events: list[SimulatedEvent]) -> list[SimulatedEvent]:
    return [event for event in events if not event.kind.startswith("defect:")]


def test_the_plan_gives_exactly_its_events_each_decodable(events: list[SimulatedEvent]) -> None:
    assert len(events) == PLAN.events
    for event in sound(events):
        row = decode(event)
        assert event.key == row["TASK_SN"].encode()
        assert event.topic == "src.mss.smart-factory.v1"


def test_a_seed_repeats_itself_to_the_byte(events: list[SimulatedEvent]) -> None:
    assert list(simulate(PLAN)) == events
    assert list(simulate(SimulationPlan(events=200, seed=1))) != list(
        simulate(SimulationPlan(events=200, seed=2))
    )


def test_the_bytes_are_the_same_on_every_machine() -> None:
    digest = hashlib.sha256()
    for event in simulate(SimulationPlan(events=500, seed=7)):
        digest.update(repr(event).encode())
    assert digest.hexdigest()[:16] == "6c5a8cee99b0cb9a", "the bytes changed: pin anew"


@pytest.mark.parametrize("kind", ["duplicate", "late", "correction", "defect"])
def test_shares_are_kept(events: list[SimulatedEvent], kind: str) -> None:
    share = {"duplicate": 0.05, "late": 0.05, "correction": 0.05, "defect": 0.03}[kind]
    count = summary(events).by_programme["smart-factory"][kind]
    assert count / len(events) == pytest.approx(share, abs=0.005)


def test_every_defect_occurs(events: list[SimulatedEvent]) -> None:
    assert set(summary(events).defects) == {defect.code for defect in DEFECTS}


def test_only_fixture_numbers_occur(events: list[SimulatedEvent]) -> None:
    for event in sound(events):
        row = decode(event)
        for number in filter(None, (row["BIZR_NO"], row["SPLY_BIZR_NO"], row["BPL_NO"][:10])):
            assert number.startswith("999") and brn_check(number[:9]) == number[9]
        if row["JURIRNO"]:
            assert row["JURIRNO"].startswith("9999")
            assert crn_check(row["JURIRNO"][:12]) == row["JURIRNO"][12]


def test_duplicates_repeat_an_event_to_the_byte(events: list[SimulatedEvent]) -> None:
    seen: set[tuple[bytes | None, bytes | None]] = set()
    for event in events:
        if event.kind == "duplicate":
            assert (event.key, event.value) in seen
        seen.add((event.key, event.value))


def test_a_late_event_comes_after_a_newer_one_of_its_key(events: list[SimulatedEvent]) -> None:
    newest: dict[bytes | None, str] = {}
    for event in sound(events):
        stamp = decode(event)["LAST_CHG_DT"]
        if event.kind == "late":
            assert stamp < newest[event.key]
        newest[event.key] = max(stamp, newest.get(event.key, ""))


def test_firms_are_interleaved_and_days_kept(events: list[SimulatedEvent]) -> None:
    days = [
        decode(event)["LAST_CHG_DT"][:8]
        for event in sound(events)
        if event.kind not in ("late", "duplicate")
    ]
    assert days == sorted(days)
    assert days[0] >= "20260102" and days[-1] <= "20260930"
    changes = sum(one.key != two.key for one, two in pairwise(events))
    assert changes > 0.9 * len(events)


def test_lives_look_like_the_programme(events: list[SimulatedEvent]) -> None:
    rows = [decode(event) for event in events if event.kind == "create"]
    kinds = Counter(row["BSNS_SE_CD"] for row in rows)
    assert kinds["A02"] / kinds["A01"] == pytest.approx(400 / 30, rel=0.5)
    assert set(kinds) == {"A01", "A02", "A03", "A04", "A05", "A06"}
    assert all("10" <= row["INDUTY_CD"].lstrip("C")[:2] <= "34" for row in rows)
    assert {row["THIRD_PRVD_AGRE_YN"] for row in rows} == {"", "Y", "N"}
    assert {row["LDONG_CD"][:2] for row in rows} >= {"41", "48", "46", "51", "52", "11"}
    per_task = len(events) / len({event.key for event in sound(events)})
    assert 4 <= per_task <= 6


def test_both_generations_of_place_codes_occur(events: list[SimulatedEvent]) -> None:
    after = [row for row in map(decode, sound(events)) if row["LAST_CHG_DT"] >= "20260701"]
    provinces = Counter(row["LDONG_CD"][:2] for row in after)
    assert provinces["12"] > provinces["46"] > 0


def test_a_plan_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="no simulation of: nothing"):
        simulate(SimulationPlan(events=1, seed=1, programmes=("nothing",)))
    with pytest.raises(ValueError, match="late"):
        SimulationPlan(events=1, seed=1, late=0.5)
    with pytest.raises(ValueError, match="first_day"):
        SimulationPlan(events=1, seed=1, first_day=date(2026, 2, 1), last_day=date(2026, 1, 1))
