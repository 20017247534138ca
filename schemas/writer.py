"""Writing records of the hub's own schemas: an Avro encoder compiled from the schema.

fastavro finds a union's branch by validating the value against each; for records of many nullable
fields that costs more than everything else. Here the type of the value decides at once, and a
value that does not fit raises instead of being coerced. A test compares every shipped schema with
fastavro's bytes. Types: null, boolean, int, long, double, string, enum, record, array, map, and
unions of null and one other.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from struct import Struct
from typing import Any, TypeAlias

Write: TypeAlias = Callable[[Any, list[bytes]], None]
"""Appends the value's bytes to the list; raises ValueError or TypeError where it does not fit."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - also for Python 3.11's checkers
_DOUBLE = Struct("<d")
_KEPT = 50_000
_SHORT = 40


def long_bytes(value: int) -> bytes:
    """Zig-zag varint of a 64-bit number."""
    if not -(1 << 63) <= value < (1 << 63):
        raise ValueError(f"{value} is not a long")
    coded = (value << 1) ^ (value >> 63)
    if coded < 0x80:
        return _SMALL[coded]
    out = bytearray()
    while coded > 0x7F:
        out.append(coded & 0x7F | 0x80)
        coded >>= 7
    out.append(coded)
    return bytes(out)


_SMALL = tuple(bytes((n,)) for n in range(0x80))


class _Texts(dict[str | None, bytes]):
    """Texts and their bytes, short ones kept: most are codes that come again and again. With a
    prefix (the branch of a union) also None, which is the other branch."""

    def __init__(self, prefix: bytes = b"", null: bytes = b"") -> None:
        self._prefix = prefix
        self._null = null
        self._refill()

    def _refill(self) -> None:
        self.clear()
        if self._null:
            self[None] = self._null

    def __missing__(self, text: str | None) -> bytes:
        if text is None:
            raise TypeError("None where a text is required")
        raw = text.encode()
        coded = self._prefix + long_bytes(len(raw)) + raw
        if len(text) <= _SHORT:
            if len(self) >= _KEPT:
                self._refill()
            self[text] = coded
        return coded


def compile_writer(schema: Mapping[str, Any]) -> Write:
    """A writer for the parsed JSON of a schema; raises ValueError for a type that is not listed."""
    return _compile(schema, _Texts())


def _compile(schema: Any, texts: _Texts) -> Write:
    if isinstance(schema, str):
        return _primitive(schema, texts)
    if isinstance(schema, list):
        return _nullable(schema, texts)
    if schema.get("logicalType") == "timestamp-millis":
        return _instant
    kind = schema["type"]
    if kind == "record":
        return _record(schema, texts)
    if kind == "array":
        return _array(_compile(schema["items"], texts))
    if kind == "map":
        return _map(_compile(schema["values"], texts), texts)
    if kind == "enum":
        return _enum(schema["symbols"])
    return _compile(kind, texts)


def _primitive(kind: str, texts: _Texts) -> Write:
    if kind == "string":

        def write_string(value: Any, out: list[bytes]) -> None:
            out.append(texts[value])

        return write_string
    if kind in ("int", "long"):
        return _int if kind == "int" else _long
    if kind == "boolean":
        return _boolean
    if kind == "double":
        return _double
    raise ValueError(f"no writer for {kind}")


def _long(value: Any, out: list[bytes]) -> None:
    if type(value) is not int:
        raise TypeError(f"{value!r} is not a whole number")
    out.append(long_bytes(value))


def _int(value: Any, out: list[bytes]) -> None:
    if type(value) is not int or not -(1 << 31) <= value < (1 << 31):
        raise TypeError(f"{value!r} is not an int")
    out.append(long_bytes(value))


def _boolean(value: Any, out: list[bytes]) -> None:
    if value is True:
        out.append(b"\x01")
    elif value is False:
        out.append(b"\x00")
    else:
        raise TypeError(f"{value!r} is not a boolean")


def _double(value: Any, out: list[bytes]) -> None:
    if type(value) is not float:
        raise TypeError(f"{value!r} is not a float")
    out.append(_DOUBLE.pack(value))


def _instant(value: datetime, out: list[bytes]) -> None:
    delta = value - _EPOCH
    out.append(
        long_bytes((delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000)
    )


def _enum(symbols: list[str]) -> Write:
    places = {symbol: long_bytes(place) for place, symbol in enumerate(symbols)}

    def write_enum(value: Any, out: list[bytes]) -> None:
        if value not in places:
            raise ValueError(f"{value!r} is not one of {symbols}")
        out.append(places[value])

    return write_enum


def _nullable(branches: list[Any], texts: _Texts) -> Write:
    others = [branch for branch in branches if branch != "null"]
    if len(branches) != 2 or len(others) != 1:
        raise ValueError(f"no writer for the union {branches}")
    null, some = (b"\x00", b"\x02") if branches[0] == "null" else (b"\x02", b"\x00")
    if others[0] == "string":
        optional = _Texts(some, null)

        def write_text(value: Any, out: list[bytes]) -> None:
            out.append(optional[value])

        return write_text
    inner = _compile(others[0], texts)

    def write_nullable(value: Any, out: list[bytes]) -> None:
        if value is None:
            out.append(null)
        else:
            out.append(some)
            inner(value, out)

    return write_nullable


def _record(schema: Mapping[str, Any], texts: _Texts) -> Write:
    """Runs of nullable texts, most of a record, are written in one loop."""
    optional = _Texts(b"\x02", b"\x00")
    steps: list[tuple[tuple[str, ...], Write | None, Any, bool]] = []
    for field in schema["fields"]:
        name, has_default = field["name"], "default" in field
        if field["type"] == ["null", "string"] and has_default:
            if steps and steps[-1][1] is None:
                steps[-1] = ((*steps[-1][0], name), None, None, True)
            else:
                steps.append(((name,), None, None, True))
        else:
            write = _compile(field["type"], texts)
            steps.append(((name,), write, field.get("default"), has_default))

    def write_record(value: Any, out: list[bytes]) -> None:
        get = value.get
        for names, write, default, has_default in steps:
            if write is None:
                out.extend([optional[get(name)] for name in names])
            elif has_default:
                write(get(names[0], default), out)
            else:
                write(value[names[0]], out)

    return write_record


def _array(item: Write) -> Write:
    def write_array(value: Any, out: list[bytes]) -> None:
        if value:
            out.append(long_bytes(len(value)))
            for one in value:
                item(one, out)
        out.append(b"\x00")

    return write_array


def _map(item: Write, texts: _Texts) -> Write:
    def write_map(value: Mapping[str, Any], out: list[bytes]) -> None:
        if value:
            out.append(long_bytes(len(value)))
            for key, one in value.items():
                out.append(texts[key])
                item(one, out)
        out.append(b"\x00")

    return write_map
