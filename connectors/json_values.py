"""What stands in a field of a JSON partner: nothing, a text, a number, or something else
(READING-FACTS-AND-JSON §1, blank and unreadable)."""

import json
from collections.abc import Container, Iterable
from typing import Any, NamedTuple

from connectors.fields import clean_marked, digest
from connectors.json_text import Number, Value


class Cell(NamedTuple):
    """One field as read. Blank: text and other are both empty.

    text: the cleaned text. other: what stands there instead of a text, as compact JSON. marked:
    whether cleaning took out control or format characters.
    """

    text: str = ""
    other: str = ""
    marked: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether nothing is stated."""
        return not self.text and not self.other

    @property
    def content(self) -> str:
        """What is compared when two messages are (a text and another JSON type always differ)."""
        return f"={self.other}" if self.other else self.text


def cell(value: Value, nulls: Container[str]) -> Cell:
    """A value as field. nulls: the texts by which the partner says that nothing is stated."""
    match value:
        case None:
            return Cell()
        case str():
            text, marked = clean_marked(value)
            return Cell("" if text in nulls else text, "", marked)
        case _:
            return Cell("", written(value))


def written(value: Value) -> str:
    """A value as compact JSON, numbers as they came."""
    match value:
        case Number():
            return value.written
        case list():
            return f"[{','.join(map(written, value))}]"
        case dict():
            members = (f"{json.dumps(key)}:{written(value[key])}" for key in sorted(value))
            return f"{{{','.join(members)}}}"
        case _:
            return json.dumps(value)


def object_of(value: Value) -> dict[str, Value]:
    """The value where it is an object; an empty one where it is anything else."""
    return value if isinstance(value, dict) else {}


def unknown_fields(found: Iterable[str], known: Container[str]) -> tuple[str, ...]:
    """UNKNOWN_FIELD where an object has a key that the contract does not list."""
    return () if all(key in known for key in found) else ("UNKNOWN_FIELD",)


def content_digest(content: Any) -> str:
    """A short fingerprint of what counts as a message's content (JSON values)."""
    return digest(json.dumps(content, ensure_ascii=False, sort_keys=True))


def text_of(field: Cell) -> tuple[str | None, str | None]:
    """A field that should be a text, and TYPE_MISMATCH where it is something else."""
    return field.text or None, "TYPE_MISMATCH" if field.other else None


def ordered(digits: str) -> str:
    """A number in digits as text that compares as the number does, whatever its length."""
    significant = digits.lstrip("0")
    return f"{len(significant):05}.{significant}"
