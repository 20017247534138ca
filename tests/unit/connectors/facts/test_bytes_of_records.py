"""The three Avro inputs beside P1, P3 and P7: no bytes raise, and every cut is refused."""

import io
import json
from pathlib import Path
from typing import Any

import fastavro
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.ai_product import AiProduct
from connectors.base import Connector, Reading, Refusal
from connectors.demand_survey import DemandSurvey
from connectors.training_history import TrainingHistory
from schemas.strict import compile_schema
from services.domain.partner_wire import contract_schema, contract_writers, wire_bytes

EXAMPLES = Path(__file__).parents[3] / "examples"
CONNECTORS: list[Connector] = [AiProduct(), DemandSurvey(), TrainingHistory()]
everyone = pytest.mark.parametrize("connector", CONNECTORS, ids=lambda one: one.source.folder)


def samples(connector: Connector) -> list[Any]:
    path = EXAMPLES / connector.source.folder / "samples.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def encoded(connector: Connector, sample: Any) -> bytes:
    return wire_bytes(connector.source, sample["value"], "", 1)


def read(connector: Connector, key: bytes, value: bytes) -> Reading:
    writers = contract_writers(connector.source, 1)
    connector.keep(value, writers)
    reading = connector.read(key, value, writers)
    if not isinstance(reading, Refusal):
        connector.judge((), "1", reading)
    return reading


@everyone
def test_every_cut_is_undecodable(connector: Connector) -> None:
    for sample in samples(connector):
        value = encoded(connector, sample)
        for size in range(5, len(value)):
            reading = read(connector, sample["key"].encode(), value[:size])
            assert isinstance(reading, Refusal)
            assert reading.reasons == ("BYTES_UNDECODABLE",)


@everyone
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_changed_byte_never_raises(connector: Connector, data: st.DataObject) -> None:
    sample = data.draw(st.sampled_from(samples(connector)))
    value = bytearray(encoded(connector, sample))
    for _ in range(data.draw(st.integers(1, 4))):
        value[data.draw(st.integers(5, len(value) - 1))] = data.draw(st.integers(0, 255))
    read(connector, sample["key"].encode(), bytes(value))


@everyone
def test_a_field_that_the_contract_does_not_have_is_ignored(connector: Connector) -> None:
    sample = samples(connector)[0]
    value = encoded(connector, sample)
    schema = contract_schema(connector.source.schema_file)
    record = fastavro.schemaless_reader(io.BytesIO(value[5:]), schema, schema)
    grown = json.loads(json.dumps(schema))
    grown["fields"].append({"name": "memo", "type": "string"})
    body = io.BytesIO()
    fastavro.schemaless_writer(body, fastavro.parse_schema(grown), {**record, "memo": "가"})
    writers = {7: compile_schema(grown)}
    key = sample["key"].encode()
    again = connector.read(key, b"\0\0\0\0\7" + body.getvalue(), writers)
    assert again == connector.read(key, value, contract_writers(connector.source, 1))
