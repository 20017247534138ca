"""Reading Avro values byte by byte, refusing what the format allows nobody to mean (F13, F14).

A reader takes the value's bytes, a position and the element budget, and gives the Avro value and
the position behind it. An index beyond the end raises IndexError; a slice beyond the end moves
the position beyond it, which the next index or the decoder's last comparison finds.
"""

import struct
from collections.abc import Callable
from typing import Any, TypeAlias

Budget: TypeAlias = list[int]
"""One number: array and map elements that the value may still have."""

Read: TypeAlias = Callable[[bytes, int, Budget], tuple[Any, int]]


class BadAvro(Exception):
    """The bytes are not one whole valid record of the writer's schema."""


def read_long(data: bytes, position: int) -> tuple[int, int]:
    byte = data[position]
    value = byte & 0x7F
    shift = 0
    while byte >= 0x80:
        position += 1
        shift += 7
        if shift > 63:
            raise BadAvro("varint too long")
        byte = data[position]
        value |= (byte & 0x7F) << shift
    if shift and byte == 0:
        raise BadAvro("varint longer than its number needs")
    if value >= 1 << 64:
        raise BadAvro("varint out of range")
    return (value >> 1) ^ -(value & 1), position + 1


def read_null(data: bytes, position: int, budget: Budget) -> tuple[None, int]:
    return None, position


def read_boolean(data: bytes, position: int, budget: Budget) -> tuple[bool, int]:
    byte = data[position]
    if byte > 1:
        raise BadAvro("a boolean is 0 or 1")
    return byte == 1, position + 1


def read_long_value(data: bytes, position: int, budget: Budget) -> tuple[int, int]:
    return read_long(data, position)


def read_int(data: bytes, position: int, budget: Budget) -> tuple[int, int]:
    value, position = read_long(data, position)
    if not -0x8000_0000 <= value <= 0x7FFF_FFFF:
        raise BadAvro("int out of range")
    return value, position


def read_float(data: bytes, position: int, budget: Budget) -> tuple[float, int]:
    return struct.unpack_from("<f", data, position)[0], position + 4


def read_double(data: bytes, position: int, budget: Budget) -> tuple[float, int]:
    return struct.unpack_from("<d", data, position)[0], position + 8


def read_bytes(data: bytes, position: int, budget: Budget) -> tuple[bytes, int]:
    size, position = read_long(data, position)
    end = position + size
    if size < 0 or end > len(data):
        raise BadAvro("impossible length")
    return data[position:end], end


def read_string(data: bytes, position: int, budget: Budget) -> tuple[str, int]:
    size = data[position]
    if size < 0x80 and not size & 1:
        position += 1
        end = position + (size >> 1)
    else:
        length, position = read_long(data, position)
        end = position + length
        if length < 0:
            raise BadAvro("negative length")
    if end > len(data):
        raise BadAvro("impossible length")
    return data[position:end].decode(), end


PRIMITIVES: dict[str, tuple[Read, int]] = {
    "null": (read_null, 0),
    "boolean": (read_boolean, 1),
    "int": (read_int, 1),
    "long": (read_long_value, 1),
    "float": (read_float, 4),
    "double": (read_double, 8),
    "bytes": (read_bytes, 1),
    "string": (read_string, 1),
}


def record_reader(fields: list[tuple[str, Read]]) -> Read:
    def read(data: bytes, position: int, budget: Budget) -> tuple[dict[str, Any], int]:
        record = {}
        for name, field in fields:
            record[name], position = field(data, position, budget)
        return record, position

    return read


def enum_reader(symbols: tuple[str, ...]) -> Read:
    def read(data: bytes, position: int, budget: Budget) -> tuple[str, int]:
        index, position = read_long(data, position)
        if not 0 <= index < len(symbols):
            raise BadAvro("no such enum symbol")
        return symbols[index], position

    return read


def fixed_reader(size: int) -> Read:
    def read(data: bytes, position: int, budget: Budget) -> tuple[bytes, int]:
        end = position + size
        if end > len(data):
            raise BadAvro("cut short")
        return data[position:end], end

    return read


def nullable_reader(other: Read, null: int) -> Read:
    some = 2 - null
    if other is read_string:
        return _nullable_string_reader(some, null)

    def read(data: bytes, position: int, budget: Budget) -> tuple[Any, int]:
        branch = data[position]
        if branch == some:
            return other(data, position + 1, budget)
        if branch == null:
            return None, position + 1
        raise BadAvro("no such union branch")

    return read


def _nullable_string_reader(some: int, null: int) -> Read:
    """The commonest field of all, in one step instead of two."""

    def read(data: bytes, position: int, budget: Budget) -> tuple[str | None, int]:
        branch = data[position]
        if branch == null:
            return None, position + 1
        if branch != some:
            raise BadAvro("no such union branch")
        size = data[position + 1]
        if size >= 0x80 or size & 1:
            return read_string(data, position + 1, budget)
        position += 2
        end = position + (size >> 1)
        if end > len(data):
            raise BadAvro("impossible length")
        return data[position:end].decode(), end

    return read


def union_reader(branches: tuple[Read, ...]) -> Read:
    def read(data: bytes, position: int, budget: Budget) -> tuple[Any, int]:
        index, position = read_long(data, position)
        if not 0 <= index < len(branches):
            raise BadAvro("no such union branch")
        return branches[index](data, position, budget)

    return read


def _blocks(data: bytes, position: int, budget: Budget) -> tuple[int, int, int | None]:
    """The next block: how many elements, where they begin, where they must end if it is said."""
    count, position = read_long(data, position)
    end = None
    if count < 0:
        count = -count
        size, position = read_long(data, position)
        if size < 0:
            raise BadAvro("negative block size")
        end = position + size
    budget[0] -= count
    if budget[0] < 0:
        raise BadAvro("too many elements")
    return count, position, end


def array_reader(item: Read) -> Read:
    def read(data: bytes, position: int, budget: Budget) -> tuple[list[Any], int]:
        items: list[Any] = []
        count, position, end = _blocks(data, position, budget)
        while count:
            for _ in range(count):
                value, position = item(data, position, budget)
                items.append(value)
            if end is not None and position != end:
                raise BadAvro("block of another size than it says")
            count, position, end = _blocks(data, position, budget)
        return items, position

    return read


def map_reader(value: Read) -> Read:
    def read(data: bytes, position: int, budget: Budget) -> tuple[dict[str, Any], int]:
        entries: dict[str, Any] = {}
        count, position, end = _blocks(data, position, budget)
        while count:
            for _ in range(count):
                key, position = read_string(data, position, budget)
                if key in entries:
                    raise BadAvro("the same map key twice")
                entries[key], position = value(data, position, budget)
            if end is not None and position != end:
                raise BadAvro("block of another size than it says")
            count, position, end = _blocks(data, position, budget)
        return entries, position

    return read
