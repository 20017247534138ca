"""Step 1 of the reading rules: from the bytes on Kafka to one decoded record, or the one reason
why not (READING-AVRO §1, READING-FACTS-AND-JSON §1)."""

from collections.abc import Container
from typing import Any

from connectors.base import Refusal, Writers
from connectors.fields import clean
from schemas.strict import BadAvro

VALUE_LIMIT = 65_536

_CONFLUENT_FRAME = 5
_SINGLE_OBJECT_MARK = b"\xc3\x01"
_SINGLE_OBJECT_FRAME = 10


def key_text(key: bytes | None) -> str:
    """The cleaned Kafka key; '' for a null key and for one that is not UTF-8 text."""
    if key is None:
        return ""
    try:
        return clean(key.decode())
    except UnicodeDecodeError:
        return ""


def confluent_record(value: bytes | None, writers: Writers) -> dict[str, Any] | str:
    """The record behind `00` and a schema id, or the reason of step 1."""
    if not value:
        return "VALUE_EMPTY"
    if len(value) > VALUE_LIMIT:
        return "VALUE_TOO_LARGE"
    if value[0] != 0 or len(value) < _CONFLUENT_FRAME:
        return "BYTES_UNDECODABLE"
    return _record(value, int.from_bytes(value[1:_CONFLUENT_FRAME]), _CONFLUENT_FRAME, writers)


def single_object_record(value: bytes | None, writers: Writers) -> dict[str, Any] | str:
    """The record behind `C3 01` and a fingerprint, or the reason of step 1."""
    if not value:
        return "VALUE_EMPTY"
    if len(value) > VALUE_LIMIT:
        return "VALUE_TOO_LARGE"
    if value[:2] != _SINGLE_OBJECT_MARK or len(value) < _SINGLE_OBJECT_FRAME:
        return "BYTES_UNDECODABLE"
    return _record(value, value[2:_SINGLE_OBJECT_FRAME], _SINGLE_OBJECT_FRAME, writers)


def without_fields(value: bytes, writers: Writers, names: Container[str]) -> bytes | None:
    """A value that one of the two functions above could decode, with these fields emptied; None
    where its writer's schema gives such a field no empty value."""
    confluent = value[0] == 0
    body = _CONFLUENT_FRAME if confluent else _SINGLE_OBJECT_FRAME
    schema = int.from_bytes(value[1:body]) if confluent else value[2:body]
    try:
        return writers[schema].without(value, body, names)
    except ValueError:
        return None


def refused(key: bytes | None, reason: str) -> Refusal:
    """The refusal of a message whose bytes cannot be read."""
    return Refusal((reason,), {}, key_text(key) or None)


def _record(value: bytes, schema: int | bytes, body: int, writers: Writers) -> dict[str, Any] | str:
    decode = writers.get(schema)
    if decode is None:
        return "SCHEMA_UNKNOWN"
    try:
        return decode(value, body)
    except BadAvro:
        return "BYTES_UNDECODABLE"
