"""Strict Avro decoding: the whole value, nothing but the value, or BadAvro (F13 to F16).

A writer's schema is compiled once into a decoder. The compiler also is the registration lint
(architecture, decision 14): what could loop, explode or silently change meaning is refused there,
so that the decoder's own limits are few: an element budget, and the size of the value itself.
Logical types are left as their underlying values (a date is its number of days).
"""

import struct
from collections.abc import Container
from typing import Any, NamedTuple, Protocol

from schemas.avro_bytes import (
    PRIMITIVES,
    BadAvro,
    Budget,
    Read,
    array_reader,
    enum_reader,
    fixed_reader,
    map_reader,
    nullable_reader,
    read_bytes,
    read_long,
    record_reader,
    union_reader,
)

__all__ = ["BadAvro", "Decoder", "compile_schema"]

ELEMENT_BUDGET = 10_000
DEPTH_LIMIT = 16
DECIMAL_DIGITS = 38
FIXED_LIMIT = 65_536
EMPTY = {"null": b"", "string": b"\x00", "bytes": b"\x00"}


class Decoder(Protocol):
    """A writer schema compiled for strict decoding."""

    def __call__(self, data: bytes, offset: int) -> dict[str, Any]:
        """The record that fills `data` from `offset` to its end; raises BadAvro otherwise."""
        ...

    def without(self, data: bytes, offset: int, names: Container[str]) -> bytes:
        """The same bytes with these outer fields emptied: null where it is allowed, else an empty
        text, list or map. Raises BadAvro as decoding does, ValueError for a field of another
        type."""
        ...


def compile_schema(schema: Any) -> Decoder:
    """A decoder for the parsed JSON of a writer schema, whatever JSON it is; raises ValueError for
    a schema that the registration lint refuses (architecture, decision 14)."""
    if not isinstance(schema, dict) or schema.get("type") != "record":
        raise ValueError("the outer type is not a record")
    part = _Compiler().compile(schema, "", 0)
    if all(field["type"] == "string" for field in schema["fields"]):
        return _StringsDecoder(part)
    return _RecordDecoder(part)


class _RecordDecoder:
    __slots__ = ("_fields", "_read")

    def __init__(self, part: "_Part") -> None:
        self._read = part.read
        self._fields = part.fields

    def __call__(self, data: bytes, offset: int) -> dict[str, Any]:
        try:
            record, end = self._read(data, offset, [ELEMENT_BUDGET])
        except (IndexError, UnicodeDecodeError, struct.error) as error:
            raise BadAvro("cut short, or not UTF-8") from error
        if end != len(data):
            raise BadAvro("bytes left over")
        found: dict[str, Any] = record
        return found

    def without(self, data: bytes, offset: int, names: Container[str]) -> bytes:
        self(data, offset)
        kept = [data[:offset]]
        for field in self._fields:
            _, end = field.part.read(data, offset, [ELEMENT_BUDGET])
            kept.append(field.emptied() if field.name in names else data[offset:end])
            offset = end
        return b"".join(kept)


class _StringsDecoder(_RecordDecoder):
    """The same for a flat record of strings, in half the time."""

    __slots__ = ("_names",)

    def __init__(self, part: "_Part") -> None:
        super().__init__(part)
        self._names = tuple(field.name for field in part.fields)

    def __call__(self, data: bytes, offset: int) -> dict[str, Any]:
        record = {}
        position = offset
        try:
            for name in self._names:
                size = data[position]
                if size < 0x80 and not size & 1:
                    position += 1
                    end = position + (size >> 1)
                else:
                    length, position = read_long(data, position)
                    if length < 0:
                        raise BadAvro("negative length")
                    end = position + length
                record[name] = data[position:end].decode()
                position = end
        except (IndexError, UnicodeDecodeError) as error:
            raise BadAvro("cut short, or not UTF-8") from error
        if position != len(data):
            raise BadAvro("bytes left over, or a length beyond the end")
        return record


class _Field(NamedTuple):
    """A compiled field of a record."""

    name: str
    part: "_Part"

    def emptied(self) -> bytes:
        if self.part.empty is None:
            raise ValueError(f"{self.name} cannot be empty")
        return self.part.empty


class _Part(NamedTuple):
    """A compiled type: its reader, the fewest bytes that a value of it takes, its empty value if
    it has one, and the fields of a record."""

    read: Read
    least: int
    empty: bytes | None = None
    fields: tuple[_Field, ...] = ()


