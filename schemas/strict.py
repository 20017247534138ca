"""Strict Avro decoding: the whole value, nothing but the value, or BadAvro (F13 to F16)."""

from typing import Any, Protocol


class BadAvro(Exception):
    """The bytes are not one whole valid record of the writer's schema."""


class Decoder(Protocol):
    """A writer schema compiled for strict decoding."""

    def __call__(self, data: bytes, offset: int) -> dict[str, Any]:
        """The record that fills `data` from `offset` to its end; raises BadAvro otherwise."""
        ...


def compile_schema(schema: dict[str, Any]) -> Decoder:
    """A decoder for the parsed JSON of a writer schema; raises ValueError for a schema that the
    registration lint refuses (architecture, decision 14)."""
    raise ValueError("not yet written")
