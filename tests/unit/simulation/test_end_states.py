"""The connectors find in the simulated stream what the generator put there, and nothing else."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from connectors import CONNECTORS
from connectors.base import Connector, EndState, Outcome, Refusal
from schemas.reasons import WARNINGS
from schemas.strict import Decoder, compile_schema
from services.domain.judging import Scopes
from services.simulation import robot
from services.simulation.catalogue import FOLDERS, programmes
from services.simulation.plan import SimulatedEvent, SimulationPlan
from services.simulation.stream import simulate
from services.simulation.world import create

Judged: TypeAlias = Callable[[Connector], list[tuple[SimulatedEvent, Outcome]]]

SOURCE = Path(__file__).parents[3] / "schemas/avro/source"
SIMULATED = [connector for connector in CONNECTORS if connector.source.folder in FOLDERS]
WARNING_CODES = {warning.code for warning in WARNINGS}
WAITING = {
    ("CORRECTION_TARGET_UNKNOWN",),
    ("STATUS_PENDING",),
    ("MEMBERS_PENDING",),
    ("STATUS_PENDING", "MEMBERS_PENDING"),
}
"""What may happen to any message of P7 and P4: the one it builds on is late or was never
readable."""

ORDINARY = {"ax-sprint": {"REGION_UNRESOLVED"}, "demand-survey": {"FIELD_MISSING"}}
"""Warnings of ordinary messages: P5 names no place below the province, many firms are undecided
whether they wish training."""

MERGED = ("ai-product", "training-history")
"""Inputs whose late messages mostly still say something, or follow those of another key."""

each_connector = pytest.mark.parametrize(
    "connector", SIMULATED, ids=lambda connector: connector.source.folder
)


def arrivals(
    connector: Connector, events: list[SimulatedEvent]
) -> Iterator[tuple[SimulatedEvent, Outcome]]:
    """Each event with what it was at its arrival."""
    folder = connector.source.folder
    writers: dict[int | bytes, Decoder] = {}
    if connector.source.wire != "json":
        text = (SOURCE / f"{folder}.avsc").read_text(encoding="utf-8")
        decoder = compile_schema(json.loads(text))
        writers = {1: decoder, robot.FINGERPRINT: decoder}
    scopes = Scopes({}, {})
    for place, event in enumerate(events):
        ref = f"0:{place}"
        reading = connector.read(event.key, event.value, writers)
        if isinstance(reading, Refusal):
            yield event, Outcome(ref, EndState.QUARANTINED, reading.reasons)
        else:
            yield event, scopes.judge(connector, ref, reading)[0]


@pytest.fixture(scope="module")
def judged() -> Judged:
    """The arrivals of 6,000 events, judged once."""
    made: dict[str, list[tuple[SimulatedEvent, Outcome]]] = {}

    def once(connector: Connector) -> list[tuple[SimulatedEvent, Outcome]]:
        folder = connector.source.folder
        if folder not in made:
            plan = SimulationPlan(6_000, 91, (folder,))
            made[folder] = list(arrivals(connector, list(simulate(plan))))
        return made[folder]

    return once


@each_connector
def test_a_defect_ends_as_it_says(connector: Connector, judged: Judged) -> None:
    folder = connector.source.folder
    world = create(SimulationPlan(0, 0, (folder,)))
    ends = {defect.code: defect.end_state for defect in programmes(world)[folder].defects}
    for event, outcome in judged(connector):
        kind, _, code = event.kind.partition(":")
        if kind == "defect" and (outcome.reasons not in WAITING or (code,) in WAITING):
            assert outcome.end_state == ends[code], event
            if outcome.end_state is not EndState.APPLIED:
                assert outcome.reasons == (code,), event
            elif code in WARNING_CODES:
                assert code in outcome.warnings, event


@each_connector
def test_a_sound_event_is_never_refused(connector: Connector, judged: Judged) -> None:
    ends: Counter[tuple[str, str]] = Counter()
    for event, outcome in judged(connector):
        if event.kind in ("create", "update", "correction", "delete"):
            assert outcome.end_state is EndState.APPLIED or outcome.reasons in WAITING, event
        elif event.kind == "unchanged":
            assert outcome.end_state in (EndState.DUPLICATE, EndState.APPLIED), event
        elif event.kind == "list":
            assert outcome.end_state is EndState.APPLIED, event
        elif event.kind == "duplicate":
            assert outcome.end_state is EndState.DUPLICATE, event
        elif event.kind == "late":
            assert outcome.end_state in (EndState.SUPERSEDED, EndState.APPLIED, EndState.HELD)
        ends[event.kind.partition(":")[0], outcome.end_state] += 1
    late = {end: count for (kind, end), count in ends.items() if kind == "late"}
    if connector.source.folder not in MERGED:
        assert late[EndState.SUPERSEDED] > 0.4 * sum(late.values())


@each_connector
def test_few_sound_events_leave_anything_open(connector: Connector, judged: Judged) -> None:
    """Old codes, short names and fill values are ordinary: no warning comes from them. P1's tasks
    of the year before were signed under the text of 2025, which names no labour-ministry body
    (its note, §6): that doubt is theirs."""
    rows = [outcome for event, outcome in judged(connector) if event.kind == "create"]
    ordinary = {"CONSENT_UNCLEAR"} | ORDINARY.get(connector.source.folder, set())
    open_ = [set(outcome.warnings) - ordinary for outcome in rows]
    assert sum(map(bool, open_)) < 0.05 * len(rows)
