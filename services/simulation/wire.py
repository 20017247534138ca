"""Avro bytes written directly: a field is its length and its UTF-8 (Avro 1.12, binary encoding)."""

from collections.abc import Iterable

SINGLE_OBJECT_MARK = b"\xc3\x01"


def zigzag(number: int) -> bytes:
    """An Avro int or long."""
    rest = number << 1 if number >= 0 else (-number << 1) - 1
    out = bytearray()
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


_LENGTHS = tuple(zigzag(length) for length in range(1024))


def length(size: int) -> bytes:
    return _LENGTHS[size] if size < 1024 else zigzag(size)


def text(value: str) -> bytes:
    raw = value.encode()
    return length(len(raw)) + raw


def texts(head: bytes, values: Iterable[str]) -> bytes:
    """A record of strings only, behind its head."""
    parts = [head]
    for value in values:
        raw = value.encode()
        parts.append(_LENGTHS[len(raw)] if len(raw) < 1024 else zigzag(len(raw)))
        parts.append(raw)
    return b"".join(parts)


def confluent_head(schema_id: int) -> bytes:
    return b"\x00" + schema_id.to_bytes(4, "big")


def nullable(value: str | int | None) -> bytes:
    """A union of null and one string, int, long or boolean."""
    match value:
        case None:
            return b"\x00"
        case bool():
            return b"\x02\x01" if value else b"\x02\x00"
        case int():
            return b"\x02" + zigzag(value)
        case str():
            return b"\x02" + text(value)
