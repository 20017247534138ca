"""No bytes make a connector raise, and no bytes get past the strict decoder (F13, F14, F16)."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import CONNECTORS
from connectors.base import Connector, Refusal, Statement
from schemas.strict import compile_schema
from services.domain.partner_wire import contract_fingerprint, contract_schema, contract_writers

AVRO = [one for one in CONNECTORS if one.source.wire != "json"]
SAMPLES = {"ai-voucher": "contracted", "smart-factory": "contracted", "robot": "agreement"}
OURS = [one for one in AVRO if one.source.folder in SAMPLES]

keys = st.none() | st.binary(max_size=40)


def frame(connector: Connector) -> bytes:
    if connector.source.wire == "avro-confluent":
        return b"\x00\x00\x00\x00\x01"
    return b"\xc3\x01" + contract_fingerprint(connector.source.schema_file)


@pytest.mark.parametrize("connector", CONNECTORS, ids=lambda one: one.source.folder)
@given(key=keys, value=st.none() | st.binary(max_size=400), framed=st.booleans())
def test_any_bytes(
    connector: Connector, key: bytes | None, value: bytes | None, framed: bool
) -> None:
    writers = contract_writers(connector.source, 1)
    if framed and value is not None and connector.source.wire != "json":
        value = frame(connector) + value
    reading = connector.read(key, value, writers)
    assert isinstance(reading, Refusal | Statement)
    connector.keep(value, writers)


@pytest.mark.parametrize("connector", OURS, ids=lambda one: one.source.folder)
@given(data=st.data())
def test_a_changed_byte_is_read_or_refused(
    connector: Connector,
    data: st.DataObject,
    sample: Callable[..., dict[str, Any]],
    encoded: Callable[..., bytes],
) -> None:
    folder = connector.source.folder
    value = bytearray(encoded(folder, sample(folder, SAMPLES[folder])))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(value) - 1))
        value[place] = data.draw(st.integers(0, 255))
    writers = contract_writers(connector.source, 1)
    reading = connector.read(b"AIV-2026-00412", bytes(value), writers)
    if isinstance(reading, Statement):
        connector.judge((), "1", reading)


@pytest.mark.parametrize("connector", OURS, ids=lambda one: one.source.folder)
def test_every_cut_is_undecodable(
    connector: Connector, sample: Callable[..., dict[str, Any]], encoded: Callable[..., bytes]
) -> None:
    folder = connector.source.folder
    value = encoded(folder, sample(folder, SAMPLES[folder]))
    writers = contract_writers(connector.source, 1)
    for end in range(1, len(value)):
        reading = connector.read(b"1", value[:end], writers)
        assert isinstance(reading, Refusal)
        assert reading.reasons == ("BYTES_UNDECODABLE",)


LONG_FIELD = {"ai-voucher": "solutionField", "smart-factory": "BSNS_YR", "robot": "lead_org"}


@pytest.mark.parametrize(("size", "reason"), [(65_536, None), (65_537, "VALUE_TOO_LARGE")])
@pytest.mark.parametrize("connector", OURS, ids=lambda one: one.source.folder)
def test_largest_value(
    connector: Connector,
    size: int,
    reason: str | None,
    sample: Callable[..., dict[str, Any]],
    encoded: Callable[..., bytes],
) -> None:
    folder = connector.source.folder
    record = sample(folder, SAMPLES[folder], **{LONG_FIELD[folder]: "x" * 60_000})
    record[LONG_FIELD[folder]] += "x" * (size - len(encoded(folder, record)))
    value = encoded(folder, record)
    assert len(value) == size
    key = str(record[connector.source.key_field]).encode()
    reading = connector.read(key, value, contract_writers(connector.source, 1))
    if reason is None:
        assert isinstance(reading, Statement)
    else:
        assert isinstance(reading, Refusal)
        assert reading.reasons == (reason,)


@pytest.mark.parametrize("connector", OURS, ids=lambda one: one.source.folder)
def test_a_writer_that_has_grown_and_shrunk(
    connector: Connector, sample: Callable[..., dict[str, Any]], encoded: Callable[..., bytes]
) -> None:
    """F7, F9: an unknown field is ignored, a field that is gone is blank, a nullable one too."""
    folder = connector.source.folder
    contract = contract_schema(connector.source.schema_file)
    gone = LONG_FIELD[folder]
    fields = [field for field in contract["fields"] if field["name"] != gone]
    addition = {"name": "added", "type": ["null", "string"], "default": None}
    evolved = {**contract, "fields": [addition, *fields]}
    record = sample(folder, SAMPLES[folder])
    del record[gone]
    value = encoded(folder, {**record, "added": "x"}, schema=evolved)
    name = next(iter(contract_writers(connector.source, 1)))
    key = str(record[connector.source.key_field]).encode()
    new = connector.read(key, value, {name: compile_schema(evolved)})
    blank = {**record, gone: "" if folder != "ai-voucher" else None}
    old = connector.read(key, encoded(folder, blank), contract_writers(connector.source, 1))
    assert new == old
    assert isinstance(new, Statement)


@pytest.mark.parametrize("connector", OURS, ids=lambda one: one.source.folder)
def test_a_writer_with_other_types(connector: Connector, encoded: Callable[..., bytes]) -> None:
    contract = contract_schema(connector.source.schema_file)
    key_field = connector.source.key_field
    fields = [{"name": key_field, "type": "long"}]
    evolved = {**contract, "fields": fields}
    value = encoded(connector.source.folder, {key_field: 7}, schema=evolved)
    name = next(iter(contract_writers(connector.source, 1)))
    reading = connector.read(b"7", value, {name: compile_schema(evolved)})
    assert isinstance(reading, Refusal)
    assert reading.reasons == ("BYTES_UNDECODABLE",)
