"""Simulated messages as a worker has read them, and the tables of scopes in memory."""

from dataclasses import dataclass, field
from functools import cache

import orjson
import pytest

from connectors import CONNECTORS
from connectors.base import Connector, EndState, Writers
from schemas.codec import rabin_fingerprint, schema_text
from schemas.strict import compile_schema
from services.domain.judging import Judged, Message, Scopes, judge_batch
from services.simulation.plan import SimulationPlan
from services.simulation.stream import simulate

FOLDERS = ("smart-factory", "robot")
STREAMS: dict[int, Connector] = {
    number: next(c for c in CONNECTORS if c.source.folder == folder)
    for number, folder in enumerate(FOLDERS, 1)
}


def _writers(connector: Connector) -> Writers:
    schema = orjson.loads(schema_text(f"source/{connector.source.folder}"))
    single = connector.source.wire == "avro-single-object"
    return {rabin_fingerprint(schema) if single else 1: compile_schema(schema)}


@cache
def simulated(events: int, seed: int) -> tuple[Message, ...]:
    """Messages of two programmes, one stream each."""
    numbers = {c.source.topic: n for n, c in STREAMS.items()}
    writers = {n: _writers(c) for n, c in STREAMS.items()}
    plan = SimulationPlan(
        events=events, seed=seed, programmes=FOLDERS, corrections=0.15, late=0.2, defects=0.1
    )
    found = []
    for offset, event in enumerate(simulate(plan)):
        n = numbers[event.topic]
        reading = STREAMS[n].read(event.key, event.value, writers[n])
        found.append(Message(n, offset, 0, event.key, event.value, lambda v: v, reading))
    return tuple(found)


@dataclass
class Memories:
    """scope_state and scope_alias, and what every message is now."""

    stored: dict[str, dict[str, bytes]] = field(default_factory=dict)
    aliases: dict[str, dict[str, str]] = field(default_factory=dict)
    states: dict[str, tuple[EndState, tuple[str, ...]]] = field(default_factory=dict)

    def take(self, batch: list[Message]) -> list[Judged]:
        """Judges a batch and stores what it leaves, as bytes."""
        scopes = {
            folder: Scopes(self.stored.get(folder, {}), dict(self.aliases.get(folder, {})))
            for folder in FOLDERS
        }
        judged = judge_batch(STREAMS, scopes, batch)
        for folder, memory in scopes.items():
            self.stored.setdefault(folder, {}).update((s, raw) for s, raw, *_ in memory.changed())
            self.aliases.setdefault(folder, {}).update(memory.learnt())
        for one in judged:
            self.states[one.outcome.ref] = one.outcome.end_state, one.outcome.reasons
        return judged


@pytest.fixture(scope="session")
def messages() -> tuple[Message, ...]:
    return simulated(600, 5)


__all__ = ["STREAMS", "Memories", "simulated"]
