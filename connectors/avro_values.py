"""Fields of a decoded Avro record. A field that its writer does not have is null; one whose type
the contract does not know raises TypeError, which makes the bytes undecodable."""

from typing import Any, TypeAlias

from connectors.fields import clean_marked
from connectors.json_values import Cell

Record: TypeAlias = dict[str, Any]


def text(record: Record, name: str) -> Cell:
    """A text or an enum's symbol, cleaned; blank for null."""
    value = record.get(name)
    if value is None:
        return Cell()
    if not isinstance(value, str):
        raise TypeError(name)
    cleaned, marked = clean_marked(value)
    return Cell(cleaned, "", marked)


def whole(record: Record, name: str) -> int | None:
    """An int or a long; days and instants are counted from 1970."""
    value = record.get(name)
    if value is not None and type(value) is not int:
        raise TypeError(name)
    return value


def fraction(record: Record, name: str) -> float | None:
    """A float or a double."""
    value = record.get(name)
    if value is not None and type(value) not in (float, int):
        raise TypeError(name)
    return None if value is None else float(value)


def flag(record: Record, name: str) -> bool | None:
    """A boolean."""
    value = record.get(name)
    if value is not None and type(value) is not bool:
        raise TypeError(name)
    return value


def records(record: Record, name: str) -> list[Record] | None:
    """An array of records; None for null."""
    return _array(record, name, dict)


def texts(record: Record, name: str) -> list[str]:
    """An array of texts, not yet cleaned; empty for null."""
    return _array(record, name, str) or []


def wholes(record: Record, name: str) -> list[int]:
    """An array of ints; empty for null."""
    return _array(record, name, int) or []


def nested(record: Record, name: str) -> Record | None:
    """A record within a record; None for null."""
    value = record.get(name)
    if value is not None and not isinstance(value, dict):
        raise TypeError(name)
    return value


def _array(record: Record, name: str, kind: type) -> list[Any] | None:
    value = record.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(type(item) is kind for item in value):
        raise TypeError(name)
    return value
