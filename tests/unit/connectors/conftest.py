"""Shared means of the connector tests: samples as bytes, and a hub in a dictionary."""

import io
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import fastavro
import orjson
import pytest

from connectors import CONNECTORS
from connectors.base import Connector, EndState, Outcome, Participation, Refusal, State
from services.domain.partner_wire import contract_fingerprint, contract_schema, contract_writers

EXAMPLES = Path(__file__).parents[2] / "examples"


def _connector(folder: str) -> Connector:
    return next(one for one in CONNECTORS if one.source.folder == folder)


@cache
def _samples(folder: str) -> str:
    return (EXAMPLES / folder / "samples.jsonl").read_text(encoding="utf-8")


class Hub:
    """One input judged message by message, its memories kept as the bytes of their JSON."""

    def __init__(self, folder: str) -> None:
        self.connector = _connector(folder)
        self.writers = contract_writers(self.connector.source, 1)
        self.memories: dict[str, bytes] = {}
        self.names: dict[str, str] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.participations: dict[str, Participation] = {}

    def take(self, ref: str, key: bytes | None, value: bytes | None) -> Outcome:
        reading = self.connector.read(key, value, self.writers)
        if isinstance(reading, Refusal):
            self.outcomes[ref] = Outcome(ref, EndState.QUARANTINED, reading.reasons)
            return self.outcomes[ref]
        orjson.dumps(reading.body)
        names = list(dict.fromkeys(self.names.get(scope, scope) for scope in reading.scopes))
        states: tuple[State, ...] = tuple(
            orjson.loads(self.memories[name]) for name in names if name in self.memories
        )
        before = orjson.dumps(states)
        new, outcomes = self.connector.judge(states, ref, reading)
        assert orjson.dumps(states) == before, "judge changed what it was given"
        assert outcomes[0].ref == ref
        merged = set(names)
        self.names = {
            scope: names[0] if name in merged else name for scope, name in self.names.items()
        }
        self.names |= dict.fromkeys((*reading.scopes, *names), names[0])
        for name in names:
            self.memories.pop(name, None)
        self.memories[names[0]] = orjson.dumps(new)
        for outcome in outcomes:
            self.outcomes[outcome.ref] = outcome
            for one in outcome.participations:
                self.participations[one.source_key] = one
        return self.outcomes[ref]


@pytest.fixture(scope="session")
def hub_of() -> Callable[[str], Hub]:
    """A new hub for one input, by its folder."""
    return Hub


@pytest.fixture(scope="session")
def sample() -> Callable[..., dict[str, Any]]:
    """The record of one of the partner's own samples, with changes."""

    def record(folder: str, name: str, **changes: Any) -> dict[str, Any]:
        found = {line["name"]: line for line in map(json.loads, _samples(folder).splitlines())}
        return {**found[name]["value"], **changes}

    return record


@pytest.fixture(scope="session")
def encoded() -> Callable[..., bytes]:
    """A record as its partner writes it, by fastavro and not by our own code."""

    def value(folder: str, record: dict[str, Any], schema: Any = None, schema_id: int = 1) -> bytes:
        source = _connector(folder).source
        body = io.BytesIO()
        if source.wire == "avro-confluent":
            body.write(b"\x00" + schema_id.to_bytes(4))
        else:
            body.write(b"\xc3\x01" + contract_fingerprint(source.schema_file))
        fastavro.schemaless_writer(body, schema or contract_schema(source.schema_file), record)
        return body.getvalue()

    return value
