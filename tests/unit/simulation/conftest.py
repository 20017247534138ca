"""One run of each programme, and fastavro as the reader that knows nothing of the generator."""

import io
import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import fastavro
import pytest

from services.simulation.plan import SimulatedEvent, SimulationPlan
from services.simulation.stream import simulate

SOURCE = Path(__file__).parents[3] / "schemas/avro/source"
IDS = {"smart-factory": 77, "ai-voucher": 300}

Row: TypeAlias = Mapping[str, Any]
Decode: TypeAlias = Callable[[SimulatedEvent], Row]
Run: TypeAlias = Callable[[str], list[SimulatedEvent]]


@cache
def _schema(folder: str) -> Any:
    return json.loads((SOURCE / f"{folder}.avsc").read_text(encoding="utf-8"))


def _head(folder: str) -> bytes:
    if folder in IDS:
        return b"\x00" + IDS[folder].to_bytes(4, "big")
    mark = fastavro.schema.fingerprint(
        fastavro.schema.to_parsing_canonical_form(_schema(folder)), "CRC-64-AVRO"
    )
    return b"\xc3\x01" + bytes.fromhex(mark)


@pytest.fixture(scope="session")
def decode() -> Decode:
    parsed = cache(lambda folder: fastavro.parse_schema(_schema(folder)))
    head = cache(_head)

    def read(event: SimulatedEvent) -> Row:
        expected = head(event.folder)
        assert event.value is not None and event.value.startswith(expected)
        body = io.BytesIO(event.value[len(expected) :])
        row = fastavro.schemaless_reader(body, parsed(event.folder), None)
        assert body.read() == b"", "the whole value is the record"
        assert isinstance(row, dict)
        return row

    return read


@pytest.fixture(scope="session")
def run() -> Run:
    """6,000 events of one programme, made once."""

    @cache
    def made(folder: str) -> list[SimulatedEvent]:
        return list(simulate(SimulationPlan(6_000, 20261, (folder,), schema_ids=IDS)))

    return made
