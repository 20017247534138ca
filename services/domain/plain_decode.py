"""fastavro's own decoding, for the bench's comparison: neither strict nor complete."""

import io
from typing import Any

import fastavro


def decode_plain(schema: Any, value: bytes, offset: int) -> Any:
    """The record, or None for bytes that fastavro does not take."""
    try:
        return fastavro.schemaless_reader(io.BytesIO(value[offset:]), schema, None)
    except (EOFError, IndexError, ValueError, OverflowError, UnicodeDecodeError):
        return None
