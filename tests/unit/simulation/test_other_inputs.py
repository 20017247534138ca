"""What the simulations of P2, P4, P5, P6, the training register and the survey keep."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from connectors import CONNECTORS
from schemas.strict import compile_schema
from services.domain.judging import Scopes
from services.simulation.catalogue import BENCHED, FOLDERS, programmes
from services.simulation.plan import SimulatedEvent, SimulationPlan
from services.simulation.statistics import summary
from services.simulation.stream import simulate
from services.simulation.world import create
from tests.unit.simulation.test_end_states import SOURCE

Run: TypeAlias = Callable[[str], list[SimulatedEvent]]

OTHERS = tuple(folder for folder in FOLDERS if folder not in BENCHED)
each_input = pytest.mark.parametrize("folder", OTHERS)


@each_input
def test_a_seed_repeats_itself_to_the_byte(folder: str) -> None:
    first, again, other = (
        list(simulate(SimulationPlan(300, seed, (folder,)))) for seed in (1, 1, 2)
    )
    assert first == again != other
    assert len(first) == 300


@each_input
def test_shares_are_kept(folder: str) -> None:
    plan = SimulationPlan(
        3_000, 3, (folder,), duplicates=0.15, late=0.1, corrections=0.02, defects=0.12
    )
    kinds = summary(simulate(plan)).by_programme[folder]
    assert sum(kinds.values()) == 3_000
    shares = (("duplicate", 0.15), ("late", 0.1), ("correction", 0.02), ("defect", 0.12))
    for kind, share in shares:
        assert kinds[kind] / 3_000 == pytest.approx(share, abs=0.012), kind


@each_input
def test_every_defect_occurs(folder: str, run: Run) -> None:
    made = programmes(create(SimulationPlan(0, 0, (folder,))))[folder]
    assert set(summary(run(folder)).defects) == {defect.code for defect in made.defects}


def _lists(events: list[SimulatedEvent]) -> tuple[dict[str, int], dict[str, set[str]]]:
    counts, rows = {}, defaultdict(set)
    for event in events:
        if event.kind.startswith("defect:"):
            continue
        value = json.loads(event.value or b"{}")
        if value["자료구분"] == "행":
            rows[value["목록번호"]].add(value["과제번호"])
        else:
            counts[value["목록번호"]] = int(value["총건수"])
    return counts, rows


def test_a_full_list_names_every_project(run: Run) -> None:
    """Lists grow with the projects; what leaves them unfinished is ended by absence."""
    events = run("mfg-ai")
    counts, rows = _lists(events)
    assert len(counts) >= 8
    for number, count in counts.items():
        assert 0 < len(rows[number]) <= count, number
    connector = next(c for c in CONNECTORS if c.source.folder == "mfg-ai")
    scopes = Scopes({}, {})
    ended: Counter[str | None] = Counter()
    states: dict[Any, Any] = {}
    for place, event in enumerate(events):
        reading = connector.read(event.key, event.value, {})
        if hasattr(reading, "scopes"):
            for outcome in scopes.judge(connector, f"0:{place}", reading):
                states |= {p.source_key: p.ended_by for p in outcome.changed}
    ended.update(states.values())
    assert ended["ABSENT_FROM_LIST"] > 10
    assert ended[None] > 5 * ended["ABSENT_FROM_LIST"]


def test_answers_name_projects_of_their_firms() -> None:
    """In a run of all inputs most surveys are about a project that stands in the stream."""
    events = list(simulate(SimulationPlan(6_000, 8, FOLDERS, shared_firms=0.7)))
    assert {event.folder for event in events} == set(FOLDERS)
    keys = {event.key for event in events if event.folder != "demand-survey"}
    text = (SOURCE / "demand-survey.avsc").read_text(encoding="utf-8")
    decode = compile_schema(json.loads(text))
    named = known = 0
    for event in events:
        if event.folder == "demand-survey" and event.kind == "create" and event.value:
            record = decode(event.value, 5)
            if record["program"] is not None:
                named += 1
                known += record["part_key"].encode() in keys
    assert named > 60
    assert known > 0.95 * named, "few keys are spoilt on the way"