class _Compiler:
    """One walk over a schema: names, limits and readers. Raises ValueError."""

    def __init__(self) -> None:
        self.named: dict[str, _Part | None] = {}

    def compile(self, schema: Any, namespace: str, depth: int) -> _Part:
        if depth > DEPTH_LIMIT:
            raise ValueError(f"nested deeper than {DEPTH_LIMIT}")
        if isinstance(schema, list):
            return self._union(schema, namespace, depth)
        if isinstance(schema, str):
            return self._reference(schema, namespace)
        if not isinstance(schema, dict):
            raise ValueError("a type is a name, an object or a list")
        match schema.get("type"):
            case "record":
                return self._record(schema, namespace, depth)
            case "enum":
                return self._enum(schema, namespace)
            case "fixed":
                return self._fixed(schema, namespace)
            case "array":
                return self._array(schema, namespace, depth)
            case "map":
                return self._map(schema, namespace, depth)
            case "bytes" if schema.get("logicalType") == "decimal":
                return _decimal_bytes(schema)
            case inner:
                return self.compile(inner, namespace, depth + 1)

    def _reference(self, name: str, namespace: str) -> _Part:
        if name in PRIMITIVES:
            return _Part(*PRIMITIVES[name], EMPTY.get(name))
        for candidate in (f"{namespace}.{name}" if namespace else name, name):
            if candidate in self.named:
                part = self.named[candidate]
                if part is None:
                    raise ValueError(f"recursive type {candidate}")
                return part
        raise ValueError(f"unknown type {name}")

    def _declare(self, schema: dict[str, Any], namespace: str) -> tuple[str, str]:
        name = schema.get("name")
        space = schema.get("namespace", namespace)
        if not isinstance(name, str) or not name or not isinstance(space, str):
            raise ValueError("a named type without a name")
        full = name if "." in name or not space else f"{space}.{name}"
        if full in self.named:
            raise ValueError(f"{full} is declared twice")
        self.named[full] = None
        return full, full.rpartition(".")[0]

    def _record(self, schema: dict[str, Any], namespace: str, depth: int) -> _Part:
        full, space = self._declare(schema, namespace)
        fields = tuple(
            _Field(field["name"], self.compile(field["type"], space, depth + 1))
            for field in _fields(schema, full)
        )
        part = _Part(
            record_reader([(field.name, field.part.read) for field in fields]),
            sum(field.part.least for field in fields),
            fields=fields,
        )
        self.named[full] = part
        return part

    def _enum(self, schema: dict[str, Any], namespace: str) -> _Part:
        full, _ = self._declare(schema, namespace)
        symbols = schema.get("symbols")
        if not isinstance(symbols, list) or not all(isinstance(one, str) for one in symbols):
            raise ValueError(f"enum {full} needs symbols")
        if not symbols or len(set(symbols)) != len(symbols):
            raise ValueError(f"enum {full} needs different symbols")
        if schema.get("default") not in symbols:
            raise ValueError(f"enum {full} has no default symbol")
        part = _Part(enum_reader(tuple(symbols)), 1)
        self.named[full] = part
        return part

    def _fixed(self, schema: dict[str, Any], namespace: str) -> _Part:
        full, _ = self._declare(schema, namespace)
        size = schema.get("size")
        if type(size) is not int or not 0 <= size <= FIXED_LIMIT:
            raise ValueError(f"fixed {full} has no usable size")
        if schema.get("logicalType") == "decimal":
            _decimal_limit(schema)
        part = _Part(fixed_reader(size), size)
        self.named[full] = part
        return part

    def _array(self, schema: dict[str, Any], namespace: str, depth: int) -> _Part:
        items = self.compile(schema.get("items"), namespace, depth + 1)
        if items.least == 0:
            raise ValueError("array of elements that may take no bytes")
        return _Part(array_reader(items.read), 1, b"\x00")

    def _map(self, schema: dict[str, Any], namespace: str, depth: int) -> _Part:
        values = self.compile(schema.get("values"), namespace, depth + 1)
        return _Part(map_reader(values.read), 1, b"\x00")

    def _union(self, schema: list[Any], namespace: str, depth: int) -> _Part:
        if not schema or any(not isinstance(branch, str | dict) for branch in schema):
            raise ValueError("a union has branches that are not unions")
        kinds = [b if isinstance(b, str) else str(b.get("name", b.get("type"))) for b in schema]
        if len(set(kinds)) != len(kinds):
            raise ValueError("a union has different branches")
        branches = [self.compile(branch, namespace, depth + 1) for branch in schema]
        null_at = schema.index("null") if "null" in schema else None
        empty = None if null_at is None or null_at > 63 else bytes([2 * null_at])
        if null_at is not None and len(branches) == 2:
            return _Part(nullable_reader(branches[1 - null_at].read, 2 * null_at), 1, empty)
        return _Part(union_reader(tuple(branch.read for branch in branches)), 1, empty)


def _fields(schema: dict[str, Any], full: str) -> list[dict[str, Any]]:
    fields = schema.get("fields")
    if not isinstance(fields, list) or not all(
        isinstance(field, dict) and isinstance(field.get("name"), str) and "type" in field
        for field in fields
    ):
        raise ValueError(f"record {full} needs fields with names and types")
    if len({field["name"] for field in fields}) != len(fields):
        raise ValueError(f"record {full} has a field twice")
    return fields


def _decimal_limit(schema: dict[str, Any]) -> int:
    precision = schema.get("precision")
    if type(precision) is not int or not 0 < precision <= DECIMAL_DIGITS:
        raise ValueError(f"decimal without a precision of 1 to {DECIMAL_DIGITS}")
    return int(10**precision)


def _decimal_bytes(schema: dict[str, Any]) -> _Part:
    limit = _decimal_limit(schema)
    longest = limit.bit_length() // 8 + 1

    def read(data: bytes, position: int, budget: Budget) -> tuple[bytes, int]:
        value, position = read_bytes(data, position, budget)
        if len(value) > longest or abs(int.from_bytes(value, "big", signed=True)) >= limit:
            raise BadAvro("decimal beyond its precision")
        return value, position

    return _Part(read, 1)
