"""What every simulated programme keeps (issue 3 item 7, issue 4 item 5)."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any, TypeAlias

import pytest

from services.simulation import ai_voucher_defects, robot_defects, smart_factory_defects
from services.simulation.catalogue import BENCHED
from services.simulation.numbers import brn_check
from services.simulation.plan import SimulatedEvent, SimulationPlan
from services.simulation.statistics import summary
from services.simulation.stream import simulate

Row: TypeAlias = Mapping[str, Any]
Decode: TypeAlias = Callable[[SimulatedEvent], Row]
Run: TypeAlias = Callable[[str], list[SimulatedEvent]]

KEYS = {"smart-factory": "TASK_SN", "ai-voucher": "taskNo", "robot": "seq"}
TOPICS = {
    "smart-factory": "src.mss.smart-factory.v1",
    "ai-voucher": "src.msit.ai-voucher.v1",
    "robot": "src.motir.robot.v1",
}
NUMBERS = {
    "smart-factory": ("BIZR_NO", "SPLY_BIZR_NO"),
    "ai-voucher": ("dmndBrno", "splyBrno"),
    "robot": ("dmd_bizno", "si_bizno"),
}
DEFECTS = {
    "smart-factory": smart_factory_defects.DEFECTS,
    "ai-voucher": ai_voucher_defects.DEFECTS,
    "robot": robot_defects.DEFECTS,
}
# Reference data are part of what is simulated: when they change, so do these.
PINNED = {
    "smart-factory": "6c5a8cee99b0cb9a",
    "ai-voucher": "b9b61664a0ebbbef",
    "robot": "99884988180df8fe",
}

each_programme = pytest.mark.parametrize("folder", BENCHED)


def sound(events: list[SimulatedEvent]) -> list[SimulatedEvent]:
    return [event for event in events if not event.kind.startswith("defect:")]


@each_programme
def test_a_plan_gives_exactly_its_events_each_decodable(
    folder: str, run: Run, decode: Decode
) -> None:
    events = run(folder)
    assert len(events) == 6_000
    for event in sound(events):
        assert event.key == decode(event)[KEYS[folder]].encode()
        assert event.topic == TOPICS[folder]


@each_programme
def test_a_seed_repeats_itself_to_the_byte(folder: str) -> None:
    first, again, other = (
        list(simulate(SimulationPlan(300, seed, (folder,)))) for seed in (1, 1, 2)
    )
    assert first == again != other


@each_programme
def test_the_bytes_are_the_same_on_every_machine(folder: str) -> None:
    digest = hashlib.sha256()
    for event in simulate(SimulationPlan(500, 7, (folder,))):
        digest.update(repr(event).encode())
    assert digest.hexdigest()[:16] == PINNED[folder]


@each_programme
def test_shares_are_kept(folder: str, run: Run) -> None:
    kinds = summary(run(folder)).by_programme[folder]
    for kind, share in (("duplicate", 0.05), ("late", 0.05), ("correction", 0.05)):
        assert kinds[kind] / 6_000 == pytest.approx(share, abs=0.004)
    assert kinds["defect"] / 6_000 == pytest.approx(0.03, abs=0.004)


@each_programme
def test_other_shares_are_kept(folder: str) -> None:
    plan = SimulationPlan(
        3_000, 3, (folder,), duplicates=0.2, late=0.15, corrections=0.0, defects=0.12
    )
    kinds = summary(simulate(plan)).by_programme[folder]
    assert "correction" not in kinds
    for kind, share in (("duplicate", 0.2), ("late", 0.15), ("defect", 0.12)):
        assert kinds[kind] / 3_000 == pytest.approx(share, abs=0.01)


@each_programme
def test_every_defect_occurs(folder: str, run: Run) -> None:
    assert set(summary(run(folder)).defects) == {defect.code for defect in DEFECTS[folder]}


@each_programme
def test_only_fixture_numbers_occur(folder: str, run: Run, decode: Decode) -> None:
    for event in sound(run(folder)):
        row = decode(event)
        for name in NUMBERS[folder]:
            number = row[name].replace("-", "").replace(" ", "")
            if row.get("CHG_SE") != "D":
                assert number.startswith("999") and brn_check(number[:9]) == number[9]


@each_programme
def test_firms_are_interleaved_as_in_a_backlog(folder: str, run: Run, decode: Decode) -> None:
    events = run(folder)
    changes = sum(one.key != two.key for one, two in pairwise(events))
    assert changes > 0.9 * len(events)


def test_the_days_of_the_plan_are_kept(decode: Decode) -> None:
    plan = SimulationPlan(
        400, 5, first_day=date(2026, 6, 1), last_day=date(2026, 7, 31), schema_ids={}
    )
    for event in simulate(plan):
        if event.kind in ("create", "update", "correction", "delete"):
            assert event.value is not None
            stamp = event.value[-14:].decode()
            assert "20260601" <= stamp[:8] <= "20260731"


def test_a_plan_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="no simulation of: nothing"):
        simulate(SimulationPlan(1, 1, ("nothing",)))
    with pytest.raises(ValueError, match="late"):
        SimulationPlan(1, 1, late=0.5)
    with pytest.raises(ValueError, match="first_day"):
        SimulationPlan(1, 1, first_day=date(2026, 2, 1), last_day=date(2026, 1, 1))


def test_no_events_is_a_plan_too() -> None:
    assert list(simulate(SimulationPlan(0, 1))) == []
    assert summary([]).events == 0
