"""A hub in miniature: one connector, its memories, and what every message has become."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from connectors.base import Connector, EndState, Outcome, Participation, Refusal, State
from services.domain.partner_wire import contract_writers, wire_bytes


@dataclass
class Desk:
    """Judges one connector's messages in the order in which they are given."""

    connector: Connector
    states: dict[tuple[str, ...], State] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    participations: dict[tuple[str, str], Participation] = field(default_factory=dict)
    kept: list[bytes | None] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)

    def take(self, key: str | None, value: Any) -> Outcome:
        """One message; a value that is not bytes is written as the partner would write it."""
        source = self.connector.source
        writers = contract_writers(source, 1)
        if not isinstance(value, bytes | None):
            value = wire_bytes(source, value, json.dumps(value, ensure_ascii=False), 1)
        ref = str(len(self.kept))
        self.kept.append(self.connector.keep(value, writers))
        reading = self.connector.read(None if key is None else key.encode(), value, writers)
        if isinstance(reading, Refusal):
            self.outcomes[ref] = Outcome(ref, EndState.QUARANTINED, reading.reasons)
            self.bodies.append([list(reading.reasons), dict(reading.fields), reading.source_key])
            return self.outcomes[ref]
        self.bodies.append(orjson.loads(orjson.dumps(reading.body)))
        before = self.states.get(reading.scopes)
        frozen = json.dumps(before)
        state, outcomes = self.connector.judge(() if before is None else (before,), ref, reading)
        assert json.dumps(before) == frozen, "judge changed what it was given"
        self.states[reading.scopes] = orjson.loads(orjson.dumps(state))
        for outcome in outcomes:
            self.outcomes[outcome.ref] = outcome
            for one in outcome.changed:
                firm = one.brn or one.crn or one.ei_workplace_no or ""
                self.participations[one.source_key, firm if source.per_firm else ""] = one
        return outcomes[0]

    def take_all(self, events: Iterable[tuple[str, Any]]) -> "Desk":
        for key, value in events:
            self.take(key, value)
        return self

    def everything(self) -> str:
        """All that the hub would keep, as one text."""
        kept = " ".join(value.decode(errors="replace") for value in self.kept if value)
        seen = [self.bodies, list(self.states.values())]
        return " ".join([kept, json.dumps(seen, ensure_ascii=False), repr(self.outcomes)])


@pytest.fixture(scope="session")
def desk() -> Callable[[Connector], Desk]:
    return Desk
