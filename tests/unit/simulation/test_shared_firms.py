"""One firm shows up in several programmes under different spellings (issue 4, item 5)."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import pytest

from services.simulation.plan import SimulatedEvent, SimulationPlan
from services.simulation.stream import simulate

Decode: TypeAlias = Callable[[SimulatedEvent], Mapping[str, Any]]

ALL = ("smart-factory", "ai-voucher", "robot")
IDS = {"smart-factory": 77, "ai-voucher": 300}
NUMBER = {"smart-factory": "BIZR_NO", "ai-voucher": "dmndBrno", "robot": "dmd_bizno"}
NAME = {"smart-factory": "ENTRPRS_NM", "ai-voucher": "dmndCorpNm", "robot": "dmd_nm"}


def firms(plan: SimulationPlan, decode: Decode) -> Mapping[str, Mapping[str, set[tuple[str, str]]]]:
    """By bare number and programme, how number and name are written."""
    found: dict[str, dict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    for event in simulate(plan):
        if event.kind == "create":
            row = decode(event)
            number = row[NUMBER[event.folder]]
            bare = number.replace("-", "").replace(" ", "")
            found[bare][event.folder].add((number, row[NAME[event.folder]].strip()))
    return found


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5])
def test_the_share_of_firms_in_several_programmes(share: float, decode: Decode) -> None:
    plan = SimulationPlan(12_000, 4, ALL, shared_firms=share, defects=0.0, late=0.0, schema_ids=IDS)
    found = firms(plan, decode)
    several = sum(len(programmes) > 1 for programmes in found.values())
    assert several / len(found) == pytest.approx(share, abs=0.04)


def test_a_shared_firm_is_written_differently(decode: Decode) -> None:
    plan = SimulationPlan(6_000, 4, ALL, schema_ids=IDS)
    shared = [one for one in firms(plan, decode).values() if len(one) > 1]
    numbers = sum(len({n for seen in one.values() for n, _ in seen}) > 1 for one in shared)
    names = sum(len({name for seen in one.values() for _, name in seen}) > 1 for one in shared)
    assert numbers > 0.9 * len(shared)
    assert names > 0.4 * len(shared)
    assert any(len(one) == 3 for one in shared)


def test_a_branch_stands_for_its_firm_in_one_programme(decode: Decode) -> None:
    """Handbook 4.11 case 7: the branch's number in P1, the head office's in P3."""
    plan = SimulationPlan(12_000, 4, ALL, schema_ids=IDS)
    workplaces: set[str] = set()
    vouchers: set[str] = set()
    for event in simulate(plan):
        if event.kind == "create" and event.folder == "smart-factory":
            workplaces.add(decode(event)["BPL_NO"][:10])
        if event.kind == "create" and event.folder == "ai-voucher":
            vouchers.add(decode(event)["dmndBrno"].replace("-", ""))
    assert any(number[3:5] == "85" for number in workplaces & vouchers)


def test_all_programmes_are_interleaved() -> None:
    folders = [event.folder for event in simulate(SimulationPlan(3_000, 4, ALL))]
    half = len(folders) // 2
    for part in (folders[:half], folders[half:]):
        assert set(part) == set(ALL)
