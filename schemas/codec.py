"""Writing and reading the hub's own Avro records: Confluent frame, one schema each.

Everything the hub writes is `00` + schema id (four bytes, big-endian) + Avro body (architecture,
decision 12). Source records are read by `schemas.strict`, not here.
"""

import io
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import fastavro
from fastavro.schema import fingerprint, to_parsing_canonical_form

from schemas.writer import compile_writer

FRAME_BYTES = 5


class BadFrame(ValueError):
    """The value is not `00` + four bytes + body."""


def frame(schema_id: int) -> bytes:
    """The five bytes before a body written with that schema id."""
    return b"\x00" + schema_id.to_bytes(4, "big")


def frame_id(value: bytes) -> int:
    """The schema id of a framed value; raises BadFrame."""
    if len(value) < FRAME_BYTES or value[0] != 0:
        raise BadFrame("not a Confluent frame")
    return int.from_bytes(value[1:FRAME_BYTES], "big")


@cache
def schema_text(name: str) -> str:
    """The text of `avro/<name>.avsc` as shipped; name may hold a folder."""
    return files("schemas").joinpath(f"avro/{name}.avsc").read_text(encoding="utf-8")


@cache
def parsed_schema(name: str) -> Any:
    """The parsed schema: one identical object per name, as fastavro wants it."""
    return fastavro.parse_schema(json.loads(schema_text(name)))


def rabin_fingerprint(schema: Mapping[str, Any]) -> bytes:
    """The eight bytes by which single-object encoding names a schema (CRC-64-AVRO, as on the
    wire)."""
    canonical = to_parsing_canonical_form(dict(schema))
    return bytes.fromhex(fingerprint(canonical, "CRC-64-AVRO"))


class Encoder:
    """Writes records of one hub schema behind one schema id."""

    __slots__ = ("_frame", "_write")

    def __init__(self, name: str, schema_id: int) -> None:
        self._write = compile_writer(json.loads(schema_text(name)))
        self._frame = frame(schema_id)

    def __call__(self, record: Mapping[str, Any]) -> bytes:
        """The framed bytes; raises ValueError, TypeError or KeyError for one that does not fit."""
        out = [self._frame]
        self._write(record, out)
        return b"".join(out)


def decode(name: str, value: bytes) -> dict[str, Any]:
    """A hub record back from its framed bytes by the shipped schema; raises ValueError."""
    frame_id(value)
    body = io.BytesIO(value)
    body.seek(FRAME_BYTES)
    record = fastavro.schemaless_reader(body, parsed_schema(name), None)
    if body.read(1):
        raise ValueError("bytes left over")
    if not isinstance(record, dict):
        raise ValueError("not a record")
    return record
